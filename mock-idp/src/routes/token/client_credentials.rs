//! The client credentials grant (RFC 6749, section 4.4).

use super::super::form::Form;
use super::super::scopes;
use super::{OktaError, Refusal, ServerCall, success};
use crate::config::Client;
use crate::issuer::Response;
use crate::json::quote;

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
    let config = &call.server.config;
    let asked = scopes::asked(form);
    if asked.is_empty() {
        return scopes::defaults(config, client);
    }
    if asked.iter().any(|scope| scopes::is_about_user(scope) && !config.has_scope(scope)) {
        return Err(OktaError::OPENID_SCOPE.plain());
    }
    if !asked.iter().all(|scope| config.has_scope(scope)) {
        return Err(OktaError::UNKNOWN_SCOPE.plain());
    }
    scopes::allowed(client, asked)
}
