use aws_lc_rs::hmac::{HMAC_SHA256, HMAC_SHA384, HMAC_SHA512, Key, sign, verify};

use super::Algorithm;

/// The tag over `input` (RFC 7518, section 3.2), by any secret; HS256 where the
/// algorithm is none of HMAC's.
pub(crate) fn hmac(algorithm: Algorithm, secret: &[u8], input: &[u8]) -> Vec<u8> {
    sign(&key(algorithm, secret), input).as_ref().to_vec()
}

/// Whether `tag` is that over `input`, in a time that does not tell how much of it
/// is right.
pub(crate) fn hmac_verifies(algorithm: Algorithm, secret: &[u8], input: &[u8], tag: &[u8]) -> bool {
    algorithm.is_hmac() && verify(&key(algorithm, secret), input, tag).is_ok()
}

fn key(algorithm: Algorithm, secret: &[u8]) -> Key {
    let kind = match algorithm {
        Algorithm::Hs384 => HMAC_SHA384,
        Algorithm::Hs512 => HMAC_SHA512,
        _ => HMAC_SHA256,
    };
    Key::new(kind, secret)
}
