//! What a browser is known by: two cookies of each authorization server.

use hyper::header::COOKIE;

use super::ServerCall;
use crate::issuer::{Response, Scheme};

/// The cookie of who is signed in.
pub(super) const SESSION: &str = "mock-idp-session";
/// The cookie of the browser that a sign-in page was shown to.
pub(super) const SHOWN_TO: &str = "mock-idp-browser";

/// The value of one of the two.
pub(super) fn cookie<'a>(call: &ServerCall<'a>, name: &str) -> Option<&'a str> {
    let name = full_name(call, name);
    let lines = call.request.headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.into_iter().find(|(known, _)| *known == name).map(|(_, value)| value).filter(|value| !value.is_empty())
}

/// Gives the browser a cookie; an empty value takes it away.
pub(super) fn with_cookie(call: &ServerCall<'_>, response: Response, name: &str, value: &str) -> Response {
    let name = full_name(call, name);
    let secure = if call.request.scheme == Scheme::Https { "; Secure" } else { "" };
    let age = if value.is_empty() { "; Max-Age=0" } else { "" };
    response.with_cookie(&format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{age}"))
}

fn full_name(call: &ServerCall<'_>, name: &str) -> String {
    format!("{name}-{}", call.server.config.id)
}
