//! Tokens in forms that no honest issuer gives them.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use serde_json::Value;

use super::token::{segment, signed};

/// The published key.
pub(crate) const TEST_KEY: &[u8] = include_bytes!("../support/test-key.pem");
/// A key that is not published.
pub(crate) const OTHER_KEY: &[u8] = include_bytes!("../support/foreign-test-key.pem");

/// Bytes as a segment.
pub(crate) fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A token of these bytes, signed with the published key.
pub(crate) fn sign_bytes(header: impl AsRef<[u8]>, payload: impl AsRef<[u8]>) -> String {
    sign_segments(&encode(header), &encode(payload))
}

/// A token of these segments, signed with the published key.
pub(crate) fn sign_segments(header: &str, payload: &str) -> String {
    signed(TEST_KEY, &format!("{header}.{payload}"), Algorithm::RS256)
}

/// A token that is signed with HMAC and `secret`.
pub(crate) fn hmac(header: &Value, claims: &Value, secret: &[u8]) -> String {
    let message = format!("{}.{}", segment(header), segment(claims));
    let key = EncodingKey::from_secret(secret);
    let signature = crypto::sign(message.as_bytes(), &key, Algorithm::HS256).expect("a signature");
    format!("{message}.{signature}")
}

/// `value` as an object whose text ends with `members` instead of its brace.
pub(crate) fn with_text(value: &Value, members: &str) -> String {
    format!("{},{members}}}", value.to_string().trim_end_matches('}'))
}
