//! A request that the client has pushed before (RFC 9126, section 4).

use super::super::form::Form;
use super::super::{OktaError, Refusal, ServerCall};
use crate::session::PushedError;

/// The parameters of a request, wherever they came from.
pub(super) struct Parameters {
    pub(super) form: Form,
    pub(super) is_pushed: bool,
}

/// Those behind a `request_uri` that is a name, once; else the request's own.
pub(super) fn resolved(call: &ServerCall<'_>, form: Form) -> Result<Parameters, Refusal> {
    let Some(uri) = form.get("request_uri").filter(|uri| uri.starts_with("urn:")) else {
        return Ok(Parameters { form, is_pushed: false });
    };
    if form.has("request") {
        return Err(OktaError::REQUEST_AND_REQUEST_URI.plain());
    }
    let client = form.get("client_id").filter(|id| call.server.config.client(id).is_some());
    let client = client.ok_or_else(|| OktaError::UNKNOWN_CLIENT_IN_FORM.plain())?;
    match call.server.pushed.take(uri, client, call.now()) {
        Ok(fields) => Ok(Parameters { form: Form::of_fields(fields), is_pushed: true }),
        Err(PushedError::OfAnotherClient) => Err(OktaError::OTHER_CLIENTS_REQUEST_URI.plain()),
        Err(PushedError::Unknown) => Err(unknown(call, uri)),
    }
}

/// A name that is not known here may be another server's.
fn unknown(call: &ServerCall<'_>, uri: &str) -> Refusal {
    match call.another_knows(|server, now| server.pushed.has(uri, now)) {
        true => OktaError::OTHER_SERVERS_REQUEST_URI.plain(),
        false => OktaError::INVALID_REQUEST_URI.plain(),
    }
}
