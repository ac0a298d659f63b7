//! ES256 (RFC 7518 3.4): where the issuer signs with RS256 all of it is a quirk, or defects.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, UnparsedPublicKey, VerificationAlgorithm,
};

use crate::answer::Refusal;
use crate::defect::{Defect, Switch};
use crate::keys::Jwk;
use crate::token::{Compact, decode};

use super::forms::point;

/// r and s, 32 bytes each.
const LENGTH: usize = 64;

/// Whether `key` made the signature. Right but for the one fault that is switched on.
pub(super) fn es256(token: &Compact<'_>, key: &Jwk, defect: Switch) -> Result<bool, Refusal> {
    let (Some(signature), Some(point)) = (token.signature.and_then(decode), point(key)) else { return Ok(false) };
    let by = |algorithm: &'static dyn VerificationAlgorithm, signature: &[u8]| {
        UnparsedPublicKey::new(algorithm, &point).verify(token.signed.as_bytes(), signature).is_ok()
    };
    if signature.len() != LENGTH && defect.has(Defect::CrashesOnEcdsaLength) {
        return Err(Refusal::CRASH);
    }
    let genuine = key.crv == "P-256" && by(&ECDSA_P256_SHA256_FIXED, &signature);
    Ok(genuine
        || match defect.0 {
            // The equation holds for r = s = 0 where nobody asks whether they are in range.
            Some(Defect::TakesZeroSignatures) => signature.len() >= LENGTH && signature.iter().all(|byte| *byte == 0),
            Some(Defect::TakesDerSignatures) => by(&ECDSA_P256_SHA256_ASN1, &signature),
            Some(Defect::IgnoresBytesBehindEcdsa) => {
                signature.get(..LENGTH).is_some_and(|signature| by(&ECDSA_P256_SHA256_FIXED, signature))
            }
            Some(Defect::TakesOtherCurves) => key.crv == "P-384" && by(&ECDSA_P384_SHA384_FIXED, &signature),
            _ => false,
        })
}
