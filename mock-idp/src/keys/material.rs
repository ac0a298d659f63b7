use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _,
};
use jsonwebtoken::EncodingKey;
use rsa::PrivateKey;
use rsa::pkcs8::DecodePrivateKey as _;

use super::rsa_key::RsaKey;

/// What a key is made of: its private half for signing, and what its JWK shows.
pub(super) enum Material {
    Rsa(Box<RsaKey>),
    /// RSA with the modulus of a real key and e = 1: the signature *is* the
    /// padded hash, so that anyone can make it.
    RsaExponentOne(Box<PrivateKey>),
    Ec {
        private: EncodingKey,
        curve: &'static str,
        point: Vec<u8>,
    },
    Ed25519 {
        private: EncodingKey,
        public: Vec<u8>,
    },
}

impl Material {
    /// Reads PKCS#8 PEM of any kind.
    pub(super) fn from_pem(pem: &str) -> Option<Self> {
        rsa(pem).or_else(|| ec(pem, "P-256")).or_else(|| ec(pem, "P-384")).or_else(|| ed25519(pem))
    }

    /// The RSA key of either exponent.
    pub(super) fn as_rsa(&self) -> Option<&PrivateKey> {
        match self {
            Self::Rsa(key) => Some(key.private()),
            Self::RsaExponentOne(key) => Some(key),
            Self::Ec { .. } | Self::Ed25519 { .. } => None,
        }
    }
}

fn rsa(pem: &str) -> Option<Material> {
    let private = PrivateKey::from_pkcs8_pem(pem).ok()?;
    Some(Material::Rsa(Box::new(RsaKey::new(private))))
}

fn ec(pem: &str, curve: &'static str) -> Option<Material> {
    let private = EncodingKey::from_ec_pem(pem.as_bytes()).ok()?;
    let algorithm = if curve == "P-256" { &ECDSA_P256_SHA256_FIXED_SIGNING } else { &ECDSA_P384_SHA384_FIXED_SIGNING };
    let pair = EcdsaKeyPair::from_pkcs8(algorithm, private.as_bytes()).ok()?;
    let point = pair.public_key().as_ref().to_vec();
    Some(Material::Ec { private, curve, point })
}

fn ed25519(pem: &str) -> Option<Material> {
    let private = EncodingKey::from_ed_pem(pem.as_bytes()).ok()?;
    let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(private.as_bytes()).ok()?;
    let public = pair.public_key().as_ref().to_vec();
    Some(Material::Ed25519 { private, public })
}
