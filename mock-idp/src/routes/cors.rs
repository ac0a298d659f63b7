//! Cross-origin requests of browsers. Every origin is taken: Okta asks for one
//! that is a client's redirect URI, which service clients don't have.

use hyper::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_HEADERS, ORIGIN, VARY,
};
use hyper::{Method, StatusCode};

use crate::issuer::{Request, Response};

/// The answer to `OPTIONS`, as Okta's.
pub(super) fn preflight(request: &Request, methods: &[Method]) -> Response {
    let response = Response::empty(StatusCode::NO_CONTENT)
        .with_text(ACCESS_CONTROL_ALLOW_METHODS, list(methods))
        .with(ACCESS_CONTROL_MAX_AGE, "3600")
        .with(VARY, "Origin");
    let response = reflect(request, response);
    match request.headers.get(ACCESS_CONTROL_REQUEST_HEADERS) {
        Some(names) => response.with_text(ACCESS_CONTROL_ALLOW_HEADERS, names.clone()),
        None => response,
    }
}

/// Lets the page that asks read the answer.
pub(super) fn reflect(request: &Request, response: Response) -> Response {
    match request.headers.get(ORIGIN) {
        Some(origin) => response.with_text(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone()).with(VARY, "Origin"),
        None => response,
    }
}

/// Methods as header fields name them.
pub(super) fn list(methods: &[Method]) -> String {
    methods.iter().map(Method::as_str).collect::<Vec<_>>().join(", ")
}
