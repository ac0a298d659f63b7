//! The control API under `/_mock/`.

pub(super) mod answers;
mod clock;
mod device;
mod hold;
mod index;
mod journal;
mod mint;
pub(super) mod servers;
mod settings;
mod steps;

use hyper::StatusCode;
use hyper::header::{ALLOW, AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, HeaderValue, ORIGIN, WWW_AUTHENTICATE};

pub(super) use clock::clock;
pub(super) use device::device;
pub(super) use hold::{hold, release};
pub(super) use index::index;
pub(super) use journal::{journal, reset};
pub(super) use mint::mint;
pub(super) use settings::settings;
pub(super) use steps::{restore, steps};

use super::Problem;
use super::dispatch::fits;
use super::table::ControlEndpoint;
use crate::input::Node;
use crate::issuer::{Inner, Request, Response};

/// The one call that asks for no control token: it tells nothing.
pub(super) const HEALTH: &str = "/_mock/health";

/// Answers a call of the control API, if it carries the control token.
pub(super) fn answer(issuer: &Inner, request: &Request, endpoint: Option<&ControlEndpoint>) -> Response {
    let response = match endpoint {
        _ if request.path != HEALTH && !is_authorized(issuer, request) => {
            Problem::unauthorized().response().with(WWW_AUTHENTICATE, r#"Bearer realm="mock-idp control""#)
        }
        _ if may_be_of_another_site(issuer, request) => Problem::of_another_origin().response(),
        None => Problem::not_found().response(),
        Some(endpoint) if fits(&request.method, &endpoint.method) => (endpoint.answer)(issuer, request),
        Some(endpoint) => {
            let methods = endpoint.methods_of_path();
            Problem::wrong_method(&methods).response().with_text(ALLOW, methods)
        }
    };
    response.with(CACHE_CONTROL, "no-store")
}

/// What the journal counts it as.
pub(super) fn name(endpoint: Option<&ControlEndpoint>) -> &'static str {
    endpoint.map_or("control-unknown", |endpoint| endpoint.name)
}

fn is_authorized(issuer: &Inner, request: &Request) -> bool {
    let Some(expected) = &issuer.control_token else {
        return true;
    };
    let sent = request.header(AUTHORIZATION).and_then(|value| value.split_once(' '));
    sent.is_some_and(|(scheme, token)| scheme.eq_ignore_ascii_case("bearer") && expected.matches(token.trim()))
}

/// Whether a page of another site may have sent this. A browser lets any site `POST`, with a
/// form or with a script that may not read the answer, and says whose page it was (Fetch,
/// section 3.2). Where a control token is asked for, no other site knows it.
fn may_be_of_another_site(issuer: &Inner, request: &Request) -> bool {
    let is_other = |origin: &HeaderValue| origin.as_bytes() != request.origin().as_bytes();
    issuer.control_token.is_none() && request.headers.get(ORIGIN).is_some_and(is_other)
}

/// `GET /_mock/health`: that it answers.
pub(super) fn health(_: &Inner, _: &Request) -> Response {
    Response::json(StatusCode::OK, r#"{"status":"ok"}"#)
}

/// `GET /_mock/ca`: the certificate that clients must trust, as PEM.
pub(super) fn ca(issuer: &Inner, _: &Request) -> Response {
    match issuer.served.get() {
        Some(served) => Response::json(StatusCode::OK, served.identity.ca_pem().to_owned())
            .with(CONTENT_TYPE, "application/pem-certificate-chain"),
        None => Problem::no_ca().response(),
    }
}

/// The JSON body as an input tree; no body is an empty table.
fn body(request: &Request) -> Result<Node, Problem> {
    let bytes: &[u8] = if request.body.is_empty() { b"{}" } else { &request.body };
    let value: serde_json::Value =
        serde_json::from_slice(bytes).map_err(|error| Problem::field("#", format!("the body is not JSON: {error}")))?;
    Ok(Node::from_json(&value, ""))
}
