//! The answer that goes back to the client, in the way that it asked for.

use hyper::StatusCode;
use hyper::header::LOCATION;

use super::super::form::encode;
use super::super::token::uncached;
use super::super::{Refusal, ServerCall, answer, page};
use crate::issuer::Response;
use crate::session::{ResponseMode, ReturnTo};

/// RFC 6749, section 4.1.2. No `iss` (RFC 9207): Okta's metadata promise none.
pub(super) fn with_fields(call: &ServerCall<'_>, back: &ReturnTo, mut fields: Vec<(&'static str, String)>) -> Response {
    fields.extend(back.state.clone().map(|state| ("state", state)));
    let fields = answer::fields(call, fields);
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
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
pub(super) fn with_refusal(call: &ServerCall<'_>, back: &ReturnTo, refusal: &Refusal) -> Response {
    with_fields(call, back, vec![("error", refusal.code().to_owned()), ("error_description", refusal.text())])
}
