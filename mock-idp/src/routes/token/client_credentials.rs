//! The client credentials grant (RFC 6749, section 4.4).

use super::super::form::Form;
use super::super::scopes;
use super::credentials::Proven;
use super::{OktaError, Refusal, ServerCall, org, success};
use crate::config::{Client, Policy};
use crate::issuer::Response;
use crate::json::quote;

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
    let asked = scopes::asked(form);
    let scopes = match asked.is_empty() {
        true => defaults(call, client, policy)?,
        false => known(call, asked)?,
    };
    let scopes = match config.is_org() {
        true => org::granted(client, scopes)?,
        false => scopes::allowed(client, policy, scopes)?,
    };
    refuse_consent(call, &scopes)?;
    let token = call
        .issuer
        .access_token(call.server, &call.base(), &client.id, &scopes, call.jkt.as_deref())
        .map_err(|_| OktaError::SERVER_ERROR.plain())?;
    Ok(success(format!(
        r#"{{"token_type":"{}","expires_in":{},"access_token":{},"scope":{}}}"#,
        call.token_type(),
        config.lifetime,
        quote(&token),
        quote(&scopes.join(" "))
    )))
}

/// What who asks for nothing gets. The org server has no defaults.
fn defaults<'a>(call: &ServerCall<'a>, client: &Client, policy: &Policy) -> Result<Vec<&'a str>, Refusal> {
    let config = &call.server.config;
    if config.is_org() { Err(OktaError::NO_SCOPES.plain()) } else { scopes::defaults(config, client, policy) }
}

fn known<'a>(call: &ServerCall<'_>, scopes: Vec<&'a str>) -> Result<Vec<&'a str>, Refusal> {
    let config = &call.server.config;
    if scopes.iter().any(|scope| scopes::is_about_user(scope) && !config.has_scope(scope)) {
        return Err(OktaError::OPENID_SCOPE.plain());
    }
    if scopes.iter().all(|scope| config.has_scope(scope)) { Ok(scopes) } else { Err(OktaError::UNKNOWN_SCOPE.plain()) }
}

/// Nobody is there who could consent.
fn refuse_consent(call: &ServerCall<'_>, scopes: &[&str]) -> Result<(), Refusal> {
    let needing: Vec<&str> = scopes.iter().copied().filter(|scope| call.server.config.needs_consent(scope)).collect();
    if needing.is_empty() { Ok(()) } else { Err(OktaError::CONSENT_SCOPES.about(needing.join(", "))) }
}
