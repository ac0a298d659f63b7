use std::collections::HashSet;
use std::sync::LazyLock;

use super::{Algorithm, KeyKind, Role, SigningKey};

/// The built-in test keys. **Public by intent**: their private halves are in
/// this crate, so a server that trusts one trusts everybody.
///
/// The issuer's keys say so in their `kid`. Off loopback all are refused, under
/// whatever `kid`: [`is_builtin`]. These are what scenarios call by name; an issuer
/// of another algorithm than RSA's has the keys of [`Role::key`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BuiltinKey {
    /// Signs honest tokens.
    Issuer,
    /// The issuer's next key.
    IssuerNext,
    /// Signs for a second authorization server.
    SecondIssuer,
    /// The issuer's, published to prove that a target has fetched.
    Twin,
    /// The issuer's on P-256; published by a step only.
    IssuerP256,
    /// The issuer's on P-384; published by a step only.
    IssuerP384,
    /// The issuer's on Ed25519; published by a step only.
    IssuerEd25519,
    /// The issuer's RSA key of 3072 bits; published by a step only.
    IssuerRsa3072,
    /// The issuer's RSA key of 4096 bits; published by a step only.
    IssuerRsa4096,
    /// The issuer's RSA key with e = 3; published by a step only.
    IssuerExponentThree,
    /// RSA key of an attacker; never published.
    Attacker,
    /// Another RSA key of an attacker.
    Attacker2,
    /// A third one.
    Attacker3,
    /// P-256 key of an attacker.
    AttackerP256,
    /// P-384 key of an attacker.
    AttackerP384,
    /// Ed25519 key of an attacker.
    AttackerEd25519,
    /// RSA of 1024 bits: below what RFC 7518, section 3.3, allows.
    Weak1024,
}

impl BuiltinKey {
    /// Every built-in key.
    pub const ALL: &'static [Self] = &[
        Self::Issuer,
        Self::IssuerNext,
        Self::SecondIssuer,
        Self::Twin,
        Self::IssuerP256,
        Self::IssuerP384,
        Self::IssuerEd25519,
        Self::IssuerRsa3072,
        Self::IssuerRsa4096,
        Self::IssuerExponentThree,
        Self::Attacker,
        Self::Attacker2,
        Self::Attacker3,
        Self::AttackerP256,
        Self::AttackerP384,
        Self::AttackerEd25519,
        Self::Weak1024,
    ];

    /// Its fixed `kid`: 43 characters like Okta's, for the issuer's own keys.
    #[must_use]
    pub fn kid(self) -> &'static str {
        match self {
            Self::Issuer => "mock-idp-test-key-1-public-never-trust-this",
            Self::IssuerNext => "mock-idp-test-key-2-public-never-trust-this",
            Self::SecondIssuer => "mock-idp-test-key-3-public-never-trust-this",
            Self::Twin => "mock-idp-test-key-4-public-never-trust-this",
            Self::IssuerP256 => "mock-idp-test-key-5-public-never-trust-this",
            Self::IssuerP384 => "mock-idp-test-key-6-public-never-trust-this",
            Self::IssuerEd25519 => "mock-idp-test-key-7-public-never-trust-this",
            Self::IssuerRsa3072 => "mock-idp-test-key-8-public-never-trust-this",
            Self::IssuerRsa4096 => "mock-idp-test-key-9-public-never-trust-this",
            Self::IssuerExponentThree => "mock-idp-test-key-a-public-never-trust-this",
            Self::Attacker => "badpenny-attacker-1",
            Self::Attacker2 => "badpenny-attacker-2",
            Self::Attacker3 => "badpenny-attacker-3",
            Self::AttackerP256 => "badpenny-attacker-p256",
            Self::AttackerP384 => "badpenny-attacker-p384",
            Self::AttackerEd25519 => "badpenny-attacker-ed25519",
            Self::Weak1024 => "badpenny-weak-rsa-1024",
        }
    }

    fn pem(self) -> &'static str {
        match self {
            Self::Issuer => include_str!("builtin/issuer-1.pem"),
            Self::IssuerNext => include_str!("builtin/issuer-2.pem"),
            Self::SecondIssuer => include_str!("builtin/second-issuer.pem"),
            Self::Twin => include_str!("builtin/twin.pem"),
            Self::IssuerP256 => include_str!("builtin/p256/issuer-besides.pem"),
            Self::IssuerP384 => include_str!("builtin/p384/issuer-besides.pem"),
            Self::IssuerEd25519 => include_str!("builtin/ed25519/issuer-besides.pem"),
            Self::IssuerRsa3072 => include_str!("builtin/issuer-3072.pem"),
            Self::IssuerRsa4096 => include_str!("builtin/issuer-4096.pem"),
            Self::IssuerExponentThree => include_str!("builtin/issuer-exponent-three.pem"),
            Self::Attacker => include_str!("builtin/attacker-1.pem"),
            Self::Attacker2 => include_str!("builtin/attacker-2.pem"),
            Self::Attacker3 => include_str!("builtin/attacker-3.pem"),
            Self::AttackerP256 => include_str!("builtin/p256/attacker.pem"),
            Self::AttackerP384 => include_str!("builtin/p384/attacker.pem"),
            Self::AttackerEd25519 => include_str!("builtin/ed25519/attacker.pem"),
            Self::Weak1024 => include_str!("builtin/weak-1024.pem"),
        }
    }
}

