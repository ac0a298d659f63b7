//! What the server takes beside its issuer's algorithm, each with a key for it alone (RFC 7518 3,
//! RFC 8037 3.1, RFC 9864 2.2).

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, UnparsedPublicKey, VerificationAlgorithm,
};

use crate::accepts::Further;
use crate::defect::{Defect, Switch};
use crate::keys::Jwk;
use crate::token::{Compact, decode};

use super::forms::point;
use super::rsa::Way;

/// Whether `key` made the signature.
pub(super) fn verifies(further: Further, token: &Compact<'_>, key: &Jwk) -> bool {
    let by = |algorithm: &'static dyn VerificationAlgorithm, key: Option<Vec<u8>>| {
        let (Some(signature), Some(key)) = (token.signature.and_then(decode), key) else { return false };
        UnparsedPublicKey::new(algorithm, key).verify(token.signed.as_bytes(), &signature).is_ok()
    };
    match further {
        Further::Es256 => by(&ECDSA_P256_SHA256_FIXED, point(key)),
        Further::Es384 => by(&ECDSA_P384_SHA384_FIXED, point(key)),
        Further::Ps256 => Way::Ps256.verifies(token, key),
        Further::EdDsa | Further::Ed25519 => by(&ED25519, decode(&key.x)),
    }
}

/// Whether a defect refuses it although the server is told to take it.
pub(super) fn is_forgotten(further: Further, defect: Switch) -> bool {
    match defect.0 {
        Some(Defect::OneAlgorithmOnly) => true,
        Some(Defect::KnowsOneNameOfEd25519) => further == Further::Ed25519,
        _ => false,
    }
}
