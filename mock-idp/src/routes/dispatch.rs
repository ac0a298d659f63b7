use hyper::Method;
use hyper::header::{ALLOW, AUTHORIZATION, HeaderName, USER_AGENT};

use super::table::{ServerEndpoint, Target, find};
use super::{OktaError, ServerCall, control, cors};
use crate::issuer::{Inner, Request, Response};
use crate::journal::{Entry, fingerprint};

const X_MOCK_IDP: HeaderName = HeaderName::from_static("x-mock-idp");
const X_OKTA_REQUEST_ID: HeaderName = HeaderName::from_static("x-okta-request-id");
const NOSNIFF: HeaderName = HeaderName::from_static("x-content-type-options");
const REFERRER_POLICY: HeaderName = HeaderName::from_static("referrer-policy");
const XSS_PROTECTION: HeaderName = HeaderName::from_static("x-xss-protection");

/// Answers any request, and records it.
pub(crate) fn handle(issuer: &Inner, request: &Request) -> Response {
    let target = find(&request.path);
    let response = match &target {
        Target::Server(id, endpoint) => at_server(issuer, request, id, endpoint),
        Target::Control(endpoint) => control::answer(issuer, request, *endpoint),
        Target::Unknown => OktaError::PATH_NOT_FOUND.plain().response(issuer),
    };
    record(issuer, request, &target, &response);
    finish(issuer, response)
}

fn at_server(issuer: &Inner, request: &Request, id: &str, endpoint: &ServerEndpoint) -> Response {
    let Some(server) = issuer.server(id) else {
        return cors::reflect(request, OktaError::UNKNOWN_SERVER.about(id).response(issuer));
    };
    if request.method == Method::OPTIONS {
        return cors::preflight(request, &endpoint.method);
    }
    let response = if fits(&request.method, &endpoint.method) {
        (endpoint.answer)(&ServerCall { issuer, server, request })
    } else {
        OktaError::WRONG_METHOD.plain().response(issuer).with_text(ALLOW, endpoint.method.as_str())
    };
    cors::reflect(request, response)
}

/// `HEAD` is a `GET` whose body the server leaves out (RFC 9110, section 9.3.2).
pub(super) fn fits(method: &Method, expected: &Method) -> bool {
    method == expected || (method == Method::HEAD && expected == Method::GET)
}

fn record(issuer: &Inner, request: &Request, target: &Target<'_>, response: &Response) {
    let (route, server) = match target {
        Target::Server(id, endpoint) => (endpoint.name, Some((*id).to_owned())),
        Target::Control(endpoint) => return issuer.journal.record(control::name(*endpoint), None),
        Target::Unknown => ("unknown", None),
    };
    let entry = Entry {
        number: 0,
        time: issuer.clock.now(),
        method: shortened(request.method.as_str(), 32),
        path: shortened(&request.path, 1024),
        route,
        server: server.map(|id| shortened(&id, 64)),
        status: response.status.as_u16(),
        user_agent: request.header(USER_AGENT).map(|agent| shortened(agent, 256)),
        authorization: request.headers.get(AUTHORIZATION).map(|value| fingerprint(value.as_bytes())),
        jwks_revision: response.jwks_revision,
    };
    issuer.journal.record(route, Some(entry));
}

fn shortened(text: &str, limit: usize) -> String {
    text.chars().take(limit).collect()
}

/// What every answer carries. Okta's `Strict-Transport-Security` is left out on
/// purpose: a browser would keep to it for every other service on `localhost`.
fn finish(issuer: &Inner, response: Response) -> Response {
    response
        .with_text(X_OKTA_REQUEST_ID, issuer.request_id())
        .with(X_MOCK_IDP, "testing-only")
        .with(NOSNIFF, "nosniff")
        .with(REFERRER_POLICY, "strict-origin-when-cross-origin")
        .with(XSS_PROTECTION, "0")
}
