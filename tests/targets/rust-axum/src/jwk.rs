//! Reads a key set (RFC 7517 5), and takes from it what may verify RS256.

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::DecodingKey;
use serde::Deserialize;

/// The keys that may sign, by `kid`.
pub(crate) type KeySet = HashMap<String, DecodingKey>;

/// The keys in `body` that this server can use.
///
/// # Errors
/// When it is no object with an array `keys`. An array without a usable key is an empty set.
pub(crate) fn parse(body: &[u8]) -> Result<KeySet, serde_json::Error> {
    /// keys/jwks-unknown-members: one by one later, so that none spoils the others.
    #[derive(Deserialize)]
    struct Jwks {
        keys: Vec<serde_json::Value>,
    }
    let jwks: Jwks = serde_json::from_slice(body)?;
    let mut keys = HashMap::new();
    for value in jwks.keys {
        let usable = serde_json::from_value::<Jwk>(value).ok().and_then(Jwk::into_key);
        if let Some((kid, key)) = usable {
            // keys/duplicate-kid: an id that two keys share names neither, whatever their order.
            keys.entry(kid).and_modify(|twin| *twin = None).or_insert(Some(key));
        }
    }
    Ok(keys.into_iter().filter_map(|(kid, key)| Some((kid, key?))).collect())
}

/// The members of an RSA key that matter (RFC 7517 4, RFC 7518 6.3.1).
#[derive(Deserialize)]
struct Jwk {
    kty: String,
    kid: String,
    alg: Option<String>,
    #[serde(rename = "use")]
    usage: Option<String>,
    key_ops: Option<Vec<String>>,
    n: String,
    e: String,
}

impl Jwk {
    /// Only a key that its issuer means to verify RS256 with
    /// (keys/jwk-use-enc, keys/jwk-alg-mismatch, keys/jwk-oct-published).
    fn into_key(self) -> Option<(String, DecodingKey)> {
        let meant = self.kty == "RSA"
            && self.alg.is_none_or(|alg| alg == "RS256")
            && self.usage.is_none_or(|usage| usage == "sig")
            && self.key_ops.is_none_or(|ops| ops.iter().any(|op| op == "verify"));
        let n = URL_SAFE_NO_PAD.decode(&self.n).ok()?;
        let e = URL_SAFE_NO_PAD.decode(&self.e).ok()?;
        let key = DecodingKey::from_rsa_raw_components(&n, &e);
        (meant && is_strong(&n, &e)).then_some((self.kid, key))
    }
}

/// keys/weak-key: 2048 bits are the least (RFC 7518 3.3), and with e = 1 anybody can sign.
fn is_strong(n: &[u8], e: &[u8]) -> bool {
    let odd = |number: &[u8]| number.last().is_some_and(|byte| byte % 2 == 1);
    bits(n) >= 2048 && odd(n) && bits(e) >= 2 && odd(e)
}

/// How long a number is, in big endian and perhaps with zeros in front.
fn bits(number: &[u8]) -> usize {
    let digits = number.iter().skip_while(|byte| **byte == 0);
    let first = digits.clone().next().map_or(0, |byte| byte.leading_zeros());
    (digits.count() * 8).saturating_sub(first as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A key set of one RSA key with a modulus of `bytes` bytes, and these further members.
    fn rsa(bytes: usize, rest: &str) -> String {
        format!(r#"{{"kty":"RSA","n":"{}",{rest}}}"#, URL_SAFE_NO_PAD.encode(vec![0xff; bytes]))
    }

    fn good(rest: &str) -> String {
        rsa(256, &format!(r#""e":"AQAB",{rest}"#))
    }

    fn kids(keys: &str) -> Vec<String> {
        let body = format!("{{\"keys\":[{keys}]}}");
        let mut kids: Vec<String> = parse(body.as_bytes()).expect("a key set").into_keys().collect();
        kids.sort_unstable();
        kids
    }

    #[test]
    fn a_member_that_can_not_be_read_does_not_spoil_the_set() {
        let ec = r#"{"kty":"EC","kid":"short-x","crv":"P-256","x":"AA","y":"AA"}"#;
        let no_n = r#"{"kty":"RSA","kid":"no-n","e":"AQAB"}"#;
        let keys = [r#"{"kty":"AKP","kid":"pq"}"#, no_n, ec, r#""x""#, "null", &good(r#""kid":1"#), &good(r#""x":1"#)];
        assert_eq!(kids(&format!("{},{}", keys.join(","), good(r#""kid":"good""#))), ["good"]);
        assert!(kids(&keys.join(",")).is_empty());
    }

    #[test]
    fn a_key_for_another_purpose_is_left_out() {
        assert_eq!(kids(&good(r#""kid":"k","use":"sig","alg":"RS256","key_ops":["verify"]"#)), ["k"]);
        for purpose in [
            r#""use":"enc""#,
            r#""alg":"PS256""#,
            r#""alg":"RS512""#,
            r#""key_ops":["encrypt"]"#,
            r#""key_ops":["sign"]"#,
            r#""key_ops":[]"#,
        ] {
            assert!(kids(&good(&format!(r#""kid":"k",{purpose}"#))).is_empty(), "{purpose}");
        }
        assert!(kids(r#"{"kty":"oct","kid":"k","k":"AQAB","n":"AQAB","e":"AQAB"}"#).is_empty());
    }

    #[test]
    fn a_weak_key_is_left_out() {
        assert!(kids(&rsa(128, r#""e":"AQAB","kid":"k""#)).is_empty(), "1024 bits");
        assert!(kids(&rsa(255, r#""e":"AQAB","kid":"k""#)).is_empty(), "2040 bits");
        for e in ["AQ", "AAAB", "AA", "Ag", ""] {
            assert!(kids(&rsa(256, &format!(r#""e":"{e}","kid":"k""#))).is_empty(), "e = {e}");
        }
        assert_eq!(kids(&rsa(256, r#""e":"Aw","kid":"k""#)), ["k"], "e = 3");
    }

    #[test]
    fn zeros_in_front_make_no_number_longer() {
        assert_eq!([bits(&[]), bits(&[0]), bits(&[1]), bits(&[0, 0, 1, 0]), bits(&[0xff])], [0, 0, 1, 9, 8]);
    }

    #[test]
    fn an_id_that_two_keys_share_names_neither() {
        let twins = [good(r#""kid":"twin""#), rsa(512, r#""e":"AQAB","kid":"twin""#)].join(",");
        assert_eq!(kids(&format!("{twins},{}", good(r#""kid":"k""#))), ["k"]);
        // One of them is no key to this server, so that the id is clear.
        assert_eq!(kids(&format!(r#"{},{{"kty":"EC","kid":"k"}}"#, good(r#""kid":"k""#))), ["k"]);
    }

    #[test]
    fn what_is_not_a_key_set_is_an_error() {
        for body in ["", "[]", "{}", "<html>", r#"{"keys":null}"#, r#"{"keys":{}}"#, r#"{"keys":[]"#] {
            assert!(parse(body.as_bytes()).is_err(), "{body}");
        }
        assert!(parse(br#"{"keys":[]}"#).is_ok_and(|keys| keys.is_empty()));
    }
}
