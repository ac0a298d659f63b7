use super::Algorithm;

/// Why a key can't be read or can't sign.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The text is not a private key that this crate can use.
    #[error(
        "this is not a PKCS#8 PEM private key of type RSA, P-256, P-384, P-521 or Ed25519: make one with `openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048`"
    )]
    Unreadable,
    /// A key of this kind can't sign with that algorithm.
    #[error("the key \"{kid}\" cannot sign with {algorithm}: choose an algorithm of its kind")]
    WrongKind {
        /// The key's id.
        kid: String,
        /// The algorithm that was asked for.
        algorithm: Algorithm,
    },
    /// Nobody but its owner can sign with the key: no more is known of it than its
    /// public half.
    #[error("only the issuer has the private half of the key \"{kid}\", so nothing else can be signed with it")]
    NoPrivateHalf {
        /// The key's id.
        kid: String,
    },
    /// A JWK can't be read.
    #[error("the key \"{kid}\" of the key set is no RSA, EC or Ed25519 key that can be read")]
    UnreadableJwk {
        /// The key's id.
        kid: String,
    },
    /// An RSA key of a key set is too short to be trusted.
    #[error("the RSA key \"{kid}\" of the key set has less than 2048 bits, which RFC 7518, section 3.3, asks for")]
    WeakJwk {
        /// The key's id.
        kid: String,
    },
    /// A signature failed: the key is inconsistent.
    #[error("the operation with the private key \"{kid}\" failed")]
    Failed {
        /// The key's id.
        kid: String,
    },
    /// A shared secret has nothing in it.
    #[error("a shared secret must not be empty: RFC 7518, section 3.2, asks for as many bytes as the hash has")]
    EmptySecret,
    /// The key generator of the crypto library failed.
    #[error("no key could be generated")]
    Generation,
}
