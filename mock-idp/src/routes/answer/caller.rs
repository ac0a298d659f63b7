//! Whose request it is, as far as it says so: nothing of it is proven.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hyper::header::AUTHORIZATION;
use serde_json::{Map, Value};

use super::super::form::decode;
use super::super::token::basic_pair;
use super::gather::Parameters;
use crate::issuer::{Inner, ServerState};

/// The id of the client that says to be asking.
pub(super) fn of(issuer: &Inner, server: &ServerState, parameters: &Parameters<'_>) -> Option<String> {
    let plain = || parameters.get("client_id").map(str::to_owned);
    let ticket = || server.sessions.asked_by(parameters.get("ticket")?, issuer.now(server));
    plain().or_else(|| by_basic(server, parameters)).or_else(|| by_token(server, parameters)).or_else(ticket)
}

fn by_basic(server: &ServerState, parameters: &Parameters<'_>) -> Option<String> {
    let (id, _) = basic_pair(parameters.request.header(AUTHORIZATION)?)?;
    Some(if server.config.client(&id).is_some() { id } else { decode(id.as_bytes()) })
}

/// Who signed the assertion, or for whom the access token is.
fn by_token(server: &ServerState, parameters: &Parameters<'_>) -> Option<String> {
    if let Some(assertion) = parameters.get("client_assertion") {
        return claims(assertion)?.get("iss")?.as_str().map(str::to_owned);
    }
    let (claims, config) = (claims(parameters.access_token()?)?, &server.config);
    config.dialect.client_claim().find(&claims, &config.audience)?.as_str().map(str::to_owned)
}

fn claims(token: &str) -> Option<Map<String, Value>> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?).ok()
}
