//! Okta's management API under `/api/v1`, as far as tests set things up with it.

mod apps;
mod authorization_servers;
mod body;
mod call;
mod claims;
mod clients;
mod keys;
mod list;
mod metadata;
mod org;
mod refresh_token;
mod registration;
mod scopes;
mod table;
mod users;

use hyper::header::{ALLOW, AUTHORIZATION};

use call::Call;
pub(super) use table::{ManagementEndpoint, find, is_managed};

use super::token::uncached;
use super::{OktaError, Refusal};
use crate::issuer::{Inner, Request, Response};

/// Answers a call, if it carries the API token.
pub(super) fn answer(issuer: &Inner, request: &Request, endpoint: Option<&ManagementEndpoint>) -> Response {
    uncached(try_answer(issuer, request, endpoint).unwrap_or_else(|refusal| refusal.response(issuer)))
}

/// What the journal counts it as.
pub(super) fn name(endpoint: Option<&ManagementEndpoint>) -> &'static str {
    endpoint.map_or("management-unknown", |endpoint| endpoint.name)
}

fn try_answer(issuer: &Inner, request: &Request, endpoint: Option<&ManagementEndpoint>) -> Result<Response, Refusal> {
    authorize(issuer, request)?;
    let endpoint = endpoint.ok_or_else(|| OktaError::PATH_NOT_FOUND.plain())?;
    match endpoint.method_of(request) {
        Some(answer) => answer(&Call::new(issuer, request, endpoint)),
        None => Ok(OktaError::WRONG_METHOD.plain().response(issuer).with_text(ALLOW, endpoint.allow())),
    }
}

/// `Authorization: SSWS` with the token, where there is one; without one nobody off this
/// machine has a say. RFC 7591 writes `Bearer` (section 3), which is taken as well.
fn authorize(issuer: &Inner, request: &Request) -> Result<(), Refusal> {
    let sent = request.header(AUTHORIZATION).and_then(|value| value.split_once(' '));
    match (&issuer.api_token, sent) {
        (None, _) if !issuer.is_exposed() => Ok(()),
        (Some(expected), Some((scheme, token))) if is_scheme(scheme) && expected.matches(token.trim()) => Ok(()),
        (_, Some(_)) => Err(OktaError::INVALID_API_TOKEN.plain()),
        (_, None) => Err(OktaError::INVALID_SESSION.plain()),
    }
}

fn is_scheme(scheme: &str) -> bool {
    ["ssws", "bearer"].iter().any(|known| scheme.eq_ignore_ascii_case(known))
}
