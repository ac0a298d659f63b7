//! The second step of Cross App Access: an ID-JAG becomes an access token
//! (draft-ietf-oauth-identity-assertion-authz-grant, section 4.4).

use serde_json::Value;

use super::super::scopes;
use super::jwt_bearer::{is_for, spend};
use super::trusted::Signer;
use super::user_answer::{self, Granted};
use super::{OktaError, Refusal, ServerCall, TokenRequest, refuse_unless};
use crate::issuer::{IdJag, Response};
use crate::jws::Jwt;

pub(super) fn answer(request: &TokenRequest<'_>, jwt: &Jwt<'_>) -> Result<Response, Refusal> {
    let TokenRequest { call, client, policy, form, .. } = *request;
    refuse_unless(!form.has("scope"), &OktaError::ID_JAG_SCOPES_IN_REQUEST)?;
    let issuer = jwt.text("iss").unwrap_or_default();
    let signer = Signer::org(call, issuer).or_else(|| Signer::configured(call, issuer));
    let signer = signer.ok_or_else(|| OktaError::ID_JAG_UNTRUSTED_ISSUER.plain())?;
    refuse_unless(signer.has_signed(jwt), &OktaError::ID_JAG_SIGNATURE)?;
    let audiences: Vec<&str> = jwt.audiences().collect();
    refuse_unless(matches!(*audiences, [only] if is_for(call, only)), &OktaError::JWT_BEARER_AUDIENCE)?;
    let expiry = check_times(call, jwt)?;
    refuse_unless(jwt.text("client_id") == Some(&client.id), &OktaError::ID_JAG_CLIENT)?;
    let login = signer.login_of(call, jwt.text("sub").unwrap_or_default(), jwt.text("email"));
    let login = login.ok_or_else(|| OktaError::ID_JAG_SUBJECT.plain())?;
    let scopes: Vec<&str> = jwt.text("scope").unwrap_or_default().split_ascii_whitespace().collect();
    refuse_unless(!scopes.is_empty(), &OktaError::ID_JAG_WITHOUT_SCOPES)?;
    let scopes = scopes::own(request.config(), client, policy, scopes, &OktaError::ILLEGAL_SCOPES)?;
    let resource = resource(request, jwt)?;
    let grant = request.granted_by(&login, &scopes, resource)?;
    spend(call, issuer, jwt, expiry, &OktaError::ID_JAG_USED)?;
    let also = actors(jwt);
    user_answer::answer(call, &Granted { resource, also: &also, ..Granted::new(&grant, &scopes) })
}

/// When it expires, if now is its time and that is short.
fn check_times(call: &ServerCall<'_>, jwt: &Jwt<'_>) -> Result<i64, Refusal> {
    let now = call.now();
    let required = |name: &str| jwt.time(name).ok_or_else(|| OktaError::INVALID_GRANT.plain());
    let (expiry, issued) = (required("exp")?, required("iat")?);
    refuse_unless(expiry > now, &OktaError::ID_JAG_EXPIRED)?;
    let is_early = issued > now || jwt.time("nbf").is_some_and(|start| start > now);
    refuse_unless(!is_early, &OktaError::ID_JAG_IN_FUTURE)?;
    refuse_unless(expiry.saturating_sub(issued) <= IdJag::LIFETIME, &OktaError::ID_JAG_LIFETIME)?;
    Ok(expiry)
}

/// The resource that it is for. A server that has none passes over what is said of any.
fn resource<'a>(request: &TokenRequest<'_>, jwt: &'a Jwt<'_>) -> Result<Option<&'a str>, Refusal> {
    let config = request.config();
    if config.resources.is_empty() {
        return Ok(None);
    }
    let claimed = jwt.text("resource");
    let asked = request.form.all("resource");
    refuse_unless(asked.iter().all(|asked| Some(*asked) == claimed), &OktaError::ID_JAG_OTHER_RESOURCE)?;
    let is_known = !jwt.has("resource") || claimed.is_some_and(|claimed| config.has_resource(claimed));
    refuse_unless(is_known, &OktaError::ID_JAG_RESOURCE)?;
    Ok(claimed)
}

/// Who acts for the user goes on into the access token.
fn actors(jwt: &Jwt<'_>) -> Vec<(&'static str, Value)> {
    ["act", "sub_profile"].into_iter().filter_map(|name| Some((name, jwt.value(name)?.clone()))).collect()
}
