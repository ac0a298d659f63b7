use std::fmt;
use std::sync::Arc;

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::EncodingKey;
use rsa::pkcs1::EncodeRsaPrivateKey as _;
use rsa::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _, LineEnding};
use rsa::traits::PublicKeyParts as _;
use rsa::{BoxedUint, PrivateKey, PublicKey};
use sha2::Digest as _;

use super::Algorithm;

/// A private key with its `kid`. Cheap to clone; `Debug` shows the `kid` only.
#[derive(Clone)]
pub struct SigningKey {
    kid: String,
    material: Arc<Material>,
}

pub(super) struct Material {
    pub(super) encoding: EncodingKey,
    pub(super) public: Public,
}

/// The public half, in the shape of its JWK, and the RSA key where it is one.
pub(super) enum Public {
    Rsa(Box<PrivateKey>),
    /// RSA with the modulus of a real key and e = 1: the signature *is* the
    /// padded hash, so that anyone can make it.
    RsaExponentOne(Box<PrivateKey>),
    Ec {
        curve: &'static str,
        point: Vec<u8>,
    },
    Ed25519(Vec<u8>),
}

/// Why a key can't be read or can't sign.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The text is not a private key that this crate can use.
    #[error(
        "this is not a PKCS#8 PEM private key of type RSA, P-256, P-384 or Ed25519: make one with `openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048`"
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
    /// An RSA operation failed: the key is inconsistent.
    #[error("the RSA operation with the key \"{kid}\" failed")]
    Rsa {
        /// The key's id.
        kid: String,
    },
    /// The key generator of the crypto library failed.
    #[error("no RSA key could be generated")]
    Generation,
}

impl SigningKey {
    /// Reads a PKCS#8 PEM private key: RSA, P-256, P-384 or Ed25519.
    ///
    /// # Errors
    ///
    /// [`KeyError::Unreadable`] when it is none of these.
    pub fn from_pem(kid: impl Into<String>, pem: &str) -> Result<Self, KeyError> {
        let material = rsa_material(pem)
            .or_else(|| ec_material(pem, "P-256"))
            .or_else(|| ec_material(pem, "P-384"))
            .or_else(|| ed_material(pem))
            .ok_or(KeyError::Unreadable)?;
        Ok(Self { kid: kid.into(), material: Arc::new(material) })
    }

    /// The same RSA modulus with the public exponent 1, whose signatures anyone
    /// can make (RFC 8017, section 8.2.2 with e = 1).
    #[must_use]
    pub fn with_exponent_one(&self) -> Option<Self> {
        let Public::Rsa(private) = &self.material.public else {
            return None;
        };
        let material =
            Material { encoding: self.material.encoding.clone(), public: Public::RsaExponentOne(private.clone()) };
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
        match &self.material.public {
            Public::Rsa(_) | Public::RsaExponentOne(_) => Algorithm::Rs256,
            Public::Ec { curve: "P-384", .. } => Algorithm::Es384,
            Public::Ec { .. } => Algorithm::Es256,
            Public::Ed25519(_) => Algorithm::EdDsa,
        }
    }

    /// The raw JWS signature over `input` (RFC 7515, section 5.1).
    ///
    /// # Errors
    ///
    /// [`KeyError::WrongKind`] when the key is of another kind than the algorithm.
    pub fn sign(&self, algorithm: Algorithm, input: &[u8]) -> Result<Vec<u8>, KeyError> {
        if self.needs_rsa_crate() {
            return self.sign_weak(algorithm, input);
        }
        jsonwebtoken::crypto::sign(input, &self.material.encoding, algorithm.to_jsonwebtoken())
            .ok()
            .and_then(|text| URL_SAFE_NO_PAD.decode(text).ok())
            .ok_or_else(|| self.wrong_kind(algorithm))
    }

    /// `padded^d mod n`: for signatures whose padding is wrong on purpose.
    ///
    /// # Errors
    ///
    /// [`KeyError::WrongKind`] when this is no RSA key, [`KeyError::Rsa`] when
    /// `padded` is not below the modulus.
    pub fn rsa_raw(&self, padded: &[u8]) -> Result<Vec<u8>, KeyError> {
        let failed = || KeyError::Rsa { kid: self.kid.clone() };
        let private = match &self.material.public {
            Public::Rsa(private) => private,
            Public::RsaExponentOne(_) => return Ok(padded.to_vec()),
            _ => return Err(self.wrong_kind(Algorithm::Rs256)),
        };
        let bits = private.n().bits_precision();
        let message = BoxedUint::from_be_slice(padded, bits).map_err(|_| failed())?;
        let signature =
            rsa::hazmat::rsa_decrypt_and_check(&**private, None::<&mut NoRandom>, &message).map_err(|_| failed())?;
        let bytes = signature.to_be_bytes();
        let size = private.size();
        let start = bytes.len().saturating_sub(size);
        Ok(bytes[start..].to_vec())
    }

