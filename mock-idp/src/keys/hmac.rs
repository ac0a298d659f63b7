use super::Algorithm;

/// The tag over `input` (RFC 7518, section 3.2), by any secret; HS256 where the
/// algorithm is none of HMAC's.
pub(crate) fn hmac(algorithm: Algorithm, secret: &[u8], input: &[u8]) -> Vec<u8> {
    let kind = match algorithm {
        Algorithm::Hs384 => aws_lc_rs::hmac::HMAC_SHA384,
        Algorithm::Hs512 => aws_lc_rs::hmac::HMAC_SHA512,
        _ => aws_lc_rs::hmac::HMAC_SHA256,
    };
    aws_lc_rs::hmac::sign(&aws_lc_rs::hmac::Key::new(kind, secret), input).as_ref().to_vec()
}
