use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rsa::pkcs8::{DecodePrivateKey as _, SecretDocument};
use rsa::{BoxedUint, PrivateKey, PublicKey};

use super::pair::{EcKey, EdKey};
use super::rsa_key::RsaKey;
use super::{Curve, KeyKind};
use crate::json::Object;

/// What a key is made of: its private half for signing, and what its JWK shows.
pub(super) enum Material {
    Rsa(Box<RsaKey>),
    /// RSA with the modulus of a real key and e = 1: the signature *is* the
    /// padded hash, so that anyone can make it.
    RsaExponentOne(Box<PrivateKey>),
    Ec(Box<EcKey>),
    Ed25519(Box<EdKey>),
    /// What issuer and resource server share. Nothing of it is public.
    Secret(Vec<u8>),
    /// Another's key, of which no more is known than what is published, if that.
    Public(PublicHalf),
}

/// What an issuer publishes of a key.
pub(super) struct PublicHalf {
    pub(super) kind: KeyKind,
    /// The key's own members of its JWK; none where nothing is known of it.
    pub(super) members: Object,
    pub(super) rsa: Option<PublicKey>,
}

impl PublicHalf {
    /// Reads a JWK; `None` where it is of no kind that tokens are signed with.
    pub(super) fn from_jwk(jwk: &serde_json::Value) -> Option<Self> {
        let text = |name: &str| jwk.get(name)?.as_str();
        let (kind, names): (_, &[&str]) = match (text("kty")?, text("crv")) {
            ("RSA", _) => (KeyKind::Rsa, &["e", "n"]),
            ("EC", Some(curve)) => {
                let curve = Curve::ALL.into_iter().find(|known| known.name() == curve)?;
                (KeyKind::Ec(curve), &["crv", "x", "y"])
            }
            ("OKP", Some("Ed25519")) => (KeyKind::Ed25519, &["crv", "x"]),
            _ => return None,
        };
        let mut members = Object::new();
        for name in names {
            members = members.with(name, text(name)?);
        }
        let rsa = if kind == KeyKind::Rsa { Some(rsa_public(text("n")?, text("e")?)?) } else { None };
        Some(Self { kind, members, rsa })
    }

    /// A key of which nothing is known but its kind.
    pub(super) fn unknown(kind: KeyKind) -> Self {
        Self { kind, members: Object::new(), rsa: None }
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
        if let Ok(private) = PrivateKey::from_pkcs8_pem(pem) {
            return Some(Self::Rsa(Box::new(RsaKey::new(private))));
        }
        let (_, document) = SecretDocument::from_pem(pem).ok()?;
        let pkcs8 = document.as_bytes();
        let ec = || Curve::ALL.into_iter().find_map(|curve| EcKey::from_pkcs8(pkcs8, curve));
        match ec() {
            Some(key) => Some(Self::Ec(Box::new(key))),
            None => Some(Self::Ed25519(Box::new(EdKey::from_pkcs8(pkcs8)?))),
        }
    }

    pub(super) fn kind(&self) -> KeyKind {
        match self {
            Self::Rsa(_) | Self::RsaExponentOne(_) => KeyKind::Rsa,
            Self::Ec(key) => KeyKind::Ec(key.curve),
            Self::Ed25519(_) => KeyKind::Ed25519,
            Self::Secret(_) => KeyKind::Secret,
            Self::Public(public) => public.kind,
        }
    }

    /// The RSA key of either exponent.
    pub(super) fn as_rsa(&self) -> Option<&PrivateKey> {
        match self {
            Self::Rsa(key) => Some(key.private()),
            Self::RsaExponentOne(key) => Some(key),
            Self::Ec(_) | Self::Ed25519(_) | Self::Secret(_) | Self::Public(_) => None,
        }
    }
}
