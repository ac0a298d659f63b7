//! The authorization code grant (RFC 6749, section 4.1.3), with PKCE (RFC 7636).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::Digest as _;

use super::super::form::Form;
use super::super::resources;
use super::{OktaError, Refusal, ServerCall, TokenRequest, user_answer};
use crate::issuer::Response;
use crate::session::{Code, RedeemError, Redeemed};

pub(super) fn answer(request: &TokenRequest<'_>) -> Result<Response, Refusal> {
    let TokenRequest { call, form, .. } = *request;
    let sent = form.get("code").ok_or_else(|| OktaError::INVALID_CODE.plain())?;
    let sessions = &call.server.sessions;
    let Redeemed { code, is_again } =
        sessions.redeem(sent, call.now(), |code| check(request, code)).map_err(|error| match error {
            RedeemError::Refused(refusal) => refusal,
            RedeemError::Invalid => invalid(call, sent),
        })?;
    let resource = resources::granted(&call.server.config, &code.grant, form)?;
    let answer = user_answer::first(request, &code.grant, code.nonce.as_deref(), resource)?;
    Ok(Response { note: is_again.then_some("code-again"), ..answer })
}

/// Notes a code that came with wrong credentials: some clients send it again at once
/// with the same ones in another place.
pub(super) fn refuse(call: &ServerCall<'_>, form: &Form) {
    if let Some(code) = form.get("code") {
        call.server.sessions.refuse(code, call.now());
    }
}

/// Whether a code is for this client and this request.
fn check(request: &TokenRequest<'_>, code: &Code) -> Result<(), Refusal> {
    let TokenRequest { call, client, form, .. } = *request;
    // The user may have been removed meanwhile, or be assigned no more.
    user_answer::check_user(call, &code.grant, &OktaError::INVALID_CODE)?;
    if code.grant.client != client.id {
        return Err(OktaError::OTHER_CLIENTS_GRANT.plain());
    }
    if form.get("redirect_uri") != Some(&code.redirect_uri) {
        return Err(OktaError::OTHER_REDIRECT_URI.plain());
    }
    check_key(call, code)?;
    resources::granted(&call.server.config, &code.grant, form)?;
    match (&code.challenge, form.get("code_verifier")) {
        (None, None) => Ok(()),
        (Some(_), None) => Err(OktaError::NO_VERIFIER.plain()),
        (None, Some(_)) => Err(OktaError::VERIFIER_WITHOUT_CHALLENGE.plain()),
        (Some(challenge), Some(verifier)) if *challenge == challenge_of(verifier) => Ok(()),
        (Some(_), Some(_)) => Err(OktaError::WRONG_VERIFIER.plain()),
    }
}

/// A code that was asked for by the holder of a key is for that holder (RFC 9449, section 10).
fn check_key(call: &ServerCall<'_>, code: &Code) -> Result<(), Refusal> {
    match (&code.jkt, &call.jkt) {
        (Some(_), None) => Err(OktaError::DPOP_PROOF_MISSING.plain()),
        (Some(asked), Some(held)) if asked != held => Err(OktaError::DPOP_PROOF_INVALID.plain()),
        _ => Ok(()),
    }
}

/// RFC 7636, section 4.6.
fn challenge_of(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(sha2::Sha256::digest(verifier))
}

/// A code that is not known here may be another server's.
fn invalid(call: &ServerCall<'_>, code: &str) -> Refusal {
    match call.another_knows(|server, now| server.sessions.has_issued(code, now)) {
        true => OktaError::OTHER_SERVERS_GRANT.plain(),
        false => OktaError::INVALID_CODE.plain(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_challenge_is_that_of_the_standard() {
        // RFC 7636, appendix B.
        let challenge = challenge_of("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        assert_eq!(challenge, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }
}
