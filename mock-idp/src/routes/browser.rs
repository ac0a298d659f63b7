//! What a browser is known by: two cookies of each authorization server, and one of the
//! issuer.

use hyper::header::COOKIE;

use super::ServerCall;
use crate::issuer::{Request, Response, Scheme};

/// The cookie of who is signed in.
pub(super) const SESSION: &str = "mock-idp-session";
/// The cookie of the browser that a page was shown to.
pub(super) const SHOWN_TO: &str = "mock-idp-browser";

/// A cookie, by its full name.
pub(super) struct Cookie(String);

impl Cookie {
    /// One of the two of an authorization server.
    pub(super) fn of_server(call: &ServerCall<'_>, name: &str) -> Self {
        Self(format!("{name}-{}", call.server.config.id))
    }

    /// One of all of them.
    pub(super) fn of_issuer(name: &str) -> Self {
        Self(name.to_owned())
    }

    /// Its value.
    pub(super) fn find<'a>(&self, request: &'a Request) -> Option<&'a str> {
        let lines = request.headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
        let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        pairs.find(|(known, _)| *known == self.0).map(|(_, value)| value).filter(|value| !value.is_empty())
    }

    /// Gives it to the browser; an empty value takes it away.
    pub(super) fn give(&self, request: &Request, response: Response, value: &str) -> Response {
        let name = &self.0;
        let age = if value.is_empty() { "; Max-Age=0" } else { "" };
        let site = self.site(request);
        response.with_cookie(&format!("{name}={value}; Path=/; HttpOnly; {site}{age}"))
    }

    /// Over https, a page of a client elsewhere that holds this issuer in a frame is to
    /// find its user signed in, as at Okta. What was shown is sent by nobody else's page.
    fn site(&self, request: &Request) -> &'static str {
        match (request.scheme, self.0.starts_with(SESSION)) {
            (Scheme::Http, _) => "SameSite=Lax",
            (Scheme::Https, true) => "SameSite=None; Secure",
            (Scheme::Https, false) => "SameSite=Lax; Secure",
        }
    }
}

/// The value of one of the two cookies of an authorization server.
pub(super) fn cookie<'a>(call: &ServerCall<'a>, name: &str) -> Option<&'a str> {
    Cookie::of_server(call, name).find(call.request)
}

/// Gives the browser one of them; an empty value takes it away.
pub(super) fn with_cookie(call: &ServerCall<'_>, response: Response, name: &str, value: &str) -> Response {
    Cookie::of_server(call, name).give(call.request, response, value)
}
