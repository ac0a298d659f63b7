/// What a key is made of. Each kind has algorithms of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyKind {
    /// RSA: RS256 to RS512 and PS256 to PS512.
    Rsa,
    /// An elliptic curve of NIST: ES256, ES384 or ES512, one each.
    Ec(Curve),
    /// Ed25519: `EdDSA`, and `Ed25519`, which is the same by another name.
    Ed25519,
    /// A secret that issuer and resource server share: HS256 to HS512.
    Secret,
}

impl KeyKind {
    /// Every kind with a word for it.
    pub const ALL: [(&'static str, Self); 6] = [
        ("rsa", Self::Rsa),
        ("p256", Self::Ec(Curve::P256)),
        ("p384", Self::Ec(Curve::P384)),
        ("p521", Self::Ec(Curve::P521)),
        ("ed25519", Self::Ed25519),
        ("secret", Self::Secret),
    ];

    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(_, kind)| *kind == self).map_or("rsa", |(word, _)| word)
    }
}

/// A curve for ECDSA (RFC 7518, section 6.2.1.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Curve {
    /// NIST P-256.
    P256,
    /// NIST P-384.
    P384,
    /// NIST P-521.
    P521,
}

impl Curve {
    /// Every curve.
    pub const ALL: [Self; 3] = [Self::P256, Self::P384, Self::P521];

    /// What a JWK's `crv` says.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::P256 => "P-256",
            Self::P384 => "P-384",
            Self::P521 => "P-521",
        }
    }
}
