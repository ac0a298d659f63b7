//! The issuer's public key in the forms that only defects need: as text, and as an integer.

use rsa::pkcs1::EncodeRsaPublicKey;
use rsa::pkcs8::{EncodePublicKey, LineEnding};
use rsa::{BoxedUint, PublicKey, hazmat};

use crate::compact::decode;
use crate::jwks::Jwk;

/// `-----BEGIN PUBLIC KEY-----`, as `openssl rsa -pubout` writes it.
pub(crate) fn spki_pem(key: &Jwk) -> Option<String> {
    rsa_key(key)?.to_public_key_pem(LineEnding::LF).ok()
}

/// `-----BEGIN RSA PUBLIC KEY-----`.
pub(crate) fn pkcs1_pem(key: &Jwk) -> Option<String> {
    rsa_key(key)?.to_pkcs1_pem(LineEnding::LF).ok()
}

/// What a signature is when the public operation undoes it (RFC 8017 8.2.2, step 2): for a
/// genuine one the padding, the name of the hash, and the hash.
pub(crate) fn recover(key: &Jwk, signature: &[u8]) -> Option<Vec<u8>> {
    let key = rsa_key(key)?;
    let signature = BoxedUint::from_be_slice_vartime(signature);
    Some(hazmat::rsa_encrypt(&key, &signature).ok()?.to_be_bytes().into_vec())
}

fn rsa_key(key: &Jwk) -> Option<PublicKey> {
    let number = |text| Some(BoxedUint::from_be_slice_vartime(&decode(text)?));
    PublicKey::new(number(&key.n)?, number(&key.e)?).ok()
}
