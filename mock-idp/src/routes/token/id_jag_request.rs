//! The first step of Cross App Access: the org server exchanges a user's token for an ID-JAG
//! (draft-ietf-oauth-identity-assertion-authz-grant, section 4.3).

use serde_json::{Value, json};

use super::super::{resources, scopes};
use super::subject_token::{self, Subject};
use super::token_type::TokenType;
use super::{OktaError, Refusal, ServerCall, TokenRequest, refuse_unless, success};
use crate::config::Client;
use crate::issuer::{IdJag, Response};
use crate::json::Object;

pub(super) fn answer(request: &TokenRequest<'_>) -> Result<Response, Refusal> {
    let TokenRequest { call, client, form, .. } = *request;
    let subject = subject_token::read(request)?;
    let audience = form.get("audience").unwrap_or_default();
    let (scopes, resource) = (scopes::asked(form), resources::asked_of_any(form)?);
    check_target(call, audience, &scopes, resource)?;
    let user = call.server.config.user(&subject.login).ok_or_else(|| OktaError::INVALID_SUBJECT_TOKEN.plain())?;
    let id_jag = IdJag {
        audience,
        subject: &user.id,
        email: user.claims.get("email").filter(|_| subject.has_email).cloned(),
        client: &client.id,
        resource,
        scopes: &scopes,
        actor: actor(client, &subject)?,
    };
    // The server that it is for asks whose id that is.
    call.server.sessions.note_login(&user.id, &user.login, call.now());
    let token = call.issuer.id_jag(call.server, &call.base(), &id_jag);
    let body = Object::new()
        .with("token_type", "N_A")
        .with("expires_in", IdJag::LIFETIME)
        .with("access_token", token.map_err(|_| OktaError::ID_JAG_NOT_MADE.plain())?)
        .with("issued_token_type", TokenType::IdJag.uri());
    Ok(success(body.to_text()))
}

/// The authorization server that it is to be for is a custom one of this issuer, which has
/// these scopes and this resource, or one elsewhere that the configuration names.
fn check_target(call: &ServerCall<'_>, audience: &str, scopes: &[&str], resource: Option<&str>) -> Result<(), Refusal> {
    let custom = call.issuer.server_of(&call.base(), audience).filter(|server| !server.config.is_org());
    let Some(server) = custom else {
        let is_known = call.server.config.id_jag_audiences.iter().any(|known| known == audience);
        return refuse_unless(is_known, &OktaError::EXCHANGE_AUDIENCE);
    };
    let config = &server.config;
    let is_known = resource.is_none_or(|resource| config.resources.is_empty() || config.has_resource(resource));
    refuse_unless(is_known, &OktaError::EXCHANGE_RESOURCE)?;
    scopes::known(config, scopes.to_vec(), &OktaError::ILLEGAL_SCOPES).map(drop)
}

/// Whoever hands on the access token that another client got acts for the user through it. A
/// client's own access token delegates nothing.
fn actor(client: &Client, subject: &Subject) -> Result<Option<Value>, Refusal> {
    if subject.kind != TokenType::AccessToken {
        return Ok(None);
    }
    refuse_unless(subject.client != client.id, &OktaError::NO_DELEGATION)?;
    let before = subject.actors.clone().unwrap_or_else(|| json!({ "sub": subject.client }));
    refuse_unless(subject_token::depth(&before) < subject_token::MOST_ACTORS, &OktaError::TOO_MANY_ACTORS)?;
    Ok(Some(json!({ "sub": client.id, "sub_profile": "ai_agent", "act": before })))
}
