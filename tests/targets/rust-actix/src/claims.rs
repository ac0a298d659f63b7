//! Judges the claims of a token by hand: pure functions of the claims and the time.

use serde_json::{Map, Value};

use crate::shape::Shape;

/// How far the clocks may be apart, in seconds.
const LEEWAY: f64 = 5.0;

/// What is asked of a token.
pub(crate) struct Demands {
    /// How it has to be written.
    pub(crate) shape: Shape,
    /// The name of this API, which `aud` must hold.
    pub(crate) audience: String,
    /// The clients that may call. Empty: all of the issuer's.
    pub(crate) clients: Vec<String>,
}

impl Demands {
    /// Whether `claims` are those of an access token of `issuer` for this API that holds at `now`,
    /// in seconds since 1970. A claim of a wrong type makes the token a bad one.
    pub(crate) fn are_met(&self, claims: &Map<String, Value>, issuer: &str, now: f64) -> bool {
        // issuer/array, issuer/partial-match, issuer/near-miss: one string, byte by byte.
        claims.get("iss").is_some_and(|iss| iss == issuer)
            && self.is_meant(claims)
            && is_in_time(claims, now)
            && claims.get("sub").is_some_and(Value::is_string)
            && self.is_of_a_client(claims)
            && self.shape.is_complete(claims)
    }

    /// audience/*: this API's name, whole, alone or in an array of strings (RFC 7519 4.1.3).
    fn is_meant(&self, claims: &Map<String, Value>) -> bool {
        match claims.get("aud") {
            Some(Value::String(name)) => *name == self.audience,
            Some(Value::Array(names)) => {
                names.iter().all(Value::is_string) && names.iter().any(|name| *name == self.audience)
            }
            _ => false,
        }
    }

    /// token-type/id-token: an ID token may name this API too, but names no client this way.
    /// token-type/foreign-client: where the clients are known, it is one of them.
    fn is_of_a_client(&self, claims: &Map<String, Value>) -> bool {
        let client = claims.get(self.shape.client_claim()).and_then(Value::as_str);
        client.is_some_and(|client| self.clients.is_empty() || self.clients.iter().any(|known| known == client))
    }
}

/// time/*: `exp` is required, and each of the three is a number wherever it is there.
fn is_in_time(claims: &Map<String, Value>, now: f64) -> bool {
    let holds = |name, test: fn(f64, f64) -> bool| {
        claims.get(name).map(|value| value.as_f64().is_some_and(|time| test(time, now)))
    };
    holds("exp", |exp, now| now < exp + LEEWAY) == Some(true)
        && holds("nbf", |nbf, now| nbf <= now + LEEWAY) != Some(false)
        && holds("iat", |iat, now| iat <= now + LEEWAY) != Some(false)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The claims of a good token at 1000, but for `changes`; null removes.
    fn met(shape: Shape, changes: Value) -> bool {
        let mut claims = json!({ "iss": "i", "aud": "a", "sub": "s", "exp": 2000 });
        let own = match shape {
            Shape::Okta => json!({ "cid": "c" }),
            Shape::Rfc9068 => json!({ "client_id": "c", "iat": 900, "jti": "x" }),
        };
        for (name, value) in [own, changes].iter().flat_map(|object| object.as_object().expect("an object")) {
            claims[name] = value.clone();
        }
        let mut claims = claims.as_object().expect("an object").clone();
        claims.retain(|_, value| *value != json!("gone"));
        let demands = Demands { shape, audience: "a".to_owned(), clients: vec!["c".to_owned()] };
        demands.are_met(&claims, "i", 1000.0)
    }

    fn both(changes: &Value) -> [bool; 2] {
        [met(Shape::Okta, changes.clone()), met(Shape::Rfc9068, changes.clone())]
    }

    #[test]
    fn the_time_of_a_token_is_kept_within_the_leeway() {
        for good in [
            json!({ "exp": 996 }),
            json!({ "exp": 1300.75 }),
            json!({ "exp": u64::MAX }),
            json!({ "exp": 1e300 }),
            json!({ "nbf": 1005 }),
            json!({ "nbf": -1.5 }),
            json!({ "iat": 1005 }),
            json!({ "iat": 0 }),
        ] {
            assert_eq!(both(&good), [true, true], "{good}");
        }
        for bad in [
            json!({ "exp": 995 }),
            json!({ "exp": 1 }),
            json!({ "exp": 0 }),
            json!({ "exp": -1 }),
            json!({ "exp": i64::MIN }),
            json!({ "nbf": 1006 }),
            json!({ "iat": 1006 }),
        ] {
            assert_eq!(both(&bad), [false, false], "{bad}");
        }
    }

    #[test]
    fn a_time_that_is_no_number_is_a_bad_one() {
        for name in ["exp", "nbf", "iat"] {
            for value in [json!("2000"), json!(null), json!(true), json!([2000]), json!({})] {
                assert_eq!(both(&json!({ name: value })), [false, false], "{name} {value}");
            }
        }
        assert_eq!(both(&json!({ "exp": "gone" })), [false, false]);
    }

    #[test]
    fn the_audience_is_one_whole_member_of_strings() {
        assert_eq!(both(&json!({ "aud": ["b", "a"] })), [true, true]);
        for aud in [json!("b"), json!("aa"), json!("A"), json!(" a"), json!("b a"), json!("b,a"), json!("*"), json!("")]
        {
            assert_eq!(both(&json!({ "aud": aud })), [false, false], "{aud}");
        }
        for aud in
            [json!(["b"]), json!([]), json!([["a"]]), json!([{ "a": 1 }]), json!(["a", null]), json!(null), json!({})]
        {
            assert_eq!(both(&json!({ "aud": aud })), [false, false], "{aud}");
        }
        assert_eq!(both(&json!({ "aud": "gone" })), [false, false]);
    }

    #[test]
    fn the_issuer_is_one_string_and_the_right_one() {
        for iss in
            [json!("i/"), json!("I"), json!(""), json!(["i"]), json!(["i", "x"]), json!(null), json!(1), json!("gone")]
        {
            assert_eq!(both(&json!({ "iss": iss })), [false, false], "{iss}");
        }
    }

    #[test]
    fn the_caller_is_named() {
        for sub in [json!("gone"), json!(null), json!(1), json!(["s"])] {
            assert_eq!(both(&json!({ "sub": sub })), [false, false], "{sub}");
        }
    }

    #[test]
    fn the_client_is_named_as_the_shape_does_and_known() {
        for (shape, own, other) in [(Shape::Okta, "cid", "client_id"), (Shape::Rfc9068, "client_id", "cid")] {
            for client in [json!("gone"), json!(null), json!(1), json!("foreign"), json!("")] {
                assert!(!met(shape, json!({ own: client, other: "c" })), "{shape:?} {client}");
            }
        }
    }

    #[test]
    fn rfc_9068_asks_for_more_than_okta_writes() {
        for changes in [json!({ "iat": "gone" }), json!({ "jti": "gone" }), json!({ "jti": 1 })] {
            assert_eq!(both(&changes), [true, false], "{changes}");
        }
    }
}
