//! The grant of an assertion (RFC 7523, section 2.1): an ID-JAG, or another JWT of an issuer
//! that is trusted.

use super::trusted::Signer;
use super::user_answer::{self, Granted};
use super::{OktaError, Refusal, ServerCall, TokenRequest, id_jag, refuse_unless};
use crate::issuer::{ID_JAG_TYP, Response};
use crate::jws::Jwt;

pub(super) fn answer(request: &TokenRequest<'_>) -> Result<Response, Refusal> {
    let call = request.call;
    let jwt = Jwt::usable(request.required("assertion")?).ok_or_else(|| OktaError::JWT_BEARER_UNREADABLE.plain())?;
    if jwt.is_of_type(ID_JAG_TYP) {
        return id_jag::answer(request, &jwt);
    }
    let issuer = jwt.text("iss").unwrap_or_default();
    let signer = Signer::configured(call, issuer).ok_or_else(|| OktaError::JWT_BEARER_ISSUER.plain())?;
    refuse_unless(signer.has_signed(&jwt), &OktaError::JWT_BEARER_SIGNATURE)?;
    refuse_unless(jwt.audiences().any(|audience| is_for(call, audience)), &OktaError::JWT_BEARER_AUDIENCE)?;
    let expiry = check_times(call, &jwt)?;
    let login = signer.login_of(call, jwt.text("sub").unwrap_or_default(), jwt.text("email"));
    let login = login.ok_or_else(|| OktaError::JWT_BEARER_SUBJECT.plain())?;
    let scopes = request.own_scopes(&OktaError::ILLEGAL_SCOPES, &OktaError::CONSENT_REQUIRED)?;
    let resource = request.resource()?;
    let grant = request.granted_by(&login, &scopes, resource)?;
    if jwt.has("jti") {
        spend(call, issuer, &jwt, expiry, &OktaError::JWT_BEARER_USED)?;
    }
    user_answer::answer(call, &Granted { resource, ..Granted::new(&grant, &scopes) })
}

/// Whether that is this server's identifier.
pub(super) fn is_for(call: &ServerCall<'_>, audience: &str) -> bool {
    call.issuer.is_own(call.server, &call.base(), audience)
}

/// Takes note that an assertion was used; one without an id can't be.
pub(super) fn spend(
    call: &ServerCall<'_>,
    issuer: &str,
    jwt: &Jwt<'_>,
    expiry: i64,
    used: &'static OktaError,
) -> Result<(), Refusal> {
    let id = jwt.text("jti").ok_or_else(|| OktaError::INVALID_GRANT.plain())?;
    // No client's id has a space in it.
    let whose = format!("{issuer} ");
    refuse_unless(call.server.spend_assertion(&whose, id, expiry, call.now()), used)
}

fn check_times(call: &ServerCall<'_>, jwt: &Jwt<'_>) -> Result<i64, Refusal> {
    let now = call.now();
    let expiry = jwt.time("exp").ok_or_else(|| OktaError::INVALID_GRANT.plain())?;
    refuse_unless(expiry > now, &OktaError::JWT_BEARER_EXPIRED)?;
    let is_early = ["iat", "nbf"].into_iter().filter_map(|name| jwt.time(name)).any(|time| time > now);
    refuse_unless(!is_early, &OktaError::JWT_BEARER_IN_FUTURE)?;
    Ok(expiry)
}
