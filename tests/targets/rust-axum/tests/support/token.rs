//! Tokens, good and bad, signed with the keys beside this file.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use serde_json::{Value, json};

/// The `kid` of the published key.
pub(crate) const KID: &str = "badpenny-test-key";

/// The header of a good access token, but for the members that `changes` sets or removes.
pub(crate) fn header(changes: Value) -> Value {
    changed(json!({ "kid": KID, "alg": "RS256" }), changes)
}

/// `header.payload.signature`, signed with the published key whatever the header says.
pub(crate) fn sign(header: &Value, claims: &Value) -> String {
    sign_with(include_bytes!("test-key.pem"), header, claims)
}

/// As [`sign`], with the RSA key in `pem`.
pub(crate) fn sign_with(pem: &[u8], header: &Value, claims: &Value) -> String {
    signed(pem, &format!("{}.{}", segment(header), segment(claims)), Algorithm::RS256)
}

/// `message` with its signature behind a dot.
pub(crate) fn signed(pem: &[u8], message: &str, algorithm: Algorithm) -> String {
    let key = EncodingKey::from_rsa_pem(pem).expect("an RSA key");
    let signature = crypto::sign(message.as_bytes(), &key, algorithm).expect("a signature");
    format!("{message}.{signature}")
}

/// A header or payload as the segment of a token.
pub(crate) fn segment(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

/// `object` with the members that `changes` sets or, by null, removes.
pub(crate) fn changed(mut object: Value, changes: Value) -> Value {
    let Value::Object(changes) = changes else { panic!("changes are an object") };
    let members = object.as_object_mut().expect("an object");
    for (name, value) in changes {
        match value {
            Value::Null => members.remove(&name),
            value => members.insert(name, value),
        };
    }
    object
}
