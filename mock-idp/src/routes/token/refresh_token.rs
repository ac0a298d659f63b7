//! The refresh of an access token (RFC 6749, section 6), with rotation (RFC 9700,
//! section 4.14.2).

use super::super::answer::rotates;
use super::super::{resources, scopes};
use super::user_answer::{self, Granted};
use super::{OktaError, Refusal, ServerCall, TokenRequest};
use crate::issuer::Response;
use crate::session::{Grant, Refresh, RefreshError};

pub(super) fn answer(request: &TokenRequest<'_>) -> Result<Response, Refusal> {
    let TokenRequest { call, client, form, .. } = *request;
    let sent = form.get("refresh_token").ok_or_else(|| OktaError::INVALID_REFRESH_TOKEN.plain())?;
    let next = rotates(call, client.rotate_refresh_tokens).then(|| call.server.streams.grants.base64url(43));
    let (leeway, now) = (client.refresh_leeway, call.now());
    let how = Refresh { token: sent, client: &client.id, next: next.as_deref(), leeway, now, jkt: call.jkt.as_deref() };
    let asked = scopes::asked(form);
    let grant =
        call.server.sessions.refresh(&how, |grant| check(request, grant, &asked)).map_err(|error| match error {
            RefreshError::Refused(refusal) => refusal,
            RefreshError::OfAnotherClient => OktaError::OTHER_CLIENTS_GRANT.plain(),
            RefreshError::WithoutKey => OktaError::DPOP_PROOF_MISSING.plain(),
            RefreshError::OfAnotherKey => OktaError::DPOP_KEY_OF_REFRESH_TOKEN.plain(),
            RefreshError::Invalid => invalid(call, sent),
        })?;
    let all = || grant.scopes.iter().map(String::as_str).collect();
    let scopes: Vec<&str> = if asked.is_empty() { all() } else { asked };
    let resource = resources::granted(request.config(), &grant, form)?;
    let refresh_token = Some(next.as_deref().unwrap_or(sent));
    user_answer::answer(call, &Granted { refresh_token, resource, ..Granted::new(&grant, &scopes) })
}

/// A user who is still there, and no scope and no resource that was not granted at the sign-in.
fn check(request: &TokenRequest<'_>, grant: &Grant, asked: &[&str]) -> Result<(), Refusal> {
    let TokenRequest { call, form, .. } = *request;
    // The user may have been removed meanwhile, or be assigned no more.
    user_answer::check_user(call, grant, &OktaError::INVALID_REFRESH_TOKEN)?;
    resources::granted(request.config(), grant, form)?;
    let denied: Vec<&str> = asked.iter().copied().filter(|scope| !grant.has(scope)).collect();
    if denied.is_empty() { Ok(()) } else { Err(OktaError::WIDER_REFRESH.about(denied.join(", "))) }
}

/// A refresh token that is not known here may be another server's.
fn invalid(call: &ServerCall<'_>, token: &str) -> Refusal {
    match call.another_knows(|server, now| server.sessions.refresh_token(token, now).is_some()) {
        true => OktaError::OTHER_SERVERS_GRANT.plain(),
        false => OktaError::INVALID_REFRESH_TOKEN.plain(),
    }
}
