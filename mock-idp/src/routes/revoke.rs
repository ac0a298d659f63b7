//! `POST /v1/revoke` (RFC 7009).

use hyper::StatusCode;

use super::form::Form;
use super::token::{authenticate_for_token, uncached};
use super::{OktaError, Refusal, ServerCall};
use crate::issuer::Response;

pub(super) fn answer(call: &ServerCall<'_>) -> Response {
    uncached(try_answer(call).unwrap_or_else(|refusal| refusal.response(call.issuer)))
}

/// A client's own tokens only. A refresh token goes with the access tokens that came
/// of it, an access token alone. What is no token is revoked already.
fn try_answer(call: &ServerCall<'_>) -> Result<Response, Refusal> {
    let form = Form::of_body(call.request)?;
    let client = authenticate_for_token(call, &form)?.client;
    let token = form.get("token").ok_or_else(|| OktaError::NO_TOKEN.plain())?;
    let (sessions, now) = (&call.server.sessions, call.now());
    // One that was replaced may be all that the client has, where an answer was lost.
    if let Some(grant) = sessions.grant_of(token, now).filter(|grant| grant.client == client.id) {
        sessions.end(&grant, now);
    }
    let issued = call.issuer.issued(call.server, &call.base(), token);
    if let Some(issued) = issued.filter(|issued| issued.client == client.id) {
        sessions.revoke(issued.handle, issued.ends, now);
    }
    Ok(Response::empty(StatusCode::OK))
}
