use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use rsa::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _, LineEnding};

use super::{KeyError, SigningKey};

/// Generates a 2048-bit RSA key; takes some 20 to 200 ms.
///
/// Key generation draws from the operating system: the `--seed` does not reach
/// it, so that two machines never share a private key by accident.
///
/// # Errors
///
/// [`KeyError::Generation`] when the crypto library can't.
pub fn generate_rsa(kid: impl Into<String>) -> Result<SigningKey, KeyError> {
    let pair = KeyPair::generate(KeySize::Rsa2048).map_err(|_| KeyError::Generation)?;
    let der = pair.as_der().map_err(|_| KeyError::Generation)?;
    let private = rsa::PrivateKey::from_pkcs8_der(der.as_ref()).map_err(|_| KeyError::Generation)?;
    let pem = private.to_pkcs8_pem(LineEnding::LF).map_err(|_| KeyError::Generation)?;
    SigningKey::from_pem(kid, &pem)
}
