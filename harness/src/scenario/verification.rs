use std::fmt;

use mock_idp::keys::Algorithm;

use super::plan::Case;
use super::sender::Sender;

/// How a target comes to what it verifies tokens with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Verification {
    /// It fetches its issuer's key set.
    #[default]
    KeySet,
    /// It was handed its issuer's public key, a certificate, or a key set in a file.
    HandedKey,
    /// It shares a secret with its issuer.
    SharedSecret,
}

impl Verification {
    /// Every way with its word.
    pub const ALL: [(&'static str, Self); 3] =
        [("jwks", Self::KeySet), ("key", Self::HandedKey), ("secret", Self::SharedSecret)];

    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(_, way)| *way == self).map_or("jwks", |(word, _)| word)
    }

    /// The way where the issuer signs with that algorithm: HMAC leaves the secret only.
    #[must_use]
    pub fn with(self, algorithm: Algorithm) -> Self {
        if algorithm.is_hmac() { Self::SharedSecret } else { self }
    }

    /// Whether the target fetches keys at all.
    #[must_use]
    pub fn fetches(self) -> bool {
        self == Self::KeySet
    }

    /// Why a case tells nothing of a target that verifies so: it is about keys that are
    /// fetched, or waits until they are.
    #[must_use]
    pub fn hindrance(self, case: &Case) -> Option<String> {
        let has = match self {
            Self::KeySet => return None,
            Self::HandedKey => "its key was handed to it",
            Self::SharedSecret => "it shares a secret with its issuer",
        };
        is_about_fetches(case).then(|| format!("the target fetches no keys: {has} (--verifies-by {})", self.word()))
    }
}

fn is_about_fetches(case: &Case) -> bool {
    let delivery = &case.variant.delivery;
    case.is_staged()
        || case.counts_fetches()
        || delivery.mix.contains(&Sender::UnknownKid)
        || case.check().is_some_and(|(kind, _)| kind.is_about_fetches())
}

impl fmt::Display for Verification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Catalogue, Plan};
    use super::*;

    fn hindered(verification: Verification) -> Vec<String> {
        let plan = Plan::new(&Catalogue::embedded().unwrap(), "hardening", &[]).unwrap();
        plan.all().filter(|case| verification.hindrance(case).is_some()).map(Case::name).collect()
    }

    #[test]
    fn no_case_waits_for_a_fetch_that_cannot_come() {
        assert!(hindered(Verification::KeySet).is_empty());
        for verification in [Verification::HandedKey, Verification::SharedSecret] {
            let names = hindered(verification);
            let has = |name: &str| names.iter().any(|known| known == name);
            assert!(has("keys/unknown-kid-flood@short-burst") && has("keys/cold-start-herd@fifty-at-once"));
            assert!(has("keys/fetch-hygiene@no-credentials") && has("keys/kid-miss-keeps-good-keys@interleaved"));
            assert!(!has("signature/alg-none@unknown-kid") && !has("time/expired@one-hour"), "{names:?}");
        }
    }

    #[test]
    fn an_hmac_leaves_one_way() {
        assert_eq!(Verification::KeySet.with(Algorithm::Hs384), Verification::SharedSecret);
        assert_eq!(Verification::HandedKey.with(Algorithm::Es384), Verification::HandedKey);
    }
}
