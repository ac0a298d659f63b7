//! The answer that goes back to the client, in the way that it asked for.

use hyper::StatusCode;
use hyper::header::LOCATION;

use super::super::form::encode;
use super::super::token::uncached;
use super::super::{Refusal, page};
use crate::issuer::Response;
use crate::session::{ResponseMode, ReturnTo};

/// RFC 6749, section 4.1.2. No `iss` (RFC 9207): Okta's metadata promise none.
pub(super) fn with_fields<'a>(back: &'a ReturnTo, mut fields: Vec<(&'a str, &'a str)>) -> Response {
    fields.extend(back.state.as_deref().map(|state| ("state", state)));
    let uri = &back.redirect_uri;
    let mark = match back.mode {
        ResponseMode::FormPost => return page::form_post(uri, &fields),
        ResponseMode::PostMessage => return page::post_message(uri, &fields),
        ResponseMode::Fragment => '#',
        ResponseMode::Query if uri.contains('?') => '&',
        ResponseMode::Query => '?',
    };
    let pairs: Vec<_> = fields.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
    uncached(Response::empty(StatusCode::FOUND)).with_text(LOCATION, format!("{uri}{mark}{}", pairs.join("&")))
}

/// RFC 6749, section 4.1.2.1.
pub(super) fn with_refusal(back: &ReturnTo, refusal: &Refusal) -> Response {
    with_fields(back, vec![("error", refusal.code()), ("error_description", &refusal.text())])
}
