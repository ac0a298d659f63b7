use std::fmt;
use std::sync::{Arc, OnceLock};

use rsa::pkcs8::{EncodePrivateKey as _, LineEnding};
use rsa::traits::PublicKeyParts as _;
use rsa::{PrivateKey, PublicKey};
use sha2::Digest as _;

use super::hmac::hmac;
use super::material::{Material, PublicHalf};
use super::rsa_key::{self, RsaKey, pkcs1_padding};
use super::{Algorithm, KeyError, KeyKind, certificate, spki};

/// A private key, or a shared secret, with its `kid` and the one algorithm that
/// it is for. Cheap to clone; `Debug` shows the `kid` only.
#[derive(Clone)]
pub struct SigningKey {
    kid: String,
    algorithm: Algorithm,
    inner: Arc<Inner>,
}

struct Inner {
    material: Material,
    /// Made once: an ECDSA signature, and with it the certificate, is another each time.
    certificate: OnceLock<Option<rcgen::Certificate>>,
}

impl SigningKey {
    fn of(kid: impl Into<String>, algorithm: Algorithm, material: Material) -> Self {
        Self { kid: kid.into(), algorithm, inner: Arc::new(Inner { material, certificate: OnceLock::new() }) }
    }

    /// Reads a PKCS#8 PEM private key: RSA, P-256, P-384, P-521 or Ed25519. It is
    /// for the [usual](Algorithm::usual) algorithm of its kind.
    ///
    /// # Errors
    ///
    /// [`KeyError::Unreadable`] when it is none of these.
    pub fn from_pem(kid: impl Into<String>, pem: &str) -> Result<Self, KeyError> {
        let material = Material::from_pem(pem).ok_or(KeyError::Unreadable)?;
        Ok(Self::of(kid, Algorithm::usual(material.kind()), material))
    }

    /// Takes a shared secret, for HS256.
    ///
    /// # Errors
    ///
    /// [`KeyError::EmptySecret`] when there is nothing in it.
    pub fn from_secret(kid: impl Into<String>, secret: impl Into<Vec<u8>>) -> Result<Self, KeyError> {
        let secret = secret.into();
        if secret.is_empty() {
            return Err(KeyError::EmptySecret);
        }
        Ok(Self::of(kid, Algorithm::Hs256, Material::Secret(secret)))
    }

    /// The same key for another algorithm of its kind.
    ///
    /// # Errors
    ///
    /// [`KeyError::WrongKind`] when the algorithm is of another kind.
    pub fn with_algorithm(&self, algorithm: Algorithm) -> Result<Self, KeyError> {
        if algorithm.kind() != self.kind() {
            return Err(self.wrong_kind(algorithm));
        }
        Ok(Self { algorithm, ..self.clone() })
    }

    /// Another issuer's key, as its JWK shows it (RFC 7517, section 4): it signs nothing.
    ///
    /// # Errors
    ///
    /// [`KeyError::UnreadableJwk`] when it is no RSA, EC or Ed25519 key,
    /// [`KeyError::WrongKind`] when it is none for that algorithm.
    pub fn from_public_jwk(
        kid: impl Into<String>,
        jwk: &serde_json::Value,
        algorithm: Algorithm,
    ) -> Result<Self, KeyError> {
        let kid = kid.into();
        match PublicHalf::from_jwk(jwk) {
            Some(public) => {
                Self::of(kid, Algorithm::usual(public.kind), Material::Public(public)).with_algorithm(algorithm)
            }
            None => Err(KeyError::UnreadableJwk { kid }),
        }
    }

    /// Another issuer's key of which no more is known than what its tokens say:
    /// it signs nothing, and has no public form.
    pub fn unknown(kid: impl Into<String>, algorithm: Algorithm) -> Self {
        Self::of(kid, algorithm, Material::Public(PublicHalf::unknown(algorithm.kind())))
    }

    /// The same RSA modulus with the public exponent 1, whose signatures anyone
    /// can make (RFC 8017, section 8.2.2 with e = 1).
    #[must_use]
    pub fn with_exponent_one(&self) -> Option<Self> {
        let Material::Rsa(key) = self.material() else {
            return None;
        };
        let material = Material::RsaExponentOne(Box::new(key.private().clone()));
        Some(Self::of(format!("{}-e1", self.kid), Algorithm::Rs256, material))
    }

