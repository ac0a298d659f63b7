use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::EncodingKey;
use rsa::pkcs8::{EncodePrivateKey as _, LineEnding};
use rsa::traits::PublicKeyParts as _;
use rsa::{PrivateKey, PublicKey};
use sha2::Digest as _;

use super::material::{Material, PublicHalf};
use super::rsa_key::{self, RsaKey, pkcs1_padding};
use super::{Algorithm, KeyError};

/// A private key with its `kid`. Cheap to clone; `Debug` shows the `kid` only.
#[derive(Clone)]
pub struct SigningKey {
    kid: String,
    material: Arc<Material>,
}

impl SigningKey {
    /// Reads a PKCS#8 PEM private key: RSA, P-256, P-384 or Ed25519.
    ///
    /// # Errors
    ///
    /// [`KeyError::Unreadable`] when it is none of these.
    pub fn from_pem(kid: impl Into<String>, pem: &str) -> Result<Self, KeyError> {
        let material = Material::from_pem(pem).ok_or(KeyError::Unreadable)?;
        Ok(Self { kid: kid.into(), material: Arc::new(material) })
    }

    /// Another issuer's key, as its JWK shows it (RFC 7517, section 4): it signs nothing.
    ///
    /// # Errors
    ///
    /// [`KeyError::UnreadableJwk`] when it is no RSA, EC or OKP key.
    pub fn from_public_jwk(
        kid: impl Into<String>,
        jwk: &serde_json::Value,
        algorithm: Algorithm,
    ) -> Result<Self, KeyError> {
        let kid = kid.into();
        match PublicHalf::from_jwk(jwk, algorithm) {
            Some(public) => Ok(Self { kid, material: Arc::new(Material::Public(public)) }),
            None => Err(KeyError::UnreadableJwk { kid }),
        }
    }

    /// Another issuer's key of which no more is known than what its tokens say:
    /// it signs nothing, and has no public form.
    pub fn unknown(kid: impl Into<String>, algorithm: Algorithm) -> Self {
        Self { kid: kid.into(), material: Arc::new(Material::Public(PublicHalf::unknown(algorithm))) }
    }

    /// The same RSA modulus with the public exponent 1, whose signatures anyone
    /// can make (RFC 8017, section 8.2.2 with e = 1).
    #[must_use]
    pub fn with_exponent_one(&self) -> Option<Self> {
        let Material::Rsa(key) = &*self.material else {
            return None;
        };
        let material = Material::RsaExponentOne(Box::new(key.private().clone()));
        Some(Self { kid: format!("{}-e1", self.kid), material: Arc::new(material) })
    }

    /// The key id that a token's header names.
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The same key under another id.
    #[must_use]
    pub fn with_kid(&self, kid: impl Into<String>) -> Self {
        Self { kid: kid.into(), material: Arc::clone(&self.material) }
    }

    /// The algorithm that fits the key's kind: RS256, ES256, ES384 or EdDSA.
    #[must_use]
    pub fn default_algorithm(&self) -> Algorithm {
        match &*self.material {
            Material::Rsa(_) | Material::RsaExponentOne(_) => Algorithm::Rs256,
            Material::Ec { curve: "P-384", .. } => Algorithm::Es384,
            Material::Ec { .. } => Algorithm::Es256,
            Material::Ed25519 { .. } => Algorithm::EdDsa,
            Material::Public(public) => public.algorithm,
        }
    }

    /// The raw JWS signature over `input` (RFC 7515, section 5.1).
    ///
    /// # Errors
    ///
    /// [`KeyError::WrongKind`] when the key is of another kind than the
    /// algorithm; RSA keys below 2048 bits sign with RS256 only.
    pub fn sign(&self, algorithm: Algorithm, input: &[u8]) -> Result<Vec<u8>, KeyError> {
        match &*self.material {
            Material::Rsa(key) => self.sign_rsa(key, algorithm, input),
            Material::RsaExponentOne(key) => self.sign_by_hand(key, algorithm, input),
            Material::Ec { private, .. } | Material::Ed25519 { private, .. } => {
                self.sign_with_library(private, algorithm, input)
            }
            Material::Public(_) => Err(self.no_private_half()),
        }
    }

