use hyper::header::{ALLOW, AUTHORIZATION, COOKIE, HeaderName, USER_AGENT};
use hyper::{Method, StatusCode};

use super::table::{IssuerEndpoint, ServerEndpoint, Target, find};
use super::{OktaError, ServerCall, answer, control, cors, fault, management};
use crate::issuer::{Delivery, Inner, Request, Response};
use crate::journal::{Entry, fingerprint, is_document};

const X_MOCK_IDP: HeaderName = HeaderName::from_static("x-mock-idp");
const X_OKTA_REQUEST_ID: HeaderName = HeaderName::from_static("x-okta-request-id");
const NOSNIFF: HeaderName = HeaderName::from_static("x-content-type-options");
const REFERRER_POLICY: HeaderName = HeaderName::from_static("referrer-policy");
const XSS_PROTECTION: HeaderName = HeaderName::from_static("x-xss-protection");

/// Answers any request, and records it.
pub(crate) fn handle(issuer: &Inner, request: &Request) -> Response {
    let target = find(issuer, &request.method, &request.path);
    let (response, fault) = match &target {
        Target::Server(id, endpoint) => at_server(issuer, request, id, endpoint),
        Target::Issuer(endpoint) => (at_issuer(issuer, request, endpoint), None),
        Target::Management(endpoint) => (management::answer(issuer, request, *endpoint), None),
        Target::Control(endpoint) => (control::answer(issuer, request, *endpoint), None),
        Target::Unknown => (OktaError::PATH_NOT_FOUND.plain().response(issuer), None),
    };
    record(issuer, request, &target, &response, fault);
    finish(issuer, response)
}

/// Records a request that is not answered because of a fault.
pub(crate) fn refuse(issuer: &Inner, request: &Request, fault: &'static str) {
    let nothing = Response::empty(StatusCode::SERVICE_UNAVAILABLE).delivered(Delivery::Refused);
    record(issuer, request, &find(issuer, &request.method, &request.path), &nothing, Some(fault));
}

/// The answer of an authorization server, and the fault that it comes of.
fn at_server(
    issuer: &Inner,
    request: &Request,
    id: &str,
    endpoint: &ServerEndpoint,
) -> (Response, Option<&'static str>) {
    let Some(server) = issuer.touched(id) else {
        let refusal = OktaError::UNKNOWN_SERVER.about(id).response(issuer);
        return (cors::reflect_trusted(issuer, None, request, refusal), None);
    };
    let readable = |response: Response| match endpoint.knows_origins() {
        true => cors::reflect(request, response),
        false => cors::reflect_trusted(issuer, Some(server.as_ref()), request, response),
    };
    if request.method == Method::OPTIONS {
        return (readable(cors::preflight(request, endpoint.methods)), None);
    }
    if let Some(refusal) = refuse_method(issuer, request, endpoint.methods) {
        return (readable(refusal), None);
    }
    let asked = answer::gather(issuer, &server, request, endpoint.name)
        .and_then(|answers| answer::prepare(issuer, &server, &answers, endpoint.name).map(|()| answers));
    let answers = match asked {
        Ok(answers) => answers,
        Err(refusal) => return (readable(refusal.response(issuer)), None),
    };
    let call = ServerCall::new(issuer, &server, request, answers);
    let standing = fault::standing(&call, endpoint);
    let fault = standing.map(|standing| standing.fault.word());
    let response = answer::carry_out(&call, endpoint.name, || fault::answer(&call, endpoint, standing));
    (readable(response), fault)
}

/// The answer of an endpoint that all authorization servers share.
fn at_issuer(issuer: &Inner, request: &Request, endpoint: &IssuerEndpoint) -> Response {
    refuse_method(issuer, request, endpoint.methods).unwrap_or_else(|| (endpoint.answer)(issuer, request))
}

fn refuse_method(issuer: &Inner, request: &Request, methods: &[Method]) -> Option<Response> {
    let is_fine = methods.iter().any(|method| fits(&request.method, method));
    let refusal = || OktaError::WRONG_METHOD.plain().response(issuer).with_text(ALLOW, cors::list(methods));
    (!is_fine).then(refusal)
}

/// `HEAD` is a `GET` whose body the server leaves out (RFC 9110, section 9.3.2).
pub(super) fn fits(method: &Method, expected: &Method) -> bool {
    method == expected || (method == Method::HEAD && expected == Method::GET)
}

fn record(issuer: &Inner, request: &Request, target: &Target<'_>, response: &Response, fault: Option<&'static str>) {
    let (route, server) = match target {
        Target::Server(id, endpoint) => (endpoint.name, Some(id.as_ref())),
        Target::Issuer(endpoint) => (endpoint.name, None),
        Target::Management(endpoint) => {
            (management::name(*endpoint), endpoint.and_then(|endpoint| endpoint.server(&request.path)))
        }
        Target::Control(endpoint) => return issuer.journal.record(control::name(*endpoint), None, None),
        Target::Unknown => ("unknown", None),
    };
    // An answer that waits is counted when it is sent.
    if let Some(jwks) = response.jwks.as_ref().filter(|_| matches!(response.delivery, Delivery::Whole)) {
        issuer.sent(jwks);
    }
    let is_answer = response.delivery.is_answer();
    let intact = response.jwks.as_ref().filter(|_| response.delivery.is_intact());
    issuer.journal.record(
        route,
        server,
        Some(Entry {
            number: 0,
            time: issuer.clock.now(),
            method: shortened(request.method.as_str(), 32),
            path: shortened(&request.path, 1024),
            // The token endpoint's may hold a secret.
            query: request.query.as_deref().filter(|_| is_document(route)).map(|query| shortened(query, 1024)),
            route,
            server: server.map(|id| shortened(id, 64)),
            status: if is_answer { response.status.as_u16() } else { 0 },
            user_agent: request.header(USER_AGENT).map(|agent| shortened(agent, 256)),
            authorization: request.headers.get(AUTHORIZATION).map(|value| fingerprint(value.as_bytes())),
            cookie: request.headers.contains_key(COOKIE),
            fault,
            jwks_revision: intact.map(|jwks| jwks.published.revision),
            note: response.note,
        }),
    );
}

fn shortened(text: &str, limit: usize) -> String {
    // Most texts are short, and taken as they are.
    if text.len() <= limit { text.to_owned() } else { text.chars().take(limit).collect() }
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
