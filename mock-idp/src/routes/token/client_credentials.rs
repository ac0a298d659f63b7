//! The client credentials grant (RFC 6749, section 4.4).

use super::super::form::Form;
use super::super::{resources, scopes};
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
        false => scopes::known(config, asked, &OktaError::OPENID_SCOPE)?,
    };
    let scopes = match config.is_org() {
        true => org::granted(client, scopes)?,
        false => scopes::allowed(client, policy, scopes)?,
    };
    scopes::refuse_consent(config, &scopes, &OktaError::CONSENT_SCOPES)?;
    let resource = resources::asked(config, form)?;
    let token = call
        .issuer
        .access_token(call.server, &call.base(), &client.id, &scopes, resource, call.jkt.as_deref())
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
