use std::fmt;

use aws_lc_rs::signature::{
    RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RSA_PSS_SHA256, RSA_PSS_SHA384, RSA_PSS_SHA512, RsaEncoding,
};

use super::{Curve, KeyKind};

/// A JWS algorithm that can really sign (RFC 7518, section 3.1; RFC 8037; RFC 9864).
///
/// What a token *states* in its header is free text; this is what is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Algorithm {
    /// HMAC with SHA-256.
    Hs256,
    /// HMAC with SHA-384.
    Hs384,
    /// HMAC with SHA-512.
    Hs512,
    /// RSASSA-PKCS1-v1_5 with SHA-256. What Okta uses.
    Rs256,
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    Rs384,
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    Rs512,
    /// RSASSA-PSS with SHA-256.
    Ps256,
    /// RSASSA-PSS with SHA-384.
    Ps384,
    /// RSASSA-PSS with SHA-512.
    Ps512,
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// ECDSA on P-384 with SHA-384.
    Es384,
    /// ECDSA on P-521 with SHA-512.
    Es512,
    /// Ed25519 by the name of its family (RFC 8037, section 3.1).
    EdDsa,
    /// Ed25519 by its fully specified name (RFC 9864, section 2.2).
    Ed25519,
}

impl Algorithm {
    /// Every algorithm with the name that a header states for it.
    pub const ALL: [(&'static str, Self); 14] = [
        ("HS256", Self::Hs256),
        ("HS384", Self::Hs384),
        ("HS512", Self::Hs512),
        ("RS256", Self::Rs256),
        ("RS384", Self::Rs384),
        ("RS512", Self::Rs512),
        ("PS256", Self::Ps256),
        ("PS384", Self::Ps384),
        ("PS512", Self::Ps512),
        ("ES256", Self::Es256),
        ("ES384", Self::Es384),
        ("ES512", Self::Es512),
        ("EdDSA", Self::EdDsa),
        ("Ed25519", Self::Ed25519),
    ];

    /// The registered name.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, algorithm)| *algorithm == self).map_or("RS256", |(name, _)| name)
    }

    /// The algorithm of that registered name, in its exact spelling.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, algorithm)| *algorithm)
    }

    /// What its keys are made of.
    #[must_use]
    pub fn kind(self) -> KeyKind {
        match self {
            Self::Hs256 | Self::Hs384 | Self::Hs512 => KeyKind::Secret,
            Self::Rs256 | Self::Rs384 | Self::Rs512 | Self::Ps256 | Self::Ps384 | Self::Ps512 => KeyKind::Rsa,
            Self::Es256 => KeyKind::Ec(Curve::P256),
            Self::Es384 => KeyKind::Ec(Curve::P384),
            Self::Es512 => KeyKind::Ec(Curve::P521),
            Self::EdDsa | Self::Ed25519 => KeyKind::Ed25519,
        }
    }

    /// The one that a key of that kind has unless it is told another: RS256, ES256,
    /// ES384, ES512, `EdDSA` or HS256.
    #[must_use]
    pub fn usual(kind: KeyKind) -> Self {
        match kind {
            KeyKind::Rsa => Self::Rs256,
            KeyKind::Ec(Curve::P256) => Self::Es256,
            KeyKind::Ec(Curve::P384) => Self::Es384,
            KeyKind::Ec(Curve::P521) => Self::Es512,
            KeyKind::Ed25519 => Self::EdDsa,
            KeyKind::Secret => Self::Hs256,
        }
    }

    /// Whether the key of this algorithm is a shared secret.
    #[must_use]
    pub fn is_hmac(self) -> bool {
        self.kind() == KeyKind::Secret
    }

    /// Padding and digest of the RSA algorithms; `None` for the others.
    pub(super) fn rsa_encoding(self) -> Option<&'static dyn RsaEncoding> {
        Some(match self {
            Self::Rs256 => &RSA_PKCS1_SHA256,
            Self::Rs384 => &RSA_PKCS1_SHA384,
            Self::Rs512 => &RSA_PKCS1_SHA512,
            Self::Ps256 => &RSA_PSS_SHA256,
            Self::Ps384 => &RSA_PSS_SHA384,
            Self::Ps512 => &RSA_PSS_SHA512,
            _ => return None,
        })
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_leads_there_and_back_and_is_exact() {
        assert!(Algorithm::ALL.iter().all(|(name, algorithm)| Algorithm::from_name(name) == Some(*algorithm)));
        assert!(["rs256", "ES256K", "none", ""].iter().all(|name| Algorithm::from_name(name).is_none()));
    }

    #[test]
    fn every_kind_has_a_usual_algorithm_of_its_own() {
        assert!(KeyKind::ALL.iter().all(|(_, kind)| Algorithm::usual(*kind).kind() == *kind));
    }
}