/// The built-in key of that name; parsed once a process, on first use.
#[must_use]
pub fn builtin(name: BuiltinKey) -> SigningKey {
    static KEYS: [LazyLock<SigningKey>; BuiltinKey::ALL.len()] = [
        LazyLock::new(|| read(BuiltinKey::Issuer)),
        LazyLock::new(|| read(BuiltinKey::IssuerNext)),
        LazyLock::new(|| read(BuiltinKey::SecondIssuer)),
        LazyLock::new(|| read(BuiltinKey::Twin)),
        LazyLock::new(|| read(BuiltinKey::IssuerP256)),
        LazyLock::new(|| read(BuiltinKey::IssuerP384)),
        LazyLock::new(|| read(BuiltinKey::IssuerEd25519)),
        LazyLock::new(|| read(BuiltinKey::IssuerRsa3072)),
        LazyLock::new(|| read(BuiltinKey::IssuerRsa4096)),
        LazyLock::new(|| read(BuiltinKey::IssuerExponentThree)),
        LazyLock::new(|| read(BuiltinKey::Attacker)),
        LazyLock::new(|| read(BuiltinKey::Attacker2)),
        LazyLock::new(|| read(BuiltinKey::Attacker3)),
        LazyLock::new(|| read(BuiltinKey::AttackerP256)),
        LazyLock::new(|| read(BuiltinKey::AttackerP384)),
        LazyLock::new(|| read(BuiltinKey::AttackerEd25519)),
        LazyLock::new(|| read(BuiltinKey::Weak1024)),
    ];
    let at = BuiltinKey::ALL.iter().position(|key| *key == name).unwrap_or(0);
    KEYS[at].clone()
}

/// Those that an issuer signs with or publishes as its own.
const ISSUER_KEYS: [BuiltinKey; 6] = [
    BuiltinKey::Issuer,
    BuiltinKey::IssuerNext,
    BuiltinKey::SecondIssuer,
    BuiltinKey::Twin,
    BuiltinKey::IssuerP256,
    BuiltinKey::IssuerP384,
];

/// Whether the `kid` is of a built-in issuer key. The key itself may stand
/// under another one: see [`is_builtin`].
#[must_use]
pub fn is_builtin_kid(kid: &str) -> bool {
    let of_other_kinds = || issuer_roles().any(|key| key.kid() == kid);
    ISSUER_KEYS.iter().any(|key| key.kid() == kid) || of_other_kinds()
}

/// The keys that issuers of each kind sign with or publish as their own.
fn issuer_roles() -> impl Iterator<Item = SigningKey> {
    Role::ALL.into_iter().filter(|role| *role != Role::Attacker).flat_map(of_every_kind)
}

fn of_every_kind(role: Role) -> impl Iterator<Item = SigningKey> {
    KeyKind::ALL.into_iter().map(move |(_, kind)| role.key(Algorithm::usual(kind)))
}

/// Whether it is a built-in key, under whatever `kid`: its private half is in
/// this crate for all to read, an attacker's as well as an issuer's.
///
/// ```
/// use mock_idp::keys::{BuiltinKey, builtin, is_builtin};
///
/// assert!(is_builtin(&builtin(BuiltinKey::Issuer).with_kid("another")));
/// ```
#[must_use]
pub fn is_builtin(key: &SigningKey) -> bool {
    static THUMBPRINTS: LazyLock<HashSet<String>> = LazyLock::new(|| {
        let of_roles = Role::ALL.into_iter().flat_map(of_every_kind);
        let all = BuiltinKey::ALL.iter().map(|key| builtin(*key)).chain(of_roles);
        all.map(|key| key.thumbprint()).collect()
    });
    THUMBPRINTS.contains(&key.thumbprint())
}

fn read(name: BuiltinKey) -> SigningKey {
    #[expect(clippy::expect_used, reason = "embedded at compile time; a test reads every one")]
    SigningKey::from_pem(name.kid(), name.pem()).expect("the embedded key files are readable")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_issuers_kids_are_as_long_as_oktas_and_say_what_they_are() {
        for key in ISSUER_KEYS {
            assert_eq!(key.kid().len(), 43);
            assert!(key.kid().contains("never-trust"));
            assert!(is_builtin_kid(key.kid()));
        }
    }

    #[test]
    fn a_builtin_key_is_known_under_any_kid() {
        for key in BuiltinKey::ALL {
            assert!(is_builtin(&builtin(*key).with_kid("another")), "{key:?}");
        }
        let own = include_str!("../../tests/keys/own.pem");
        let own = SigningKey::from_pem(BuiltinKey::Issuer.kid(), own).unwrap();
        assert!(!is_builtin(&own), "the kid alone says nothing");
    }
}
