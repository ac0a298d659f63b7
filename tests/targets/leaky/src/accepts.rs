//! Which signatures the server takes: those of one algorithm, and what a quirk adds.

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

/// What the server takes.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Accepts {
    pub(crate) algorithm: Algorithm,
    pub(crate) quirks: Quirks,
}
