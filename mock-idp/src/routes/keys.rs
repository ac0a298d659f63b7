//! `GET /v1/keys`: the JWKS (RFC 7517, section 5).

use hyper::StatusCode;
use hyper::header::{CACHE_CONTROL, EXPIRES, VARY};

use super::ServerCall;
use crate::issuer::{Response, http_date};
use crate::keys::SigningKey;

pub(super) fn answer(call: &ServerCall<'_>) -> Response {
    let published = call.server.published();
    call.issuer.journal.served(published.keys.published().iter().map(SigningKey::kid));
    let max_age = call.server.config.jwks_max_age;
    let mut response = Response::json(StatusCode::OK, published.jwks.clone())
        .with_text(CACHE_CONTROL, format!("max-age={max_age}, must-revalidate"))
        .with_text(EXPIRES, http_date(call.now().saturating_add(max_age)))
        .with(VARY, "Origin");
    response.jwks_revision = Some(published.revision);
    response
}
