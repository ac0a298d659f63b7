/// A key by its part in a scenario. Those without a kind in their name are of the
/// kind that the issuer signs with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyName {
    /// The issuer's signing key.
    Control,
    /// Another key that the issuer publishes: its next one.
    OtherPublished,
    /// The key that signed before the last rotation.
    Previous,
    /// A key of the issuer that is published to prove a fetch.
    Twin,
    /// The issuer's besides, on P-256.
    IssuerP256,
    /// The issuer's besides, on P-384.
    IssuerP384,
    /// The issuer's besides, on Ed25519.
    IssuerEd25519,
    /// The issuer's besides, RSA of 3072 bits.
    IssuerRsa3072,
    /// The issuer's besides, RSA of 4096 bits.
    IssuerRsa4096,
    /// The issuer's besides, RSA with e = 3.
    IssuerExponentThree,
    /// The built-in test key, whatever the issuer signs with.
    Builtin,
    /// The key of a second authorization server.
    SecondIssuer,
    /// An attacker's key of the issuer's own kind.
    Attacker,
    /// An attacker's P-256 key.
    AttackerP256,
    /// An attacker's P-384 key.
    AttackerP384,
    /// An attacker's Ed25519 key.
    AttackerEd25519,
    /// RSA of 1024 bits.
    Weak1024,
    /// RSA with e = 1.
    ExponentOne,
}

impl KeyName {
    /// Whether an attacker holds it, and nobody else.
    #[must_use]
    pub fn is_attackers(self) -> bool {
        matches!(self, Self::Attacker | Self::AttackerP256 | Self::AttackerP384 | Self::AttackerEd25519)
    }

    /// Every key with its word.
    pub const ALL: [(&'static str, Self); 18] = [
        ("control", Self::Control),
        ("other-published", Self::OtherPublished),
        ("previous", Self::Previous),
        ("twin", Self::Twin),
        ("issuer-p256", Self::IssuerP256),
        ("issuer-p384", Self::IssuerP384),
        ("issuer-ed25519", Self::IssuerEd25519),
        ("issuer-rsa-3072", Self::IssuerRsa3072),
        ("issuer-rsa-4096", Self::IssuerRsa4096),
        ("issuer-exponent-three", Self::IssuerExponentThree),
        ("builtin", Self::Builtin),
        ("second-issuer", Self::SecondIssuer),
        ("attacker", Self::Attacker),
        ("attacker-p256", Self::AttackerP256),
        ("attacker-p384", Self::AttackerP384),
        ("attacker-ed25519", Self::AttackerEd25519),
        ("weak-1024", Self::Weak1024),
        ("exponent-one", Self::ExponentOne),
    ];

    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(_, key)| *key == self).map_or("control", |(word, _)| word)
    }

    /// Whether the issuer publishes it under a fresh `kid` each time, since a
    /// fixed one could be known from before.
    #[must_use]
    pub fn has_fresh_kid(self) -> bool {
        matches!(self, Self::Control | Self::OtherPublished | Self::Previous | Self::Twin) || self.is_besides()
    }

    /// Whether it is a key of the issuer that only a step publishes, of a kind of its own.
    #[must_use]
    pub fn is_besides(self) -> bool {
        matches!(
            self,
            Self::IssuerP256
                | Self::IssuerP384
                | Self::IssuerEd25519
                | Self::IssuerRsa3072
                | Self::IssuerRsa4096
                | Self::IssuerExponentThree
        )
    }
}