    /// `padded^d mod n`: for signatures whose padding is wrong on purpose.
    ///
    /// # Errors
    ///
    /// [`KeyError::WrongKind`] when this is no RSA key, [`KeyError::Rsa`] when
    /// `padded` is not below the modulus.
    pub fn rsa_raw(&self, padded: &[u8]) -> Result<Vec<u8>, KeyError> {
        match &*self.material {
            Material::Rsa(key) => rsa_key::raw(key.private(), padded).ok_or_else(|| self.failed()),
            Material::RsaExponentOne(_) => Ok(padded.to_vec()),
            Material::Ec { .. } | Material::Ed25519 { .. } => Err(self.wrong_kind(Algorithm::Rs256)),
            Material::Public(_) => Err(self.no_private_half()),
        }
    }

    /// The RSA public key, if it is one.
    #[must_use]
    pub fn rsa_public(&self) -> Option<PublicKey> {
        match &*self.material {
            Material::Public(public) => public.rsa.clone(),
            material => material.as_rsa().map(PrivateKey::to_public_key),
        }
    }

    /// The RSA private key as PKCS#8 PEM, for keeping it in a file.
    #[must_use]
    pub fn to_pkcs8_pem(&self) -> Option<String> {
        match &*self.material {
            Material::Rsa(key) => key.private().to_pkcs8_pem(LineEnding::LF).ok().map(|pem| pem.to_string()),
            _ => None,
        }
    }

    /// Whether there is no private half: it is another issuer's, and signs nothing.
    #[must_use]
    pub fn is_public_only(&self) -> bool {
        matches!(*self.material, Material::Public(_))
    }

    pub(super) fn material(&self) -> &Material {
        &self.material
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

    fn sign_with_library(&self, key: &EncodingKey, algorithm: Algorithm, input: &[u8]) -> Result<Vec<u8>, KeyError> {
        jsonwebtoken::crypto::sign(input, key, algorithm.to_jsonwebtoken())
            .ok()
            .and_then(|text| URL_SAFE_NO_PAD.decode(text).ok())
            .ok_or_else(|| self.wrong_kind(algorithm))
    }

    fn wrong_kind(&self, algorithm: Algorithm) -> KeyError {
        KeyError::WrongKind { kid: self.kid.clone(), algorithm }
    }

    fn no_private_half(&self) -> KeyError {
        KeyError::NoPrivateHalf { kid: self.kid.clone() }
    }

    fn failed(&self) -> KeyError {
        KeyError::Rsa { kid: self.kid.clone() }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("kid", &self.kid).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::super::{BuiltinKey, builtin};
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
            assert!(!key.sign(key.default_algorithm(), b"x").unwrap().is_empty(), "{name:?}");
        }
    }

    #[test]
    fn a_signature_of_every_rsa_algorithm_is_the_one_that_jsonwebtoken_takes() {
        use jsonwebtoken::DecodingKey;
        let key = builtin(BuiltinKey::Issuer);
        let jwk = key.public_jwk();
        let public = DecodingKey::from_rsa_components(&jwk.get_str("n").unwrap(), &jwk.get_str("e").unwrap()).unwrap();
        for (name, algorithm) in Algorithm::ALL.into_iter().filter(|(name, _)| name.starts_with(['R', 'P'])) {
            let signature = URL_SAFE_NO_PAD.encode(key.sign(algorithm, b"input").unwrap());
            let verified = jsonwebtoken::crypto::verify(&signature, b"input", &public, algorithm.to_jsonwebtoken());
            assert!(verified.unwrap(), "{name}");
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
    }

    #[test]
    fn debug_shows_no_key_material() {
        assert!(!format!("{:?}", builtin(BuiltinKey::Issuer)).contains("PRIVATE"));
    }
}
