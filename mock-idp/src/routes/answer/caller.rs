//! Whose request it is, as far as it says so: nothing of it is proven.

use hyper::header::AUTHORIZATION;

use super::super::form::decode;
use super::super::token::basic_pair;
use super::gather::Parameters;
use crate::issuer::{Inner, ServerState};
use crate::jws::Jwt;

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
        return Jwt::read(assertion)?.text("iss").map(str::to_owned);
    }
    let (jwt, config) = (Jwt::read(parameters.access_token()?)?, &server.config);
    config.dialect.client_claim().find(jwt.claims(), &config.audience)?.as_str().map(str::to_owned)
}
