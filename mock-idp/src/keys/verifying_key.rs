use aws_lc_rs::signature::{ParsedPublicKey, UnparsedPublicKey};
use rsa::traits::PublicKeyParts as _;
use serde_json::Value;

use super::material::PublicHalf;
use super::verify::verification;
use super::{Algorithm, KeyError, KeyKind, SigningKey, spki};

/// The fewest bytes of an RSA modulus (RFC 7518, section 3.3).
const RSA_BYTES: usize = 256;

/// A public key that signatures are checked with, as a client registers it.
///
/// ```
/// use mock_idp::keys::{Algorithm, BuiltinKey, VerifyingKey, builtin};
///
/// let client = builtin(BuiltinKey::IssuerP256).with_kid("k1");
/// let jwk = serde_json::from_str(&client.public_jwk().to_text())?;
/// let key = VerifyingKey::from_jwk(&jwk)?;
/// assert!(key.verifies(Algorithm::Es256, b"input", &client.sign(Algorithm::Es256, b"input")?));
/// assert!(!key.verifies(Algorithm::Es256, b"other", &client.sign(Algorithm::Es256, b"input")?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifyingKey {
    kid: Option<String>,
    /// The only algorithm that it is for, where its JWK names one.
    algorithm: Option<Algorithm>,
    kind: KeyKind,
    spki: Vec<u8>,
    thumbprint: String,
}

impl VerifyingKey {
    /// Reads a JWK (RFC 7517, section 4); members of a private half are passed over.
    ///
    /// # Errors
    ///
    /// [`KeyError::UnreadableJwk`] when it is no RSA, EC or Ed25519 key,
    /// [`KeyError::WrongKind`] when its `alg` is for another kind of key,
    /// [`KeyError::WeakJwk`] when it is an RSA key of less than 2048 bits.
    pub fn from_jwk(jwk: &Value) -> Result<Self, KeyError> {
        let text = |name: &str| jwk.get(name).and_then(Value::as_str);
        let kid = text("kid").map(str::to_owned);
        let unreadable = || KeyError::UnreadableJwk { kid: kid.clone().unwrap_or_default() };
        let named = text("alg").map(|name| Algorithm::from_name(name).ok_or_else(unreadable)).transpose()?;
        let kind = PublicHalf::from_jwk(jwk).ok_or_else(unreadable)?.kind;
        let algorithm = named.unwrap_or(Algorithm::usual(kind));
        let key = SigningKey::from_public_jwk(kid.as_deref().unwrap_or_default(), jwk, algorithm)?;
        if key.rsa_public().is_some_and(|public| public.size() < RSA_BYTES) {
            return Err(KeyError::WeakJwk { kid: key.kid().to_owned() });
        }
        let spki = spki::der(&key).ok_or_else(unreadable)?;
        let is_usable = verification(algorithm).is_some_and(|with| ParsedPublicKey::new(with, &spki).is_ok());
        if is_usable {
            Ok(Self { kid, algorithm: named, kind, spki, thumbprint: key.thumbprint() })
        } else {
            Err(unreadable())
        }
    }

    /// The id that its JWK gives it.
    #[must_use]
    pub fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// What it is made of.
    #[must_use]
    pub fn kind(&self) -> KeyKind {
        self.kind
    }

    /// Its thumbprint: 43 characters (RFC 7638, section 3).
    #[must_use]
    pub fn thumbprint(&self) -> &str {
        &self.thumbprint
    }

    /// Whether the raw JWS signature over `input` is its owner's (RFC 7515, section 5.2).
    #[must_use]
    pub fn verifies(&self, algorithm: Algorithm, input: &[u8], signature: &[u8]) -> bool {
        let fits = algorithm.kind() == self.kind && self.algorithm.is_none_or(|only| only == algorithm);
        let verified = |with| UnparsedPublicKey::new(with, &self.spki).verify(input, signature).is_ok();
        fits && verification(algorithm).is_some_and(verified)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::super::{BuiltinKey, Role, builtin};
    use super::*;

    fn jwk(key: &SigningKey) -> Value {
        serde_json::from_str(&key.public_jwk().to_text()).unwrap()
    }

    #[test]
    fn a_key_verifies_what_its_owner_signed_with_every_algorithm() {
        for (name, algorithm) in Algorithm::ALL.into_iter().filter(|(_, algorithm)| !algorithm.is_hmac()) {
            let owner = Role::Issuer.key(algorithm);
            let key = VerifyingKey::from_jwk(&jwk(&owner)).unwrap();
            let signature = owner.sign(algorithm, b"input").unwrap();
            assert!(key.verifies(algorithm, b"input", &signature), "{name}");
            assert!(!key.verifies(algorithm, b"inpux", &signature), "{name}");
            assert!(!key.verifies(algorithm, b"input", &[]), "{name}");
            assert_eq!(key.thumbprint(), owner.thumbprint(), "{name}");
        }
    }

    #[test]
    fn a_key_that_names_its_algorithm_is_for_no_other() {
        let owner = builtin(BuiltinKey::Issuer);
        let signature = owner.sign(Algorithm::Rs512, b"input").unwrap();
        let mut jwk = jwk(&owner);
        assert!(!VerifyingKey::from_jwk(&jwk).unwrap().verifies(Algorithm::Rs512, b"input", &signature));
        jwk.as_object_mut().unwrap().remove("alg");
        let any = VerifyingKey::from_jwk(&jwk).unwrap();
        assert!(any.verifies(Algorithm::Rs512, b"input", &signature));
        assert!(!any.verifies(Algorithm::Es256, b"input", &signature));
    }

    #[rstest]
    #[case::of_a_secret(json!({ "kty": "oct", "k": "AAAA", "kid": "k" }))]
    #[case::of_an_unknown_algorithm(json!({ "kty": "RSA", "n": "AQAB", "e": "AQAB", "kid": "k", "alg": "RSA-OAEP" }))]
    #[case::off_its_curve(json!({ "kty": "EC", "crv": "P-256", "x": "AAAA", "y": "AAAA", "kid": "k" }))]
    #[case::of_no_base64(json!({ "kty": "EC", "crv": "P-521", "x": "?", "y": "?", "kid": "k" }))]
    #[case::no_object(json!("key"))]
    fn what_is_no_public_key_is_refused(#[case] jwk: Value) {
        assert!(matches!(VerifyingKey::from_jwk(&jwk), Err(KeyError::UnreadableJwk { .. })), "{jwk}");
    }

    #[test]
    fn an_rsa_key_that_is_too_short_is_told() {
        let error = VerifyingKey::from_jwk(&jwk(&builtin(BuiltinKey::Weak1024).with_kid("short"))).unwrap_err();
        assert!(
            error.to_string().starts_with("the RSA key \"short\" of the key set has less than 2048 bits"),
            "{error}"
        );
    }
}