    /// The key id that a token's header names.
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The same key under another id.
    #[must_use]
    pub fn with_kid(&self, kid: impl Into<String>) -> Self {
        Self { kid: kid.into(), ..self.clone() }
    }

    /// The algorithm that it is for: what its tokens and its JWK state.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// What it is made of.
    #[must_use]
    pub fn kind(&self) -> KeyKind {
        self.material().kind()
    }

    /// The raw JWS signature over `input` (RFC 7515, section 5.1).
    ///
    /// # Errors
    ///
    /// [`KeyError::WrongKind`] when the key is of another kind than the
    /// algorithm; RSA keys below 2048 bits sign with RS256 only.
    pub fn sign(&self, algorithm: Algorithm, input: &[u8]) -> Result<Vec<u8>, KeyError> {
        if algorithm.kind() != self.kind() {
            return Err(self.wrong_kind(algorithm));
        }
        match self.material() {
            Material::Rsa(key) => self.sign_rsa(key, algorithm, input),
            Material::RsaExponentOne(key) => self.sign_by_hand(key, algorithm, input),
            Material::Ec(key) => key.sign(input).ok_or_else(|| self.failed()),
            Material::Ed25519(key) => key.sign(input).ok_or_else(|| self.failed()),
            Material::Secret(secret) => Ok(hmac(algorithm, secret, input)),
            Material::Public(_) => Err(self.no_private_half()),
        }
    }

    /// `padded^d mod n`: for signatures whose padding is wrong on purpose.
    ///
    /// # Errors
    ///
    /// [`KeyError::WrongKind`] when this is no RSA key, [`KeyError::Failed`] when
    /// `padded` is not below the modulus.
    pub fn rsa_raw(&self, padded: &[u8]) -> Result<Vec<u8>, KeyError> {
        match self.material() {
            Material::Rsa(key) => rsa_key::raw(key.private(), padded).ok_or_else(|| self.failed()),
            Material::RsaExponentOne(_) => Ok(padded.to_vec()),
            Material::Ec(_) | Material::Ed25519(_) | Material::Secret(_) => Err(self.wrong_kind(Algorithm::Rs256)),
            Material::Public(_) => Err(self.no_private_half()),
        }
    }

    /// The RSA public key, if it is one.
    #[must_use]
    pub fn rsa_public(&self) -> Option<PublicKey> {
        match self.material() {
            Material::Public(public) => public.rsa.clone(),
            material => material.as_rsa().map(PrivateKey::to_public_key),
        }
    }

    /// The private key as PKCS#8 PEM, for keeping it in a file; `None` for a secret,
    /// and where the private half is not known.
    #[must_use]
    pub fn to_pkcs8_pem(&self) -> Option<String> {
        match self.material() {
            Material::Rsa(key) => key.private().to_pkcs8_pem(LineEnding::LF).ok().map(|pem| pem.to_string()),
            Material::Ec(key) => Some(spki::pem("PRIVATE KEY", &key.pkcs8)),
            Material::Ed25519(key) => Some(spki::pem("PRIVATE KEY", &key.pkcs8)),
            Material::RsaExponentOne(_) | Material::Secret(_) | Material::Public(_) => None,
        }
    }

    /// The usable secret, where it is one: for the one place that hands it over.
    #[must_use]
    pub fn expose_secret(&self) -> Option<&[u8]> {
        match self.material() {
            Material::Secret(secret) => Some(secret),
            _ => None,
        }
    }

    /// Whether there is no private half: it is another issuer's, and signs nothing.
    #[must_use]
    pub fn is_public_only(&self) -> bool {
        matches!(self.inner.material, Material::Public(_))
    }

    /// A self-signed certificate of the key, the same bytes as long as the process
    /// lives; `None` for a secret, and where the private half is not known.
    #[must_use]
    pub fn certificate(&self) -> Option<rcgen::Certificate> {
        let make = || certificate::self_signed(self, "mock-idp signing key");
        self.inner.certificate.get_or_init(make).clone()
    }

    /// Another one with that common name, whatever is in it.
    #[must_use]
    pub fn certificate_named(&self, common_name: &str) -> Option<rcgen::Certificate> {
        certificate::self_signed(self, common_name)
    }

    pub(super) fn material(&self) -> &Material {
        &self.inner.material
    }

