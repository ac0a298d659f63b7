//! The device code grant (RFC 8628, section 3.4).

use super::{OktaError, Refusal, ServerCall, TokenRequest, user_answer};
use crate::issuer::Response;
use crate::session::{Grant, Poll, PollError};

pub(super) fn answer(request: &TokenRequest<'_>) -> Result<Response, Refusal> {
    let TokenRequest { call, client, form, .. } = *request;
    let sent = form.get("device_code").ok_or_else(|| OktaError::INVALID_DEVICE_CODE.plain())?;
    // What is wrong with the request costs no code.
    let resource = request.resource()?;
    let polled = call.server.sessions.poll_device(sent, &client.id, call.now()).map_err(|error| match error {
        PollError::OfAnotherClient => OktaError::OTHER_CLIENTS_GRANT.plain(),
        PollError::Invalid => invalid(call, sent),
    })?;
    let refused = |error: &'static OktaError| Err(error.plain());
    match polled {
        Poll::Pending => refused(&OktaError::DEVICE_PENDING),
        Poll::SlowDown => refused(&OktaError::DEVICE_SLOW_DOWN),
        Poll::Expired => refused(&OktaError::DEVICE_EXPIRED),
        Poll::Denied => refused(&OktaError::DENIED_BY_USER),
        Poll::Approved(user, scopes) => {
            let id = call.server.streams.grant_id();
            let resources = resource.map(str::to_owned).into_iter().collect();
            let grant = Grant { id, client: client.id.clone(), user, scopes, acr: None, resources };
            // The user may have been removed since the approval, or be assigned no more.
            user_answer::check_user(call, &grant, &OktaError::INVALID_DEVICE_CODE)?;
            call.server.sessions.begin(&grant, call.now());
            user_answer::first(request, &grant, None, resource)
        }
    }
}

/// A code that is not known here may be another server's.
fn invalid(call: &ServerCall<'_>, code: &str) -> Refusal {
    match call.another_knows(|server, now| server.sessions.has_device(code, now)) {
        true => OktaError::OTHER_SERVERS_GRANT.plain(),
        false => OktaError::INVALID_DEVICE_CODE.plain(),
    }
}
