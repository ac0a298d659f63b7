//! Cross-origin requests of browsers. As at Okta, an origin is trusted where the issuer
//! trusts it, or where a client's redirect URI is. An issuer that names no trusted origin
//! trusts all.

use hyper::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS, HeaderValue, ORIGIN, VARY,
};
use hyper::{Method, StatusCode};

use super::{OktaError, Refusal, ServerCall};
use crate::config::Client;
use crate::issuer::{Inner, Request, Response, ServerState};

/// The answer to `OPTIONS`, as Okta's.
pub(super) fn preflight(request: &Request, methods: &[Method]) -> Response {
    let response = Response::empty(StatusCode::NO_CONTENT)
        .with_text(ACCESS_CONTROL_ALLOW_METHODS, list(methods))
        .with(ACCESS_CONTROL_MAX_AGE, "3600")
        .with(VARY, "Origin");
    match request.headers.get(ACCESS_CONTROL_REQUEST_HEADERS) {
        Some(names) => response.with_text(ACCESS_CONTROL_ALLOW_HEADERS, names.clone()),
        None => response,
    }
}

/// Lets the page that asks read the answer. Of a nonce it is told besides: a client needs
/// it for its next proof (RFC 9449, section 8).
pub(super) fn reflect(request: &Request, response: Response) -> Response {
    let Some(origin) = request.headers.get(ORIGIN) else { return response };
    let has_nonce = response.headers.contains_key("dpop-nonce");
    let response = response.with_text(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone()).with(VARY, "Origin");
    if has_nonce { response.with(ACCESS_CONTROL_EXPOSE_HEADERS, "dpop-nonce") } else { response }
}

/// The same, if the page is of a trusted origin.
pub(super) fn reflect_trusted(
    issuer: &Inner,
    server: Option<&ServerState>,
    request: &Request,
    response: Response,
) -> Response {
    let clients = server.map(|server| server.config.clients.as_slice()).unwrap_or_default();
    let is_trusted = request.headers.get(ORIGIN).is_some_and(|origin| is_trusted(issuer, clients, origin));
    if is_trusted { reflect(request, response) } else { response }
}

/// Refuses a page of an origin that is neither trusted nor the client's: the endpoints
/// that know the client ask for one of these, and tell it to the page.
pub(super) fn check(call: &ServerCall<'_>, client: &Client) -> Result<(), Refusal> {
    match call.request.headers.get(ORIGIN) {
        Some(origin) if !is_trusted(call.issuer, std::slice::from_ref(client), origin) => {
            let has_own = !client.redirect_uris.is_empty() || client.any_loopback_redirect;
            let refusal = if has_own { &OktaError::ORIGIN_OF_NO_REDIRECT } else { &OktaError::UNTRUSTED_ORIGIN };
            Err(refusal.plain())
        }
        _ => Ok(()),
    }
}

fn is_trusted(issuer: &Inner, clients: &[Client], origin: &HeaderValue) -> bool {
    let Some(trusted) = &issuer.trusted_origins else { return true };
    let Ok(origin) = origin.to_str() else { return false };
    trusted.iter().any(|known| known == origin) || clients.iter().any(|client| client.is_at(origin))
}

/// Methods as header fields name them.
pub(super) fn list(methods: &[Method]) -> String {
    methods.iter().map(Method::as_str).collect::<Vec<_>>().join(", ")
}
