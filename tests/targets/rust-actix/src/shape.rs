//! The two shapes that an access token comes in.

use serde_json::{Map, Value};

/// How an issuer writes its access tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Okta: no `typ` or `JWT`, the client in `cid`, the scopes in the array `scp`.
    Okta,
    /// RFC 9068: `typ` is `at+jwt`, the client is in `client_id`, the scopes in the string `scope`,
    /// and `iat` and `jti` are required.
    Rfc9068,
}

impl Shape {
    /// The shape that the setting `SHAPE` names.
    pub(crate) fn named(name: &str) -> Option<Self> {
        match name {
            "okta" => Some(Self::Okta),
            "rfc9068" => Some(Self::Rfc9068),
            _ => None,
        }
    }

    /// token-type/wrong-typ, baseline/typ-*: whether a header with this `typ` is an access token's.
    /// Media types have no case, and `application/` may be left out (RFC 7515 4.1.9, RFC 9068 4).
    pub(crate) fn has_type(self, typ: Option<&Value>) -> bool {
        let known = match self {
            Self::Okta => ["jwt", "application/jwt"],
            Self::Rfc9068 => ["at+jwt", "application/at+jwt"],
        };
        match typ {
            None => self == Self::Okta,
            Some(typ) => typ.as_str().is_some_and(|typ| known.iter().any(|known| known.eq_ignore_ascii_case(typ))),
        }
    }

    /// The claim that names the client.
    pub(crate) fn client_claim(self) -> &'static str {
        match self {
            Self::Okta => "cid",
            Self::Rfc9068 => "client_id",
        }
    }

    /// Whether `iat` and `jti` have to be there (RFC 9068 2.2).
    pub(crate) fn is_complete(self, claims: &Map<String, Value>) -> bool {
        let present = || claims.contains_key("iat") && claims.get("jti").is_some_and(Value::is_string);
        self == Self::Okta || present()
    }

    /// scope/claim-form, scope/conflicting-claims, scope/typed-garbage: what the one claim of this
    /// shape grants in its own form. Any other form grants nothing.
    pub(crate) fn granted(self, claims: &Map<String, Value>) -> Vec<String> {
        let owned = |scope: &Value| scope.as_str().map(str::to_owned);
        let granted = match self {
            Self::Okta => claims.get("scp").and_then(|scp| scp.as_array()?.iter().map(owned).collect()),
            // scope/odd-delimiters: one kind of delimiter, the space (RFC 6749 3.3).
            Self::Rfc9068 => {
                claims.get("scope").and_then(|scope| Some(scope.as_str()?.split(' ').map(str::to_owned).collect()))
            }
        };
        granted.unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn granted(shape: Shape, claims: Value) -> Vec<String> {
        let Value::Object(claims) = claims else { panic!("claims are an object") };
        shape.granted(&claims)
    }

    #[test]
    fn okta_writes_no_type_or_that_of_any_jwt() {
        assert!(Shape::Okta.has_type(None));
        for typ in ["JWT", "jwt", "application/jwt"] {
            assert!(Shape::Okta.has_type(Some(&json!(typ))), "{typ}");
        }
        for typ in [json!("at+jwt"), json!("logout+jwt"), json!(""), json!(null), json!(1)] {
            assert!(!Shape::Okta.has_type(Some(&typ)), "{typ}");
        }
    }

    #[test]
    fn rfc_9068_writes_a_type_of_its_own_in_any_case() {
        for typ in ["at+jwt", "application/at+jwt", "at+JWT", "Application/AT+jwt"] {
            assert!(Shape::Rfc9068.has_type(Some(&json!(typ))), "{typ}");
        }
        assert!(!Shape::Rfc9068.has_type(None));
        for typ in [json!("JWT"), json!("jwt"), json!("logout+jwt"), json!("at+jwt "), json!(["at+jwt"]), json!(null)] {
            assert!(!Shape::Rfc9068.has_type(Some(&typ)), "{typ}");
        }
    }

    #[test]
    fn each_shape_grants_by_its_own_claim_in_its_own_form() {
        let both = json!({ "scp": ["a", "b c"], "scope": "d e" });
        assert_eq!(granted(Shape::Okta, both.clone()), ["a", "b c"]);
        assert_eq!(granted(Shape::Rfc9068, both), ["d", "e"]);
        for scp in [json!("a"), json!({ "a": true }), json!([["a"]]), json!(["a", 1]), json!(null), json!(1)] {
            assert!(granted(Shape::Okta, json!({ "scp": scp, "scope": "a" })).is_empty(), "{scp}");
        }
        for scope in [json!(["a"]), json!({ "a": true }), json!(null), json!(1)] {
            assert!(granted(Shape::Rfc9068, json!({ "scope": scope, "scp": ["a"] })).is_empty(), "{scope}");
        }
    }

    #[test]
    fn only_the_space_is_a_delimiter() {
        for scope in ["x,a", "x\ta", "x\na", "x+a", "x\u{a0}a"] {
            assert_eq!(granted(Shape::Rfc9068, json!({ "scope": scope })), [scope]);
        }
    }

    #[test]
    fn rfc_9068_wants_to_know_which_token_it_is_and_when_it_was_made() {
        for (claims, complete) in [
            (json!({ "iat": 1, "jti": "x" }), true),
            (json!({ "iat": 1 }), false),
            (json!({ "jti": "x" }), false),
            (json!({ "iat": 1, "jti": 1 }), false),
        ] {
            let Value::Object(claims) = claims else { panic!("claims are an object") };
            assert_eq!(Shape::Rfc9068.is_complete(&claims), complete, "{claims:?}");
            assert!(Shape::Okta.is_complete(&claims));
        }
    }
}
