use mock_idp::keys::Algorithm;
use serde_json::Value;

use super::verifying_key::VerifyingKey;

/// The published keys that may verify the issuer's one algorithm.
pub(super) struct PublicKeys(Vec<(String, VerifyingKey)>);

impl PublicKeys {
    /// Reads a JWKS; `None` if it is no object with an array `keys`. A key that
    /// is not fit for the algorithm is passed over (RFC 7517, section 5).
    pub(super) fn from_jwks(text: &[u8], algorithm: Algorithm) -> Option<Self> {
        let document: Value = serde_json::from_slice(text).ok()?;
        let keys = document.get("keys")?.as_array()?;
        Some(Self(keys.iter().filter_map(|jwk| verification_key(jwk, algorithm)).collect()))
    }

    /// Whether there is no key in it.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The key of that id; of several with one id the first.
    pub(super) fn find(&self, kid: &str) -> Option<VerifyingKey> {
        self.0.iter().find(|(id, _)| id == kid).map(|(_, key)| key.clone())
    }
}

/// A JWK with its `kid`, if it is meant for such signatures and strong enough.
fn verification_key(jwk: &Value, algorithm: Algorithm) -> Option<(String, VerifyingKey)> {
    let kid = jwk.get("kid")?.as_str()?;
    let is_meant = jwk.get("use").is_none_or(|r#use| r#use == "sig")
        && jwk.get("alg").is_none_or(|alg| alg == algorithm.name())
        && jwk.get("key_ops").is_none_or(includes_verify);
    let key = VerifyingKey::from_jwk(jwk, algorithm).filter(|_| is_meant)?;
    Some((kid.to_owned(), key))
}

fn includes_verify(operations: &Value) -> bool {
    operations.as_array().is_some_and(|operations| operations.iter().any(|one| one == "verify"))
}

#[cfg(test)]
mod tests {
    use mock_idp::keys::{BuiltinKey, KeySet, builtin};
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    const KID: &str = "k";

    /// Whether the issuer's key is found with these members in place of its own;
    /// `null` takes a member away.
    fn is_found(changes: &Value) -> bool {
        let jwk = builtin(BuiltinKey::Issuer).with_kid(KID).public_jwk().to_text();
        let mut jwk: Value = serde_json::from_str(&jwk).unwrap();
        for (name, value) in changes.as_object().unwrap() {
            jwk[name] = value.clone();
        }
        jwk.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        keys(&json!({"keys": [jwk]})).find(KID).is_some()
    }

    fn keys(document: &Value) -> PublicKeys {
        PublicKeys::from_jwks(document.to_string().as_bytes(), Algorithm::Rs256).unwrap()
    }

    #[rstest]
    #[case(json!({}))]
    #[case(json!({"use": null, "alg": null}))]
    #[case(json!({"key_ops": ["verify"]}))]
    #[case(json!({"x-unknown": {}}))]
    fn a_key_for_rs256_is_found(#[case] changes: Value) {
        assert!(is_found(&changes));
    }

    #[rstest]
    #[case(json!({"use": "enc"}))]
    #[case(json!({"alg": "RS512"}))]
    #[case(json!({"alg": 1}))]
    #[case(json!({"key_ops": ["encrypt"]}))]
    #[case(json!({"kty": "EC"}))]
    #[case(json!({"kty": "OKP", "crv": "Ed25519", "x": "AQAB"}))]
    #[case(json!({"kid": 1}))]
    #[case(json!({"n": null}))]
    #[case(json!({"e": "AQ"}))]
    #[case(json!({"e": "AAAB"}))]
    #[case(json!({"e": "BA"}))]
    #[case(json!({"n": "~"}))]
    fn a_key_for_something_else_is_passed_over(#[case] changes: Value) {
        assert!(!is_found(&changes));
    }

    #[test]
    fn a_weak_key_and_odd_neighbours_do_not_hide_a_good_one() {
        let [weak, ec, good] = [BuiltinKey::Weak1024, BuiltinKey::AttackerP256, BuiltinKey::Issuer].map(|name| {
            let jwk = builtin(name).public_jwk().to_text();
            serde_json::from_str::<Value>(&jwk).unwrap()
        });
        let keys = keys(&json!({"keys": ["x", null, {"kty": "AKP"}, weak, ec, good]}));
        assert!(keys.find(BuiltinKey::Issuer.kid()).is_some());
        assert!(keys.find(BuiltinKey::Weak1024.kid()).is_none());
        assert!(keys.find(BuiltinKey::AttackerP256.kid()).is_none());
    }

    #[test]
    fn every_published_rsa_key_is_found() {
        let set = KeySet::new(builtin(BuiltinKey::Issuer)).with_published(builtin(BuiltinKey::IssuerNext));
        let keys = PublicKeys::from_jwks(set.jwks().as_bytes(), Algorithm::Rs256).unwrap();
        assert!(set.published().iter().all(|key| keys.find(key.kid()).is_some()));
    }

    #[rstest]
    #[case(b"")]
    #[case(b"<html>")]
    #[case(b"[]")]
    #[case(b"{}")]
    #[case(br#"{"keys":null}"#)]
    #[case(br#"{"keys":{}}"#)]
    fn what_is_no_key_set_is_none(#[case] text: &[u8]) {
        assert!(PublicKeys::from_jwks(text, Algorithm::Rs256).is_none());
    }
}
