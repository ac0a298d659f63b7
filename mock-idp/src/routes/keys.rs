//! `GET /v1/keys`: the JWKS (RFC 7517, section 5).

use hyper::StatusCode;
use hyper::header::{CACHE_CONTROL, EXPIRES, VARY};

use super::ServerCall;
use crate::issuer::{Response, SentJwks, http_date};

pub(super) fn answer(call: &ServerCall<'_>) -> Response {
    let max_age = call.server.config.jwks_max_age;
    let mut response = Response::json(StatusCode::OK, call.shown.jwks.clone())
        .with_text(CACHE_CONTROL, format!("max-age={max_age}, must-revalidate"))
        .with_text(EXPIRES, http_date(call.now().saturating_add(max_age)))
        .with(VARY, "Origin");
    response.jwks = Some(SentJwks::of(call.server, &call.shown));
    response
}
