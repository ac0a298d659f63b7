use std::sync::OnceLock;

use super::{Algorithm, BuiltinKey, Curve, KeyKind, SigningKey, builtin};

/// The part of a built-in key, for an issuer of any algorithm. As
/// [`BuiltinKey`]s are, these are **public by intent**.
///
/// ```
/// use mock_idp::keys::{Algorithm, Role};
///
/// let key = Role::Issuer.key(Algorithm::Es512);
/// assert_eq!(key.public_jwk().get_str("crv").as_deref(), Some("P-521"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Signs honest tokens.
    Issuer,
    /// The issuer's next key.
    IssuerNext,
    /// Signs for a second authorization server.
    SecondIssuer,
    /// The issuer's, published to prove that a target has fetched.
    Twin,
    /// An attacker's; never published.
    Attacker,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 5] = [Self::Issuer, Self::IssuerNext, Self::SecondIssuer, Self::Twin, Self::Attacker];

    /// The built-in key of this part for an algorithm, under a `kid` that only keys
    /// of its kind have; read once a process, on first use.
    #[must_use]
    pub fn key(self, algorithm: Algorithm) -> SigningKey {
        static KEYS: [[OnceLock<SigningKey>; KeyKind::ALL.len()]; Role::ALL.len()] =
            [const { [const { OnceLock::new() }; KeyKind::ALL.len()] }; Role::ALL.len()];
        let kind = algorithm.kind();
        let at = KeyKind::ALL.iter().position(|(_, known)| *known == kind).unwrap_or(0);
        let key = KEYS[self.position()][at].get_or_init(|| self.read(kind));
        key.with_algorithm(algorithm).unwrap_or_else(|_| key.clone())
    }

    fn position(self) -> usize {
        Self::ALL.iter().position(|known| *known == self).unwrap_or(0)
    }

    fn read(self, kind: KeyKind) -> SigningKey {
        let kid = self.kid(kind);
        let key = match kind {
            KeyKind::Rsa => return builtin(self.rsa()),
            KeyKind::Secret => SigningKey::from_secret(kid, self.secret()),
            KeyKind::Ec(Curve::P256) => SigningKey::from_pem(kid, self.p256()),
            KeyKind::Ec(Curve::P384) => SigningKey::from_pem(kid, self.p384()),
            KeyKind::Ec(Curve::P521) => SigningKey::from_pem(kid, self.p521()),
            KeyKind::Ed25519 => SigningKey::from_pem(kid, self.ed25519()),
        };
        #[expect(clippy::expect_used, reason = "embedded at compile time; a test reads every one")]
        key.expect("the embedded keys are readable")
    }

    fn rsa(self) -> BuiltinKey {
        match self {
            Self::Issuer => BuiltinKey::Issuer,
            Self::IssuerNext => BuiltinKey::IssuerNext,
            Self::SecondIssuer => BuiltinKey::SecondIssuer,
            Self::Twin => BuiltinKey::Twin,
            Self::Attacker => BuiltinKey::Attacker,
        }
    }

    /// As long as Okta's for the issuer's own keys, and another for each kind: who
    /// has cached a key under its `kid` would take it for that of another kind.
    fn kid(self, kind: KeyKind) -> String {
        let word = match kind {
            KeyKind::Rsa => return self.rsa().kid().to_owned(),
            KeyKind::Ec(Curve::P256) => "p256",
            KeyKind::Ec(Curve::P384) => "p384",
            KeyKind::Ec(Curve::P521) => "p521",
            KeyKind::Ed25519 => "ed25",
            KeyKind::Secret => "hmac",
        };
        match (self, kind) {
            (Self::Attacker, KeyKind::Ed25519) => BuiltinKey::AttackerEd25519.kid().to_owned(),
            (Self::Attacker, _) => format!("badpenny-attacker-{word}"),
            _ => format!("mock-idp-{word}-key-{}-public-never-trust-this", self.position() + 1),
        }
    }

    /// 64 bytes and more: as many as the longest hash has (RFC 7518, section 3.2).
    fn secret(self) -> &'static str {
        match self {
            Self::Issuer => "mock-idp-shared-secret-1-public-by-intent-never-trust-this-anywhere",
            Self::IssuerNext => "mock-idp-shared-secret-2-public-by-intent-never-trust-this-anywhere",
            Self::SecondIssuer => "mock-idp-shared-secret-3-public-by-intent-never-trust-this-anywhere",
            Self::Twin => "mock-idp-shared-secret-4-public-by-intent-never-trust-this-anywhere",
            Self::Attacker => "badpenny-attacker-secret-public-by-intent-never-trust-this-anywhere",
        }
    }

    fn p256(self) -> &'static str {
        match self {
            Self::Issuer => include_str!("builtin/p256/issuer.pem"),
            Self::IssuerNext => include_str!("builtin/p256/issuer-next.pem"),
            Self::SecondIssuer => include_str!("builtin/p256/second-issuer.pem"),
            Self::Twin => include_str!("builtin/p256/twin.pem"),
            Self::Attacker => include_str!("builtin/p256/attacker.pem"),
        }
    }

    fn p384(self) -> &'static str {
        match self {
            Self::Issuer => include_str!("builtin/p384/issuer.pem"),
            Self::IssuerNext => include_str!("builtin/p384/issuer-next.pem"),
            Self::SecondIssuer => include_str!("builtin/p384/second-issuer.pem"),
            Self::Twin => include_str!("builtin/p384/twin.pem"),
            Self::Attacker => include_str!("builtin/p384/attacker.pem"),
        }
    }

    fn p521(self) -> &'static str {
        match self {
            Self::Issuer => include_str!("builtin/p521/issuer.pem"),
            Self::IssuerNext => include_str!("builtin/p521/issuer-next.pem"),
            Self::SecondIssuer => include_str!("builtin/p521/second-issuer.pem"),
            Self::Twin => include_str!("builtin/p521/twin.pem"),
            Self::Attacker => include_str!("builtin/p521/attacker.pem"),
        }
    }

    fn ed25519(self) -> &'static str {
        match self {
            Self::Issuer => include_str!("builtin/ed25519/issuer.pem"),
            Self::IssuerNext => include_str!("builtin/ed25519/issuer-next.pem"),
            Self::SecondIssuer => include_str!("builtin/ed25519/second-issuer.pem"),
            Self::Twin => include_str!("builtin/ed25519/twin.pem"),
            Self::Attacker => include_str!("builtin/ed25519/attacker.pem"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::keys::{is_builtin, is_builtin_kid};

    #[test]
    fn every_part_has_a_key_of_every_kind_and_no_two_are_the_same() {
        let keys: Vec<SigningKey> =
            Role::ALL.iter().flat_map(|role| KeyKind::ALL.map(|(_, kind)| role.key(Algorithm::usual(kind)))).collect();
        let thumbprints: HashSet<String> = keys.iter().map(SigningKey::thumbprint).collect();
        let kids: HashSet<&str> = keys.iter().map(SigningKey::kid).collect();
        assert_eq!((thumbprints.len(), kids.len()), (30, 30));
        assert!(keys.iter().all(is_builtin));
    }

    #[test]
    fn an_issuers_key_says_what_it_is_whatever_its_kind() {
        for (_, kind) in KeyKind::ALL {
            let key = Role::Twin.key(Algorithm::usual(kind));
            assert_eq!(key.kid().len(), 43, "{}", key.kid());
            assert!(is_builtin_kid(key.kid()), "{}", key.kid());
        }
    }

    #[test]
    fn a_key_is_for_the_algorithm_that_was_asked_for() {
        for (name, algorithm) in Algorithm::ALL {
            assert_eq!(Role::Attacker.key(algorithm).algorithm(), algorithm, "{name}");
        }
    }
}
