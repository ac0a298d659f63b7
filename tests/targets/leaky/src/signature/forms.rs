//! The issuer's public key in the forms that only defects need: as text, and as an integer.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rsa::pkcs1::EncodeRsaPublicKey;
use rsa::pkcs8::{EncodePublicKey, LineEnding};
use rsa::{BoxedUint, PublicKey, hazmat};

use crate::keys::Jwk;
use crate::token::decode;

/// `-----BEGIN PUBLIC KEY-----`, as `openssl rsa -pubout` writes it.
pub(crate) fn spki_pem(key: &Jwk) -> Option<String> {
    rsa_key(key)?.to_public_key_pem(LineEnding::LF).ok()
}

/// The same without the letters.
pub(super) fn spki_der(key: &Jwk) -> Option<Vec<u8>> {
    Some(rsa_key(key)?.to_public_key_der().ok()?.into_vec())
}

/// `-----BEGIN RSA PUBLIC KEY-----`.
pub(super) fn pkcs1_pem(key: &Jwk) -> Option<String> {
    rsa_key(key)?.to_pkcs1_pem(LineEnding::LF).ok()
}

/// As in an `authorized_keys` file (RFC 4253 6.6).
pub(super) fn ssh_line(key: &Jwk) -> Option<String> {
    let mut blob = Vec::new();
    for part in [b"ssh-rsa".to_vec(), positive(decode(&key.e)?), positive(decode(&key.n)?)] {
        blob.extend(u32::try_from(part.len()).ok()?.to_be_bytes());
        blob.extend(part);
    }
    Some(format!("ssh-rsa {}", STANDARD.encode(blob)))
}

/// With a zero in front where the first bit would be a sign.
fn positive(mut number: Vec<u8>) -> Vec<u8> {
    if number.first().is_some_and(|byte| byte & 0x80 != 0) {
        number.insert(0, 0);
    }
    number
}

/// What a signature is when the public operation undoes it (RFC 8017 8.2.2, step 2): for a
/// genuine one the padding, the name of the hash, and the hash.
pub(super) fn recover(key: &Jwk, signature: &[u8]) -> Option<Vec<u8>> {
    let numbers = (decode(&key.n)?, decode(&key.e)?);
    if numbers.1 == [1] {
        return Some(signature.to_vec());
    }
    let key = rsa_key(key)?;
    let signature = BoxedUint::from_be_slice_vartime(signature);
    let message = hazmat::rsa_encrypt(&key, &signature).ok()?.to_be_bytes().into_vec();
    // As wide as the modulus, whatever the width of the machine's words.
    message.get(message.len().checked_sub(numbers.0.len())?..).map(<[u8]>::to_vec)
}

fn rsa_key(key: &Jwk) -> Option<PublicKey> {
    let number = |text| Some(BoxedUint::from_be_slice_vartime(&decode(text)?));
    PublicKey::new(number(&key.n)?, number(&key.e)?).ok()
}