    /// The RSA public key, if it is one.
    #[must_use]
    pub fn rsa_public(&self) -> Option<PublicKey> {
        match &self.material.public {
            Public::Rsa(private) | Public::RsaExponentOne(private) => Some(private.to_public_key()),
            _ => None,
        }
    }

    /// The RSA private key as PKCS#8 PEM, for keeping it in a file.
    #[must_use]
    pub fn to_pkcs8_pem(&self) -> Option<String> {
        match &self.material.public {
            Public::Rsa(private) => private.to_pkcs8_pem(LineEnding::LF).ok().map(|pem| pem.to_string()),
            _ => None,
        }
    }

    pub(super) fn public(&self) -> &Public {
        &self.material.public
    }

    /// aws-lc-rs refuses RSA keys below 2048 bits, and e = 1 everywhere.
    fn needs_rsa_crate(&self) -> bool {
        match &self.material.public {
            Public::Rsa(private) => private.n().bit_width() < 2048,
            Public::RsaExponentOne(_) => true,
            _ => false,
        }
    }

    fn sign_weak(&self, algorithm: Algorithm, input: &[u8]) -> Result<Vec<u8>, KeyError> {
        if algorithm != Algorithm::Rs256 {
            return Err(self.wrong_kind(algorithm));
        }
        let size = self.rsa_public().map_or(0, |public| public.size());
        self.rsa_raw(&pkcs1_padding(&sha2::Sha256::digest(input), size))
    }

    fn wrong_kind(&self, algorithm: Algorithm) -> KeyError {
        KeyError::WrongKind { kid: self.kid.clone(), algorithm }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("kid", &self.kid).finish_non_exhaustive()
    }
}

/// DER of the SHA-256 `DigestInfo` up to the digest (RFC 8017, section 9.2, note 1).
pub(crate) const SHA256_DIGEST_INFO: [u8; 19] =
    [0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20];

/// EMSA-PKCS1-v1_5 of a SHA-256 digest for a modulus of `size` bytes.
fn pkcs1_padding(digest: &[u8], size: usize) -> Vec<u8> {
    let filler = size.saturating_sub(3 + SHA256_DIGEST_INFO.len() + digest.len());
    let mut padded = vec![0x00, 0x01];
    padded.resize(2 + filler, 0xff);
    padded.push(0x00);
    padded.extend_from_slice(&SHA256_DIGEST_INFO);
    padded.extend_from_slice(digest);
    padded
}

fn rsa_material(pem: &str) -> Option<Material> {
    let private = PrivateKey::from_pkcs8_pem(pem).ok()?;
    let der = private.to_pkcs1_der().ok()?;
    Some(Material { encoding: EncodingKey::from_rsa_der(der.as_bytes()), public: Public::Rsa(Box::new(private)) })
}

fn ec_material(pem: &str, curve: &'static str) -> Option<Material> {
    let encoding = EncodingKey::from_ec_pem(pem.as_bytes()).ok()?;
    let algorithm = if curve == "P-256" { &ECDSA_P256_SHA256_FIXED_SIGNING } else { &ECDSA_P384_SHA384_FIXED_SIGNING };
    let pair = EcdsaKeyPair::from_pkcs8(algorithm, encoding.as_bytes()).ok()?;
    let point = pair.public_key().as_ref().to_vec();
    Some(Material { encoding, public: Public::Ec { curve, point } })
}

fn ed_material(pem: &str) -> Option<Material> {
    let encoding = EncodingKey::from_ed_pem(pem.as_bytes()).ok()?;
    let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(encoding.as_bytes()).ok()?;
    let public = Public::Ed25519(pair.public_key().as_ref().to_vec());
    Some(Material { encoding, public })
}

/// Stands for "no blinding" where the `rsa` crate wants a type of generator.
enum NoRandom {}

impl rsa::rand_core::TryRng for NoRandom {
    type Error = std::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        match *self {}
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        match *self {}
    }

    fn try_fill_bytes(&mut self, _: &mut [u8]) -> Result<(), Self::Error> {
        match *self {}
    }
}

impl rsa::rand_core::TryCryptoRng for NoRandom {}

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
    fn debug_shows_no_key_material() {
        assert!(!format!("{:?}", builtin(BuiltinKey::Issuer)).contains("PRIVATE"));
    }
}
