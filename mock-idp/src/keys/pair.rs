//! Private keys on curves, which aws-lc-rs signs with: `jsonwebtoken` knows
//! neither P-521 nor the name `Ed25519`.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, ECDSA_P521_SHA512_FIXED_SIGNING, EcdsaKeyPair,
    EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair as _,
};

use super::Curve;

/// An ECDSA key.
pub(super) struct EcKey {
    pub(super) curve: Curve,
    pub(super) pkcs8: Vec<u8>,
    pair: EcdsaKeyPair,
}

/// An Ed25519 key.
pub(super) struct EdKey {
    pub(super) pkcs8: Vec<u8>,
    pair: Ed25519KeyPair,
}

impl EcKey {
    /// Reads PKCS#8 (RFC 5958); `None` where it is no key on that curve.
    pub(super) fn from_pkcs8(pkcs8: &[u8], curve: Curve) -> Option<Self> {
        let pair = EcdsaKeyPair::from_pkcs8(signing(curve), pkcs8).ok()?;
        Some(Self { curve, pkcs8: pkcs8.to_vec(), pair })
    }

    /// x and y, each as wide as the curve.
    pub(super) fn coordinates(&self) -> (&[u8], &[u8]) {
        // Behind the byte that says that the point is uncompressed (SEC 1, section 2.3.3).
        let point = self.pair.public_key().as_ref().get(1..).unwrap_or_default();
        point.split_at(point.len() / 2)
    }

    /// `r || s` (RFC 7518, section 3.4).
    pub(super) fn sign(&self, input: &[u8]) -> Option<Vec<u8>> {
        Some(self.pair.sign(&SystemRandom::new(), input).ok()?.as_ref().to_vec())
    }
}

impl EdKey {
    /// Reads PKCS#8, with or without the public key in it (RFC 8410, section 7).
    pub(super) fn from_pkcs8(pkcs8: &[u8]) -> Option<Self> {
        let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(pkcs8).ok()?;
        Some(Self { pkcs8: pkcs8.to_vec(), pair })
    }

    pub(super) fn public(&self) -> &[u8] {
        self.pair.public_key().as_ref()
    }

    /// RFC 8037, section 3.1.
    pub(super) fn sign(&self, input: &[u8]) -> Option<Vec<u8>> {
        Some(self.pair.try_sign(input).ok()?.as_ref().to_vec())
    }
}

/// The way of signing that fits the curve; the signature is `r || s`.
pub(super) fn signing(curve: Curve) -> &'static EcdsaSigningAlgorithm {
    match curve {
        Curve::P256 => &ECDSA_P256_SHA256_FIXED_SIGNING,
        Curve::P384 => &ECDSA_P384_SHA384_FIXED_SIGNING,
        Curve::P521 => &ECDSA_P521_SHA512_FIXED_SIGNING,
    }
}
