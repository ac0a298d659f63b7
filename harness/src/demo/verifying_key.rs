use aws_lc_rs::hmac;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ECDSA_P521_SHA512_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256,
    RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, RSA_PSS_2048_8192_SHA256, RSA_PSS_2048_8192_SHA384,
    RSA_PSS_2048_8192_SHA512, RsaParameters, RsaPublicKeyComponents, UnparsedPublicKey, VerificationAlgorithm,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use mock_idp::keys::{Algorithm, Curve, KeyKind, SigningKey};
use serde_json::Value;

/// A key below this is refused (RFC 7518, section 3.3).
const LEAST_BITS: usize = 2048;

/// A key with the one algorithm that it verifies (RFC 8725, section 3.1).
#[derive(Debug, Clone)]
pub(super) struct VerifyingKey {
    algorithm: Algorithm,
    material: Material,
}

#[derive(Clone)]
enum Material {
    Rsa {
        modulus: Vec<u8>,
        exponent: Vec<u8>,
    },
    /// A point on the algorithm's curve, or an Ed25519 key.
    Curve(Vec<u8>),
    Secret(Vec<u8>),
}

impl VerifyingKey {
    /// A JWK, if it is of the algorithm's kind and strong enough.
    pub(super) fn from_jwk(jwk: &Value, algorithm: Algorithm) -> Option<Self> {
        let text = |name: &str| jwk.get(name).and_then(Value::as_str);
        let bytes = |name: &str| URL_SAFE_NO_PAD.decode(text(name)?).ok();
        let is = |kty: &str, curve: Option<&str>| text("kty") == Some(kty) && text("crv") == curve;
        let material = match algorithm.kind() {
            KeyKind::Rsa if text("kty") == Some("RSA") => rsa(number(&bytes("n")?), number(&bytes("e")?))?,
            KeyKind::Ec(curve) if is("EC", Some(curve.name())) => {
                Material::Curve([&[4][..], &bytes("x")?, &bytes("y")?].concat())
            }
            KeyKind::Ed25519 if is("OKP", Some("Ed25519")) => Material::Curve(bytes("x")?),
            _ => return None,
        };
        Some(Self { algorithm, material })
    }

    /// A key that was handed over, or the shared secret.
    pub(super) fn handed(key: &SigningKey) -> Option<Self> {
        let algorithm = key.algorithm();
        match key.expose_secret() {
            Some(secret) => Some(Self { algorithm, material: Material::Secret(secret.to_vec()) }),
            None => Self::from_jwk(&serde_json::from_str(&key.bare_jwk().to_text()).ok()?, algorithm),
        }
    }

    /// Whether it is of the key's owner: that signature over that input.
    pub(super) fn verifies(&self, input: &[u8], signature: &[u8]) -> bool {
        match &self.material {
            Material::Rsa { modulus, exponent } => {
                let key = RsaPublicKeyComponents { n: modulus, e: exponent };
                rsa_parameters(self.algorithm).is_some_and(|with| key.verify(with, input, signature).is_ok())
            }
            Material::Curve(point) => curve_algorithm(self.algorithm)
                .is_some_and(|with| UnparsedPublicKey::new(with, point).verify(input, signature).is_ok()),
            Material::Secret(secret) => hmac_algorithm(self.algorithm)
                .is_some_and(|with| hmac::verify(&hmac::Key::new(with, secret), input, signature).is_ok()),
        }
    }
}

impl std::fmt::Debug for Material {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Material(..)")
    }
}

fn rsa(modulus: Vec<u8>, exponent: Vec<u8>) -> Option<Material> {
    let is_fit = bits(&modulus) >= LEAST_BITS && is_sound_exponent(&exponent);
    is_fit.then_some(Material::Rsa { modulus, exponent })
}

/// Base64urlUInt (RFC 7518, section 2), without zero bytes in front.
fn number(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().copied().skip_while(|byte| *byte == 0).collect()
}

fn bits(number: &[u8]) -> usize {
    number.first().map_or(0, |first| number.len() * 8 - first.leading_zeros() as usize)
}

/// Odd and above 1: with an exponent of 1 anybody can write a signature.
fn is_sound_exponent(exponent: &[u8]) -> bool {
    exponent != [1] && exponent.last().is_some_and(|last| last % 2 == 1)
}

fn rsa_parameters(algorithm: Algorithm) -> Option<&'static RsaParameters> {
    Some(match algorithm {
        Algorithm::Rs256 => &RSA_PKCS1_2048_8192_SHA256,
        Algorithm::Rs384 => &RSA_PKCS1_2048_8192_SHA384,
        Algorithm::Rs512 => &RSA_PKCS1_2048_8192_SHA512,
        Algorithm::Ps256 => &RSA_PSS_2048_8192_SHA256,
        Algorithm::Ps384 => &RSA_PSS_2048_8192_SHA384,
        Algorithm::Ps512 => &RSA_PSS_2048_8192_SHA512,
        _ => return None,
    })
}

fn curve_algorithm(algorithm: Algorithm) -> Option<&'static dyn VerificationAlgorithm> {
    Some(match algorithm.kind() {
        KeyKind::Ec(Curve::P256) => &ECDSA_P256_SHA256_FIXED,
        KeyKind::Ec(Curve::P384) => &ECDSA_P384_SHA384_FIXED,
        KeyKind::Ec(Curve::P521) => &ECDSA_P521_SHA512_FIXED,
        KeyKind::Ed25519 => &ED25519,
        KeyKind::Rsa | KeyKind::Secret => return None,
    })
}

fn hmac_algorithm(algorithm: Algorithm) -> Option<hmac::Algorithm> {
    Some(match algorithm {
        Algorithm::Hs256 => hmac::HMAC_SHA256,
        Algorithm::Hs384 => hmac::HMAC_SHA384,
        Algorithm::Hs512 => hmac::HMAC_SHA512,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use mock_idp::keys::Role;

    use super::*;

    #[test]
    fn a_key_of_every_algorithm_verifies_its_owners_signature_and_no_other() {
        for (name, algorithm) in Algorithm::ALL {
            let key = VerifyingKey::handed(&Role::Issuer.key(algorithm)).unwrap();
            let sign = |role: Role| role.key(algorithm).sign(algorithm, b"input").unwrap();
            assert!(key.verifies(b"input", &sign(Role::Issuer)), "{name}");
            assert!(!key.verifies(b"other", &sign(Role::Issuer)), "{name}");
            assert!(!key.verifies(b"input", &sign(Role::Attacker)), "{name}");
            assert!(!key.verifies(b"input", b""), "{name}");
        }
    }

    #[test]
    fn debug_shows_no_secret() {
        let key = VerifyingKey::handed(&SigningKey::from_secret("k", "hush").unwrap()).unwrap();
        assert!(!format!("{key:?}").contains("hush") && !format!("{key:?}").contains("104"), "{key:?}");
    }
}
