use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hyper::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use sha2::Digest as _;

use super::proof::{self, ALGORITHMS};
use super::{OktaError, Refusal, ServerCall, refuse_unless};
use crate::issuer::{IssuedToken, Response};

/// An access token as it was shown.
pub(in super::super) struct Shown<'a> {
    pub(in super::super) token: &'a str,
    /// Whether with the scheme `DPoP`; else with `Bearer`.
    pub(in super::super) with_proof: bool,
}

impl<'a> Shown<'a> {
    /// What stands in `Authorization`, in either scheme (RFC 6750, section 2.1; RFC 9449,
    /// section 7.1).
    pub(in super::super) fn of_request(call: &ServerCall<'a>) -> Option<Self> {
        let (scheme, token) = call.request.header(AUTHORIZATION)?.split_once(' ')?;
        let with_proof = scheme.eq_ignore_ascii_case("dpop");
        let token = Some(token.trim()).filter(|token| !token.is_empty())?;
        (with_proof || scheme.eq_ignore_ascii_case("bearer")).then_some(Self { token, with_proof })
    }
}

/// Whether who shows a token may use it: one that is bound to a key comes with a proof by
/// that key, and no other does. No nonce is asked for here, as at Okta.
pub(in super::super) fn check(call: &ServerCall<'_>, shown: &Shown<'_>, issued: &IssuedToken) -> Result<(), Refusal> {
    let Some(jkt) = issued.jkt() else {
        return refuse_unless(!shown.with_proof, &OktaError::TOKEN_NOT_BOUND);
    };
    refuse_unless(shown.with_proof, &OktaError::DPOP_SCHEME_REQUIRED)?;
    let proof = proof::of_request(call)?.ok_or_else(|| OktaError::DPOP_PROOF_REQUIRED.plain())?;
    let hash = URL_SAFE_NO_PAD.encode(sha2::Sha256::digest(shown.token));
    refuse_unless(proof.text("ath") == Some(hash.as_str()), &OktaError::DPOP_TOKEN_HASH)?;
    refuse_unless(proof.jkt == jkt, &OktaError::DPOP_KEY_OF_ACCESS_TOKEN)?;
    proof.spend(call)
}

/// A refusal in the scheme `DPoP` (RFC 9449, section 7.1).
pub(in super::super) fn challenge(response: Response, error: &str, text: &str) -> Response {
    let algorithms = ALGORITHMS.join(" ");
    let challenge = format!(r#"DPoP error="{error}", error_description="{text}", algs="{algorithms}""#);
    response.with_text(WWW_AUTHENTICATE, challenge)
}
