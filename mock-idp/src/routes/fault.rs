//! Endpoints that fail because a step says so.

use hyper::StatusCode;
use hyper::header::{HeaderValue, LOCATION};

use super::table::ServerEndpoint;
use super::{OktaError, ServerCall};
use crate::issuer::{Delivery, Hang, Response};
use crate::step::{Endpoint, Fault, StandingFault};

/// The answer of an endpoint, honest or broken, and held back where it is to be.
pub(super) fn answer(call: &ServerCall<'_>, endpoint: &ServerEndpoint, standing: Option<&StandingFault>) -> Response {
    let honest = || {
        let response = (endpoint.answer)(call);
        match endpoint.fails_as {
            Some(known) => call.shown.stage.served.at(known).apply(response),
            None => response,
        }
    };
    let response = match standing {
        Some(standing) => broken(call, standing, honest),
        None => honest(),
    };
    match call.server.held().filter(|_| endpoint.fails_as == Some(Endpoint::Jwks)) {
        Some(until) => {
            let then = Box::new(response.delivery.clone());
            response.delivered(Delivery::Held { until, then })
        }
        None => response,
    }
}

/// The fault that stands at an endpoint; one that lasts for some requests is over
/// with the last of them.
pub(super) fn standing<'a>(call: &'a ServerCall<'_>, endpoint: &ServerEndpoint) -> Option<&'a StandingFault> {
    call.shown.stage.faults.at(endpoint.fails_as?).filter(|standing| standing.strikes())
}

fn broken(call: &ServerCall<'_>, standing: &StandingFault, honest: impl Fn() -> Response) -> Response {
    match &standing.fault {
        // Told apart at the handshake; who gets as far as here did not look.
        Fault::UntrustedTls => honest(),
        Fault::Status(status) => status_alone(call, *status),
        Fault::Redirect(_) => {
            let to = HeaderValue::from_bytes(&standing.location);
            let response = Response::empty(StatusCode::FOUND);
            match to {
                Ok(to) => response.with_text(LOCATION, to),
                Err(_) => response,
            }
        }
        Fault::Refuse => honest().delivered(Delivery::Refused),
        Fault::Hang => honest().delivered(Delivery::Never(Hang::new(call.server.revisions()))),
        Fault::Slow(delay) => honest().delivered(Delivery::After(*delay)),
        Fault::Truncate => {
            let response = honest();
            let half = response.body.len() / 2;
            response.delivered(Delivery::CutAfter(half))
        }
        Fault::Size(size) => honest().delivered(Delivery::Filled(*size)),
    }
}

fn status_alone(call: &ServerCall<'_>, status: u16) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED) {
        return Response::empty(status);
    }
    Response { status, ..OktaError::FAULT.plain().response(call.issuer) }
}
