//! Which signatures the server takes: those of its issuer's algorithm, and of others that it is told.

use std::str::FromStr;

use crate::quirk::Quirks;

/// The one algorithm of the issuer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Algorithm {
    /// RSA with SHA-256, as Okta signs.
    #[default]
    Rs256,
    /// ECDSA on P-256.
    Es256,
    /// HMAC with a secret that issuer and server share.
    Hs256,
}

impl Algorithm {
    /// As a header states it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
            Self::Hs256 => "HS256",
        }
    }
}

impl FromStr for Algorithm {
    type Err = UnknownAlgorithm;

    fn from_str(name: &str) -> Result<Self, UnknownAlgorithm> {
        let found = [Self::Rs256, Self::Es256, Self::Hs256].into_iter().find(|known| known.name() == name);
        found.ok_or(UnknownAlgorithm)
    }
}

/// When an algorithm is none of these.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("it is none of RS256, ES256 and HS256")]
pub struct UnknownAlgorithm;

/// One that a server may take besides, each with keys of its own kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Further {
    /// ECDSA on P-256.
    Es256,
    /// ECDSA on P-384.
    Es384,
    /// RSA-PSS with SHA-256.
    Ps256,
    /// Ed25519 by its first name (RFC 8037 3.1).
    EdDsa,
    /// Ed25519 by its second name (RFC 9864 2.2).
    Ed25519,
}

impl Further {
    const ALL: [Self; 5] = [Self::Es256, Self::Es384, Self::Ps256, Self::EdDsa, Self::Ed25519];

    /// As a header states it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
            Self::Ps256 => "PS256",
            Self::EdDsa => "EdDSA",
            Self::Ed25519 => "Ed25519",
        }
    }
}

/// Those that the server takes besides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Takes(u8);

impl Takes {
    /// The one of that name, where it is one of them.
    pub(crate) fn named(self, name: &str) -> Option<Further> {
        self.iter().find(|further| further.name() == name)
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = Further> {
        Further::ALL.into_iter().filter(move |further| self.0 & (1 << *further as u8) != 0)
    }
}

impl FromStr for Takes {
    type Err = UnknownFurther;

    /// Names with commas between them; nothing for none.
    fn from_str(names: &str) -> Result<Self, UnknownFurther> {
        names.split(',').filter(|name| !name.is_empty()).try_fold(Self::default(), |takes, name| {
            let found = Further::ALL.into_iter().find(|further| further.name() == name);
            found.map(|further| Self(takes.0 | (1 << further as u8))).ok_or(UnknownFurther)
        })
    }
}

/// When one of the algorithms is none that can be taken besides.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("one is none of ES256, ES384, PS256, EdDSA and Ed25519")]
pub struct UnknownFurther;

/// What the server takes.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Accepts {
    pub(crate) algorithm: Algorithm,
    pub(crate) takes: Takes,
    pub(crate) quirks: Quirks,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_names_have_commas_between_them() {
        let takes: Takes = "PS256,Ed25519".parse().expect("known names");
        assert_eq!(takes.iter().collect::<Vec<_>>(), [Further::Ps256, Further::Ed25519]);
        assert_eq!((takes.named("PS256"), takes.named("EdDSA")), (Some(Further::Ps256), None));
        assert_eq!("".parse(), Ok(Takes::default()));
        assert_eq!("PS256,RS256".parse::<Takes>(), Err(UnknownFurther));
    }
}
