//! What the issuer signs with, and how the target comes to what it verifies with.

use clap::Args;
use mock_idp::keys::Algorithm;

use crate::error::Failure;
use crate::scenario::Verification;

/// The algorithm, and the way of verifying.
#[derive(Debug, Clone, Copy, Default, Args)]
pub(super) struct KeysArgs {
    /// What the own issuer signs with: RS256, PS384, ES512, EdDSA, Ed25519, HS256, ... [default: what --key-file is for, else RS256]
    #[arg(long, value_name = "NAME", env = "BADPENNY_ALG", value_parser = algorithm, help_heading = "Issuer")]
    pub(super) alg: Option<Algorithm>,
    /// What the target verifies tokens by: jwks, the issuer's key set, which it fetches; key, a public key, certificate
    /// or key set that it was handed, as with --env 'KEY={public_key_pem}'; secret, one that it shares with the issuer,
    /// as with --env 'SECRET={shared_secret}' [default: jwks, with HS256 to HS512 secret]
    #[arg(long, value_name = "WAY", env = "BADPENNY_VERIFIES_BY", value_parser = verification, help_heading = "Target")]
    pub(super) verifies_by: Option<Verification>,
}

impl KeysArgs {
    /// How the target verifies the tokens of an issuer that signs with `algorithm`.
    ///
    /// # Errors
    ///
    /// [`Failure`] when it can't verify them so.
    pub(super) fn verification(self, algorithm: Algorithm) -> Result<Verification, Failure> {
        match self.verifies_by {
            None => Ok(Verification::default().with(algorithm)),
            Some(way) if (way == Verification::SharedSecret) == algorithm.is_hmac() => Ok(way),
            Some(Verification::SharedSecret) => Err(Failure::usage(format!(
                "--verifies-by secret needs an issuer that signs with HS256, HS384 or HS512, not with {algorithm}: give --alg HS256"
            ))),
            Some(way) => Err(Failure::usage(format!(
                "--verifies-by {way} can't be: {algorithm} has a shared secret, of which nothing is public; leave it out"
            ))),
        }
    }
}

/// The algorithm of a name.
pub(super) fn algorithm(text: &str) -> Result<Algorithm, String> {
    let names: Vec<&str> = Algorithm::ALL.iter().map(|(name, _)| *name).collect();
    Algorithm::from_name(text).ok_or_else(|| format!("expected one of {}", names.join(", ")))
}

/// The way of a word.
pub(super) fn verification(text: &str) -> Result<Verification, String> {
    let found = Verification::ALL.iter().find(|(word, _)| *word == text).map(|(_, way)| *way);
    found.ok_or_else(|| "expected jwks, key or secret".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hmac_implies_the_secret_and_the_secret_needs_one() {
        let way = |verifies_by, algorithm| KeysArgs { alg: None, verifies_by }.verification(algorithm);
        assert_eq!(way(None, Algorithm::Hs512).ok(), Some(Verification::SharedSecret));
        assert_eq!(way(None, Algorithm::Es256).ok(), Some(Verification::KeySet));
        assert_eq!(way(Some(Verification::HandedKey), Algorithm::Es256).ok(), Some(Verification::HandedKey));
        let error = way(Some(Verification::SharedSecret), Algorithm::Rs256).unwrap_err().message;
        assert!(error.contains("--alg HS256"), "{error}");
        assert!(way(Some(Verification::KeySet), Algorithm::Hs256).is_err());
    }

    #[test]
    fn a_name_is_exact_and_a_mistake_tells_all_of_them() {
        assert_eq!(algorithm("Ed25519"), Ok(Algorithm::Ed25519));
        assert!(algorithm("es256").unwrap_err().contains("ES256, ES384, ES512, EdDSA"));
        assert!(verification("jwk").is_err());
    }
}
