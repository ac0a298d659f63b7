//! The exchange of tokens (RFC 8693). At a custom server a service gets an access token on
//! behalf of the user of another, at the org server a client gets an ID-JAG.

use serde_json::{Value, json};

use super::super::form::Form;
use super::super::{resources, scopes};
use super::subject_token::{self, Subject};
use super::token_type::TokenType;
use super::user_answer::{self, Granted, grant_now};
use super::{OktaError, Refusal, ServerCall, id_jag_request, refuse_unless};
use crate::config::{ApplicationType, Client, Policy};
use crate::issuer::Response;

pub(super) fn answer(
    call: &ServerCall<'_>,
    client: &Client,
    policy: &Policy,
    form: &Form,
) -> Result<Response, Refusal> {
    let requested = form.get("requested_token_type").map(TokenType::find);
    match (call.server.config.is_org(), requested) {
        (true, Some(Some(TokenType::IdJag))) => id_jag_request::answer(call, client, form),
        (false, None | Some(Some(TokenType::AccessToken))) => on_behalf(call, client, policy, form),
        _ => Err(OktaError::INVALID_REQUESTED_TOKEN_TYPE.plain()),
    }
}

fn on_behalf(call: &ServerCall<'_>, client: &Client, policy: &Policy, form: &Form) -> Result<Response, Refusal> {
    let is_service = client.application_type == ApplicationType::Service;
    refuse_unless(is_service, &OktaError::EXCHANGE_WANTS_SERVICE)?;
    let subject = subject_token::read(call, client, form)?;
    let actor = subject_token::actor(call, client, form)?;
    let resource = target(call, form)?;
    let config = &call.server.config;
    let scopes = scopes::own(config, client, policy, scopes::asked(form), &OktaError::OPENID_SCOPE_IN_EXCHANGE)?;
    scopes::refuse_consent(config, &scopes, &OktaError::CONSENT_SCOPES_FOR_EXCHANGE)?;
    let grant = grant_now(call, client, &subject.login, &scopes, resource)?;
    let also = actors(actor, subject)?;
    let issued_token_type = Some(TokenType::AccessToken);
    user_answer::answer(call, &Granted { resource, also: &also, issued_token_type, ..Granted::new(&grant, &scopes) })
}

/// What the new token is for: the server's audience, which the request names, or one of its
/// resources.
fn target<'a>(call: &ServerCall<'_>, form: &'a Form) -> Result<Option<&'a str>, Refusal> {
    let config = &call.server.config;
    let resource = resources::asked(config, form)?;
    match form.get("audience") {
        None if resource.is_some() => Ok(resource),
        Some(audience) if audience == config.audience => Ok(resource),
        _ => Err(OktaError::EXCHANGE_AUDIENCE.plain()),
    }
}

/// Who acts now, for whoever acted before.
fn actors(actor: Option<String>, subject: Subject) -> Result<Vec<(&'static str, Value)>, Refusal> {
    let actors = match (actor, subject.actors) {
        (None, before) => before,
        (Some(actor), None) => Some(json!({ "sub": actor })),
        (Some(actor), Some(before)) => {
            refuse_unless(subject_token::depth(&before) < subject_token::MOST_ACTORS, &OktaError::TOO_MANY_ACTORS)?;
            Some(json!({ "sub": actor, "act": before }))
        }
    };
    Ok(actors.map(|actors| ("act", actors)).into_iter().collect())
}
