//! Which members of a key set this server can use.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::DecodingKey;
use jsonwebtoken::jwk::{AlgorithmParameters, Jwk, KeyAlgorithm, KeyOperations, PublicKeyUse};
use serde::Deserialize;

/// The keys that may sign, by `kid`.
pub(crate) type KeySet = Arc<HashMap<String, DecodingKey>>;

/// Reads a key set: an object with an array `keys` (RFC 7517 5), perhaps without a usable one.
pub(crate) fn parse(body: &[u8]) -> Result<KeySet, serde_json::Error> {
    /// keys/jwks-unknown-members: one by one later, so that none spoils the others.
    #[derive(Deserialize)]
    struct Jwks {
        keys: Vec<serde_json::Value>,
    }
    let jwks: Jwks = serde_json::from_slice(body)?;
    let mut set = HashMap::new();
    let mut ambiguous = HashSet::new();
    for (kid, key) in jwks.keys.into_iter().filter_map(|value| key(&serde_json::from_value(value).ok()?)) {
        if set.insert(kid.clone(), key).is_some() {
            ambiguous.insert(kid);
        }
    }
    // keys/duplicate-kid: whatever their order, an id of two keys is that of none.
    set.retain(|kid, _| !ambiguous.contains(kid));
    Ok(Arc::new(set))
}

/// keys/jwk-*: an RSA key that its issuer means to verify RS256 with.
fn key(jwk: &Jwk) -> Option<(String, DecodingKey)> {
    let common = &jwk.common;
    let signs = common.public_key_use.as_ref().is_none_or(|usage| *usage == PublicKeyUse::Signature);
    let rs256 = common.key_algorithm.is_none_or(|alg| alg == KeyAlgorithm::RS256);
    let verifies = common.key_operations.as_ref().is_none_or(|ops| ops.contains(&KeyOperations::Verify));
    let AlgorithmParameters::RSA(rsa) = &jwk.algorithm else {
        return None;
    };
    let modulus = URL_SAFE_NO_PAD.decode(&rsa.n).ok()?;
    let exponent = URL_SAFE_NO_PAD.decode(&rsa.e).ok()?;
    if !(signs && rs256 && verifies && is_safe(trimmed(&modulus), trimmed(&exponent))) {
        return None;
    }
    Some((common.key_id.clone()?, DecodingKey::from_rsa_raw_components(&modulus, &exponent)))
}

/// keys/weak-key: at least 2048 bits (RFC 7518 3.3), and an exponent that hides anything.
fn is_safe(modulus: &[u8], exponent: &[u8]) -> bool {
    let long = modulus.len() > 256 || modulus.len() == 256 && modulus.first().is_some_and(|byte| *byte >= 0x80);
    long && exponent.last().is_some_and(|byte| byte % 2 == 1) && exponent != [1]
}

/// A number in big endian without the zeros in front.
fn trimmed(mut number: &[u8]) -> &[u8] {
    while let [0, rest @ ..] = number {
        number = rest;
    }
    number
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rsa(modulus: &[u8], exponent: &str, rest: &str) -> String {
        format!(r#"{{"kty":"RSA","n":"{}","e":"{exponent}",{rest}}}"#, URL_SAFE_NO_PAD.encode(modulus))
    }

    fn good(rest: &str) -> String {
        rsa(&[0xff; 256], "AQAB", rest)
    }

    fn kids(keys: &[String]) -> Vec<String> {
        let body = format!(r#"{{"keys":[{}]}}"#, keys.join(","));
        let mut kids: Vec<_> = parse(body.as_bytes()).expect("a key set").keys().cloned().collect();
        kids.sort_unstable();
        kids
    }

    #[test]
    fn only_keys_meant_for_rs256_are_kept_and_none_spoils_the_set() {
        let keys = [
            good(r#""kid":"good","alg":"RS256","use":"sig","key_ops":["verify"]"#),
            good(r#""kid":"plain""#),
            good(r#""kid":"pss","alg":"PS256""#),
            good(r#""kid":"odd","alg":"XX999""#),
            good(r#""kid":"enc","use":"enc""#),
            good(r#""kid":"sign","key_ops":["sign"]"#),
            good(r#""kid":"encrypt","key_ops":["encrypt"]"#),
            good(r#""kid":1"#),
            good(r#""x":1"#),
            r#"{"kty":"oct","kid":"oct","k":"AQAB"}"#.to_owned(),
            r#"{"kty":"AKP","kid":"pq"}"#.to_owned(),
            r#"{"kty":"EC","kid":"short","crv":"P-256","x":"AA","y":"AA"}"#.to_owned(),
            r#"{"kty":"RSA","kid":"no-n"}"#.to_owned(),
            r#""x""#.to_owned(),
        ];
        assert_eq!(kids(&keys), ["good", "plain"]);
    }

    #[test]
    fn a_weak_key_is_left_out() {
        let mut padded = vec![0; 200];
        padded.extend([0xff; 128]);
        for modulus in [&[0xff; 128][..], &[0xff; 255], &[0x7f; 256], &padded, &[]] {
            assert!(kids(&[rsa(modulus, "AQAB", r#""kid":"k""#)]).is_empty(), "{} bytes", modulus.len());
        }
        for exponent in ["AQ", "AAAB", "AA", "Ag", ""] {
            assert!(kids(&[rsa(&[0xff; 256], exponent, r#""kid":"k""#)]).is_empty(), "e = {exponent}");
        }
        assert_eq!(kids(&[rsa(&[0xff; 256], "Aw", r#""kid":"k""#)]), ["k"], "e = 3");
    }

    #[test]
    fn an_id_that_two_keys_share_names_neither() {
        let twin = good(r#""kid":"twin""#);
        let other = rsa(&[0xff; 512], "AQAB", r#""kid":"twin""#);
        assert_eq!(kids(&[twin.clone(), good(r#""kid":"k""#), other.clone()]), ["k"]);
        assert!(kids(&[other.clone(), twin.clone(), other]).is_empty());
        // No key to this server, so that the id is clear.
        assert_eq!(kids(&[r#"{"kty":"EC","kid":"twin"}"#.to_owned(), twin]), ["twin"]);
    }

    #[test]
    fn what_is_not_a_key_set_is_an_error() {
        for body in ["", "[]", "{}", "<html>", r#"{"keys":null}"#, r#"{"keys":{}}"#, r#"{"keys":[]"#] {
            assert!(parse(body.as_bytes()).is_err(), "{body}");
        }
        assert!(parse(br#"{"keys":[]}"#).is_ok_and(|keys| keys.is_empty()));
    }
}
