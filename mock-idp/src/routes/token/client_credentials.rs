//! The client credentials grant (RFC 6749, section 4.4).

use super::super::scopes;
use super::{OktaError, Refusal, TokenRequest, org, success};
use crate::issuer::Response;
use crate::json::quote;

pub(super) fn answer(request: &TokenRequest<'_>) -> Result<Response, Refusal> {
    let TokenRequest { call, client, method, policy, form } = *request;
    let config = request.config();
    if config.is_org() {
        org::check(client, method)?;
    }
    let asked = scopes::asked(form);
    let scopes = match asked.is_empty() {
        true => defaults(request)?,
        false => scopes::known(config, asked, &OktaError::OPENID_SCOPE)?,
    };
    let scopes = match config.is_org() {
        true => org::granted(client, scopes)?,
        false => scopes::allowed(client, policy, scopes)?,
    };
    scopes::refuse_consent(config, &scopes, &OktaError::CONSENT_SCOPES)?;
    let resource = request.resource()?;
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
fn defaults<'a>(request: &TokenRequest<'a>) -> Result<Vec<&'a str>, Refusal> {
    if request.config().is_org() {
        return Err(OktaError::NO_SCOPES.plain());
    }
    scopes::defaults(request.config(), request.client, request.policy)
}
