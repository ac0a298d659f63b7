//! The client credentials grant (RFC 6749, section 4.4).

use super::super::form::Form;
use super::{OktaError, Refusal, ServerCall, success};
use crate::config::Client;
use crate::issuer::Response;
use crate::json::quote;

/// Scopes about a user, whom this grant does not have.
const OPENID_SCOPES: [&str; 8] =
    ["openid", "profile", "email", "address", "phone", "offline_access", "groups", "device_sso"];

pub(super) fn answer(call: &ServerCall<'_>, client: &Client, form: &Form) -> Result<Response, Refusal> {
    let scopes = scopes(call, client, form)?;
    let token = call
        .issuer
        .access_token(call.server, &call.base(), &client.id, &scopes)
        .map_err(|_| OktaError::SERVER_ERROR.plain())?;
    Ok(success(format!(
        r#"{{"token_type":"Bearer","expires_in":{},"access_token":{},"scope":{}}}"#,
        call.server.config.lifetime,
        quote(&token),
        quote(&scopes.join(" "))
    )))
}

/// The scopes asked for, or the defaults. One that can't be granted fails the
/// whole request, as at Okta.
fn scopes<'a>(call: &ServerCall<'a>, client: &Client, form: &'a Form) -> Result<Vec<&'a str>, Refusal> {
    let mut scopes: Vec<&str> = Vec::new();
    for scope in form.get("scope").unwrap_or_default().split_ascii_whitespace() {
        if !scopes.contains(&scope) {
            scopes.push(scope);
        }
    }
    if scopes.is_empty() {
        return defaults(call, client);
    }
    if scopes.iter().any(|scope| OPENID_SCOPES.contains(scope) && !call.server.config.has_scope(scope)) {
        return Err(OktaError::OPENID_SCOPE.plain());
    }
    if !scopes.iter().all(|scope| call.server.config.has_scope(scope)) {
        return Err(OktaError::UNKNOWN_SCOPE.plain());
    }
    allowed(client, scopes)
}

fn defaults<'a>(call: &ServerCall<'a>, client: &Client) -> Result<Vec<&'a str>, Refusal> {
    let all = call.server.config.scopes.iter().filter(|scope| scope.default).map(|scope| scope.name.as_str());
    let scopes: Vec<&str> = all.filter(|scope| client.may_have(scope)).collect();
    if scopes.is_empty() { Err(OktaError::NO_DEFAULT_SCOPES.plain()) } else { Ok(scopes) }
}

fn allowed<'a>(client: &Client, scopes: Vec<&'a str>) -> Result<Vec<&'a str>, Refusal> {
    let denied: Vec<&str> = scopes.iter().copied().filter(|scope| !client.may_have(scope)).collect();
    match denied.len() {
        0 => Ok(scopes),
        count if count == scopes.len() => Err(OktaError::EVERY_SCOPE_REJECTED.plain()),
        _ => Err(OktaError::SOME_SCOPES_DENIED.about(denied.join(", "))),
    }
}
