//! Public keys in ASN.1 and in the form of SSH.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use rsa::pkcs8::EncodePublicKey as _;
use rsa::traits::PublicKeyParts as _;

use super::{Curve, KeyKind, SigningKey};

/// The SubjectPublicKeyInfo (RFC 5480, RFC 8410); `None` for a secret.
pub(super) fn der(key: &SigningKey) -> Option<Vec<u8>> {
    match key.kind() {
        KeyKind::Rsa => Some(key.rsa_public()?.to_public_key_der().ok()?.as_bytes().to_vec()),
        kind => Some([head(kind)?, &point(key)?].concat()),
    }
}

/// A PEM text (RFC 7468): lines of 64, a final newline.
pub(super) fn pem(label: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: String =
        text.as_bytes().chunks(64).flat_map(|line| [String::from_utf8_lossy(line), "\n".into()]).collect();
    format!("-----BEGIN {label}-----\n{lines}-----END {label}-----\n")
}

/// The line of an `authorized_keys` file (RFC 4253, section 6.6; RFC 5656, section
/// 3.1; RFC 8709, section 4); `None` for a secret.
pub(super) fn ssh_line(key: &SigningKey) -> Option<String> {
    let (name, fields) = match key.kind() {
        KeyKind::Rsa => {
            let public = key.rsa_public()?;
            ("ssh-rsa", vec![ssh_integer(&public.e_bytes()), ssh_integer(&public.n_bytes())])
        }
        KeyKind::Ec(curve) => {
            let (name, curve) = match curve {
                Curve::P256 => ("ecdsa-sha2-nistp256", "nistp256"),
                Curve::P384 => ("ecdsa-sha2-nistp384", "nistp384"),
                Curve::P521 => ("ecdsa-sha2-nistp521", "nistp521"),
            };
            (name, vec![curve.as_bytes().to_vec(), point(key)?])
        }
        KeyKind::Ed25519 => ("ssh-ed25519", vec![point(key)?]),
        KeyKind::Secret => return None,
    };
    let mut blob = Vec::new();
    for field in std::iter::once(name.as_bytes().to_vec()).chain(fields) {
        let length = u32::try_from(field.len()).unwrap_or(u32::MAX);
        blob.extend_from_slice(&length.to_be_bytes());
        blob.extend_from_slice(&field);
    }
    Some(format!("{name} {}", STANDARD.encode(blob)))
}

/// The bytes before the public key: two lengths, the identifiers of the algorithm
/// and the curve, and the head of a bit string.
fn head(kind: KeyKind) -> Option<&'static [u8]> {
    Some(match kind {
        KeyKind::Ec(Curve::P256) => {
            b"\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x03\x42\x00"
        }
        KeyKind::Ec(Curve::P384) => {
            b"\x30\x76\x30\x10\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x22\x03\x62\x00"
        }
        KeyKind::Ec(Curve::P521) => {
            b"\x30\x81\x9b\x30\x10\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x23\x03\x81\x86\x00"
        }
        KeyKind::Ed25519 => b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00",
        KeyKind::Rsa | KeyKind::Secret => return None,
    })
}

/// The public key as the curve writes it: an uncompressed point (SEC 1, section
/// 2.3.3), or for Ed25519 its 32 bytes.
fn point(key: &SigningKey) -> Option<Vec<u8>> {
    let jwk = key.bare_jwk();
    let number = |name: &str| URL_SAFE_NO_PAD.decode(jwk.get_str(name)?).ok();
    match key.kind() {
        KeyKind::Ec(_) => Some([&[4][..], &number("x")?, &number("y")?].concat()),
        _ => number("x"),
    }
}

/// A positive `mpint`: a zero byte in front where the first bit is set.
fn ssh_integer(bytes: &[u8]) -> Vec<u8> {
    let start = bytes.iter().position(|byte| *byte != 0).unwrap_or(bytes.len());
    let digits = &bytes[start..];
    let zero = digits.first().is_some_and(|byte| byte & 0x80 != 0);
    zero.then_some(0).into_iter().chain(digits.iter().copied()).collect()
}
