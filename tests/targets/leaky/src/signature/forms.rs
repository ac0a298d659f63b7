//! The issuer's public key in the forms that only defects need: as text, and as an integer.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rsa::pkcs1::EncodeRsaPublicKey;
use rsa::pkcs8::{EncodePublicKey, LineEnding};
use rsa::{BoxedUint, PublicKey, hazmat};

use crate::keys::Jwk;
use crate::token::decode;

/// What stands before a point on P-256 in its SubjectPublicKeyInfo (RFC 5480 2).
const P256_HEAD: &[u8] =
    b"\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x03\x42\x00";

/// `-----BEGIN PUBLIC KEY-----`, as `openssl pkey -pubout` writes it.
pub(crate) fn spki_pem(key: &Jwk) -> Option<String> {
    let text = STANDARD.encode(spki_der(key)?);
    let lines: Vec<&str> = text.as_bytes().chunks(64).filter_map(|line| std::str::from_utf8(line).ok()).collect();
    Some(format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", lines.join("\n")))
}

/// The same without the letters.
pub(super) fn spki_der(key: &Jwk) -> Option<Vec<u8>> {
    match point(key) {
        Some(point) => (key.crv == "P-256").then(|| [P256_HEAD, &point].concat()),
        None => Some(rsa_key(key)?.to_public_key_der().ok()?.into_vec()),
    }
}

/// The required members of the JWK in the order of their names (RFC 7638 3.3).
pub(super) fn thumbprint_input(key: &Jwk) -> String {
    match key.kty.as_str() {
        "EC" => format!(r#"{{"crv":"{}","kty":"EC","x":"{}","y":"{}"}}"#, key.crv, key.x, key.y),
        _ => format!(r#"{{"e":"{}","kty":"RSA","n":"{}"}}"#, key.e, key.n),
    }
}

/// The uncompressed point of an EC key (SEC 1, 2.3.3).
pub(super) fn point(key: &Jwk) -> Option<Vec<u8>> {
    (key.kty == "EC").then(|| Some([&[4][..], &decode(&key.x)?, &decode(&key.y)?].concat()))?
}

/// `-----BEGIN RSA PUBLIC KEY-----`.
pub(super) fn pkcs1_pem(key: &Jwk) -> Option<String> {
    rsa_key(key)?.to_pkcs1_pem(LineEnding::LF).ok()
}

/// As in an `authorized_keys` file (RFC 4253 6.6, RFC 5656 3.1).
pub(super) fn ssh_line(key: &Jwk) -> Option<String> {
    let (name, parts) = match point(key) {
        Some(point) => ("ecdsa-sha2-nistp256", vec![b"nistp256".to_vec(), point]),
        None => ("ssh-rsa", vec![positive(decode(&key.e)?), positive(decode(&key.n)?)]),
    };
    let mut blob = Vec::new();
    for part in std::iter::once(name.as_bytes().to_vec()).chain(parts) {
        blob.extend(u32::try_from(part.len()).ok()?.to_be_bytes());
        blob.extend(part);
    }
    Some(format!("{name} {}", STANDARD.encode(blob)))
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
