use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::EncodingKey;
use rsa::pkcs8::DecodePrivateKey as _;
use rsa::{BoxedUint, PrivateKey, PublicKey};

use super::Algorithm;
use super::rsa_key::RsaKey;
use crate::json::Object;

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
    /// Another's key, of which no more is known than what is published, if that.
    Public(PublicHalf),
}

/// What an issuer publishes of a key.
pub(super) struct PublicHalf {
    pub(super) algorithm: Algorithm,
    pub(super) kty: &'static str,
    /// The key's own members of its JWK.
    pub(super) members: Object,
    pub(super) rsa: Option<PublicKey>,
}

impl PublicHalf {
    /// Reads a JWK; `None` where it is of no kind that tokens are signed with.
    pub(super) fn from_jwk(jwk: &serde_json::Value, algorithm: Algorithm) -> Option<Self> {
        let text = |name: &str| jwk.get(name)?.as_str();
        let (kty, names): (_, &[&str]) = match text("kty")? {
            "RSA" => ("RSA", &["e", "n"]),
            "EC" => ("EC", &["crv", "x", "y"]),
            "OKP" => ("OKP", &["crv", "x"]),
            _ => return None,
        };
        let mut members = Object::new();
        for name in names {
            members = members.with(name, text(name)?);
        }
        let rsa = if kty == "RSA" { Some(rsa_public(text("n")?, text("e")?)?) } else { None };
        Some(Self { algorithm, kty, members, rsa })
    }

    /// A key of which nothing is known.
    pub(super) fn unknown(algorithm: Algorithm) -> Self {
        Self { algorithm, kty: "RSA", members: Object::new(), rsa: None }
    }
}

fn rsa_public(n: &str, e: &str) -> Option<PublicKey> {
    let number = |text: &str| {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        BoxedUint::from_be_slice(&bytes, u32::try_from(bytes.len()).ok()? * 8).ok()
    };
    PublicKey::new(number(n)?, number(e)?).ok()
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
            Self::Ec { .. } | Self::Ed25519 { .. } | Self::Public(_) => None,
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
