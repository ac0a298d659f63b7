//! The client credentials grant (RFC 6749, section 4.4).

use super::super::form::Form;
use super::credentials::Proven;
use super::{OktaError, Refusal, ServerCall, org, success};
use crate::config::{Client, Policy};
use crate::issuer::Response;
use crate::json::quote;

/// Scopes about a user, whom this grant does not have.
const OPENID_SCOPES: [&str; 8] =
    ["openid", "profile", "email", "address", "phone", "offline_access", "groups", "device_sso"];

pub(super) fn answer(
    call: &ServerCall<'_>,
    proven: &Proven<'_>,
    policy: &Policy,
    form: &Form,
) -> Result<Response, Refusal> {
    let config = &call.server.config;
    if config.is_org() {
        org::check(proven)?;
    }
    let client = proven.client;
    let asked = asked_for(form);
    let scopes = match asked.is_empty() {
        true => defaults(call, client, policy)?,
        false => known(call, asked)?,
    };
    let scopes = if config.is_org() { org::granted(client, scopes)? } else { allowed(client, policy, scopes)? };
    refuse_consent(call, &scopes)?;
    let token = call
        .issuer
        .access_token(call.server, &call.base(), &client.id, &scopes)
        .map_err(|_| OktaError::SERVER_ERROR.plain())?;
    Ok(success(format!(
        r#"{{"token_type":"Bearer","expires_in":{},"access_token":{},"scope":{}}}"#,
        config.lifetime,
        quote(&token),
        quote(&scopes.join(" "))
    )))
}

/// Each once, in their order.
fn asked_for(form: &Form) -> Vec<&str> {
    let mut scopes: Vec<&str> = Vec::new();
    for scope in form.get("scope").unwrap_or_default().split_ascii_whitespace() {
        if !scopes.contains(&scope) {
            scopes.push(scope);
        }
    }
    scopes
}

/// What who asks for nothing gets. The org server has no defaults.
fn defaults<'a>(call: &ServerCall<'a>, client: &Client, policy: &Policy) -> Result<Vec<&'a str>, Refusal> {
    let config = &call.server.config;
    if config.is_org() {
        return Err(OktaError::NO_SCOPES.plain());
    }
    let all = config.scopes.iter().filter(|scope| scope.default).map(|scope| scope.name.as_str());
    let scopes: Vec<&str> = all.filter(|scope| client.may_have(scope) && policy.permits(scope)).collect();
    if scopes.is_empty() { Err(OktaError::NO_DEFAULT_SCOPES.plain()) } else { Ok(scopes) }
}

fn known<'a>(call: &ServerCall<'_>, scopes: Vec<&'a str>) -> Result<Vec<&'a str>, Refusal> {
    let config = &call.server.config;
    if scopes.iter().any(|scope| OPENID_SCOPES.contains(scope) && !config.has_scope(scope)) {
        return Err(OktaError::OPENID_SCOPE.plain());
    }
    if scopes.iter().all(|scope| config.has_scope(scope)) { Ok(scopes) } else { Err(OktaError::UNKNOWN_SCOPE.plain()) }
}

/// One that can't be granted fails the whole request, as at Okta.
fn allowed<'a>(client: &Client, policy: &Policy, scopes: Vec<&'a str>) -> Result<Vec<&'a str>, Refusal> {
    let is_denied = |scope: &str| !client.may_have(scope) || !policy.permits(scope);
    let denied: Vec<&str> = scopes.iter().copied().filter(|scope| is_denied(scope)).collect();
    match denied.len() {
        0 => Ok(scopes),
        count if count == scopes.len() => Err(OktaError::EVERY_SCOPE_REJECTED.plain()),
        _ => Err(OktaError::SOME_SCOPES_DENIED.about(denied.join(", "))),
    }
}

/// Nobody is there who could consent.
fn refuse_consent(call: &ServerCall<'_>, scopes: &[&str]) -> Result<(), Refusal> {
    let needing: Vec<&str> = scopes.iter().copied().filter(|scope| call.server.config.needs_consent(scope)).collect();
    if needing.is_empty() { Ok(()) } else { Err(OktaError::CONSENT_SCOPES.about(needing.join(", "))) }
}
