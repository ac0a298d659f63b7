//! The exchange of tokens (RFC 8693). At a custom server a service gets an access token on
//! behalf of the user of another, at the org server a client gets an ID-JAG.

use serde_json::{Value, json};

use super::subject_token::{self, Subject};
use super::token_type::TokenType;
use super::user_answer::{self, Granted};
use super::{OktaError, Refusal, TokenRequest, id_jag_request, refuse_unless};
use crate::config::ApplicationType;
use crate::issuer::Response;

pub(super) fn answer(request: &TokenRequest<'_>) -> Result<Response, Refusal> {
    let requested = request.form.get("requested_token_type").map(TokenType::find);
    match (request.config().is_org(), requested) {
        (true, Some(Some(TokenType::IdJag))) => id_jag_request::answer(request),
        (false, None | Some(Some(TokenType::AccessToken))) => on_behalf(request),
        _ => Err(OktaError::INVALID_REQUESTED_TOKEN_TYPE.plain()),
    }
}

fn on_behalf(request: &TokenRequest<'_>) -> Result<Response, Refusal> {
    let is_service = request.client.application_type == ApplicationType::Service;
    refuse_unless(is_service, &OktaError::EXCHANGE_WANTS_SERVICE)?;
    let subject = subject_token::read(request)?;
    let actor = subject_token::actor(request)?;
    let resource = target(request)?;
    let scopes = request.own_scopes(&OktaError::OPENID_SCOPE_IN_EXCHANGE, &OktaError::CONSENT_SCOPES_FOR_EXCHANGE)?;
    let grant = request.granted_by(&subject.login, &scopes, resource)?;
    let also = actors(actor, subject)?;
    let issued_token_type = Some(TokenType::AccessToken);
    user_answer::answer(
        request.call,
        &Granted { resource, also: &also, issued_token_type, ..Granted::new(&grant, &scopes) },
    )
}

/// What the new token is for: the server's audience, which the request names, or one of its
/// resources.
fn target<'a>(request: &TokenRequest<'a>) -> Result<Option<&'a str>, Refusal> {
    let resource = request.resource()?;
    match request.form.get("audience") {
        None if resource.is_some() => Ok(resource),
        Some(audience) if audience == request.config().audience => Ok(resource),
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
