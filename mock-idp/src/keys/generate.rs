use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{EcdsaKeyPair, Ed25519KeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::{Algorithm, KeyError, KeyKind, SigningKey, pair, spki};

/// As many bytes as the longest hash has (RFC 7518, section 3.2).
const SECRET_LENGTH: usize = 64;

/// Generates a key for that algorithm: RSA of 2048 bits, which takes some 20 to
/// 200 ms, a key on its curve, or a secret of 64 random bytes, as text in base64url.
///
/// Key generation draws from the operating system: the `--seed` does not reach
/// it, so that two machines never share a private key by accident.
///
/// # Errors
///
/// [`KeyError::Generation`] when the crypto library can't.
pub fn generate(kid: impl Into<String>, algorithm: Algorithm) -> Result<SigningKey, KeyError> {
    let key = match algorithm.kind() {
        KeyKind::Secret => SigningKey::from_secret(kid, random_text()?)?,
        kind => SigningKey::from_pem(kid, &spki::pem("PRIVATE KEY", &pkcs8(kind).ok_or(KeyError::Generation)?))?,
    };
    key.with_algorithm(algorithm)
}

fn pkcs8(kind: KeyKind) -> Option<Vec<u8>> {
    Some(match kind {
        KeyKind::Rsa => KeyPair::generate(KeySize::Rsa2048).ok()?.as_der().ok()?.as_ref().to_vec(),
        KeyKind::Ec(curve) => EcdsaKeyPair::generate(pair::signing(curve)).ok()?.to_pkcs8v1().ok()?.as_ref().to_vec(),
        KeyKind::Ed25519 => Ed25519KeyPair::generate().ok()?.to_pkcs8v1().ok()?.as_ref().to_vec(),
        KeyKind::Secret => return None,
    })
}

fn random_text() -> Result<String, KeyError> {
    let mut bytes = [0; SECRET_LENGTH];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| KeyError::Generation)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_of_every_kind_can_be_generated_and_signs() {
        for (name, algorithm) in Algorithm::ALL {
            let key = generate("k", algorithm).unwrap();
            assert_eq!(key.algorithm(), algorithm, "{name}");
            assert!(key.sign(algorithm, b"x").is_ok(), "{name}");
        }
    }
}