    fn sign_rsa(&self, key: &RsaKey, algorithm: Algorithm, input: &[u8]) -> Result<Vec<u8>, KeyError> {
        let Some(pair) = key.pair() else {
            return self.sign_by_hand(key.private(), algorithm, input);
        };
        let encoding = algorithm.rsa_encoding().ok_or_else(|| self.wrong_kind(algorithm))?;
        rsa_key::sign(pair, encoding, input).ok_or_else(|| self.failed())
    }

    /// RS256 without aws-lc-rs, which refuses weak keys, and e = 1 everywhere.
    fn sign_by_hand(&self, key: &PrivateKey, algorithm: Algorithm, input: &[u8]) -> Result<Vec<u8>, KeyError> {
        if algorithm != Algorithm::Rs256 {
            return Err(self.wrong_kind(algorithm));
        }
        self.rsa_raw(&pkcs1_padding(&sha2::Sha256::digest(input), key.size()))
    }

    fn wrong_kind(&self, algorithm: Algorithm) -> KeyError {
        KeyError::WrongKind { kid: self.kid.clone(), algorithm }
    }

    fn no_private_half(&self) -> KeyError {
        KeyError::NoPrivateHalf { kid: self.kid.clone() }
    }

    fn failed(&self) -> KeyError {
        KeyError::Failed { kid: self.kid.clone() }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("kid", &self.kid).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::super::{BuiltinKey, Role, builtin};
    use super::*;

    #[test]
    fn a_raw_rsa_operation_over_the_right_padding_is_the_ordinary_signature() {
        let key = builtin(BuiltinKey::Issuer);
        let padded = pkcs1_padding(&sha2::Sha256::digest(b"input"), 256);
        assert_eq!(key.rsa_raw(&padded).unwrap(), key.sign(Algorithm::Rs256, b"input").unwrap());
    }

    #[test]
    fn every_builtin_key_signs_with_the_algorithm_of_its_kind() {
        for name in BuiltinKey::ALL {
            let key = builtin(*name);
            assert!(!key.sign(key.algorithm(), b"x").unwrap().is_empty(), "{name:?}");
        }
    }

    #[test]
    fn a_signature_of_every_algorithm_is_one_that_its_public_key_verifies() {
        for (name, algorithm) in Algorithm::ALL {
            let key = Role::Issuer.key(algorithm);
            let signature = key.sign(key.algorithm(), b"input").unwrap();
            assert!(key.verifies(b"input", &signature), "{name}");
            assert!(!key.verifies(b"another", &signature), "{name}");
        }
    }

    #[test]
    fn a_key_refuses_the_algorithms_of_another_kind() {
        let refuses = |key, algorithm| matches!(builtin(key).sign(algorithm, b"x"), Err(KeyError::WrongKind { algorithm: told, .. }) if told == algorithm);
        assert!(refuses(BuiltinKey::Issuer, Algorithm::Hs256));
        assert!(refuses(BuiltinKey::Issuer, Algorithm::Es256));
        assert!(refuses(BuiltinKey::Weak1024, Algorithm::Ps256));
        assert!(refuses(BuiltinKey::AttackerP256, Algorithm::Rs256));
        assert!(refuses(BuiltinKey::AttackerP256, Algorithm::Es384));
        assert!(refuses(BuiltinKey::AttackerEd25519, Algorithm::Ps512));
        let error = builtin(BuiltinKey::Issuer).with_algorithm(Algorithm::Es256).unwrap_err();
        assert!(matches!(error, KeyError::WrongKind { .. }), "{error}");
    }

    #[test]
    fn an_issuer_of_p_521_and_of_either_name_of_ed25519_can_be_read_from_pem() {
        for algorithm in [Algorithm::Es512, Algorithm::EdDsa, Algorithm::Ed25519] {
            let key = Role::Issuer.key(algorithm);
            let read = SigningKey::from_pem("k", &key.to_pkcs8_pem().unwrap()).unwrap();
            assert_eq!((read.kind(), read.thumbprint()), (key.kind(), key.thumbprint()), "{algorithm}");
        }
    }

    #[test]
    fn debug_shows_no_key_material() {
        assert!(!format!("{:?}", builtin(BuiltinKey::Issuer)).contains("PRIVATE"));
        let secret = SigningKey::from_secret("k", "hush").unwrap();
        assert!(!format!("{secret:?}").contains("hush"));
        assert!(matches!(SigningKey::from_secret("k", ""), Err(KeyError::EmptySecret)));
    }
}
