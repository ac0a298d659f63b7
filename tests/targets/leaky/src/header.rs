//! Third step: whether the header asks for anything that the server doesn't do (RFC 7515 4).

use serde_json::{Map, Value};

use crate::compact;
use crate::defect::{Defect, Switch};
use crate::jwks::Jwk;

/// Names of claims, which some take for extensions that they understand.
const CLAIM_NAMES: [&str; 8] = ["iss", "sub", "aud", "exp", "nbf", "iat", "jti", "cnf"];

/// The JOSE header of a token.
pub(crate) struct JoseHeader(Map<String, Value>);

impl JoseHeader {
    pub(crate) fn read(segment: &str) -> Option<Self> {
        compact::json(segment).map(Self)
    }

    pub(crate) fn algorithm(&self) -> &str {
        self.text("alg").unwrap_or_default()
    }

    pub(crate) fn kid(&self) -> Option<&str> {
        self.text("kid")
    }

    /// The key that the token brings along. No sound server looks at it.
    pub(crate) fn embedded_key(&self) -> Option<Jwk> {
        serde_json::from_value(self.0.get("jwk")?.clone()).ok()
    }

    /// Whether the type is an access token's and no extension is critical.
    pub(crate) fn is_understood(&self, defect: Switch) -> bool {
        self.is_expected_type(defect) && self.crit_is_understood(defect) && !self.0.contains_key("b64")
    }

    fn is_expected_type(&self, defect: Switch) -> bool {
        if defect.has(Defect::RequiresTyp) {
            return self.text("typ") == Some("at+jwt");
        }
        let Some(typ) = self.0.get("typ") else { return true };
        let known = ["jwt", "at+jwt", "application/at+jwt"];
        typ.as_str().is_some_and(|typ| known.contains(&typ.to_ascii_lowercase().as_str()))
    }

    fn crit_is_understood(&self, defect: Switch) -> bool {
        let Some(crit) = self.0.get("crit") else { return true };
        let all = |understood: &dyn Fn(&str) -> bool| {
            let names = crit.as_array().into_iter().flatten();
            names.into_iter().all(|name| name.as_str().is_some_and(understood))
        };
        match defect.0 {
            Some(Defect::IgnoresCrit) => true,
            Some(Defect::CritByPresence) => all(&|name| self.0.contains_key(name)),
            Some(Defect::CritByClaimName) => all(&|name| CLAIM_NAMES.contains(&name)),
            _ => false,
        }
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn understood(json: &str, defect: Option<Defect>) -> bool {
        let members = serde_json::from_str(json).expect("a JSON object");
        JoseHeader(members).is_understood(Switch(defect))
    }

    #[test]
    fn nothing_critical_is_understood() {
        assert!(understood("{}", None));
        for crit in [r#"["x"]"#, r#"["exp"]"#, "[]", "null", "1"] {
            assert!(!understood(&format!(r#"{{"crit":{crit}}}"#), None), "{crit}");
        }
    }

    #[test]
    fn each_defect_understands_what_it_should_not() {
        let unknown = r#"{"crit":["x"],"x":1}"#;
        let claim = r#"{"crit":["exp"]}"#;
        assert!(understood(unknown, Some(Defect::IgnoresCrit)));
        assert!(understood(unknown, Some(Defect::CritByPresence)));
        assert!(!understood(claim, Some(Defect::CritByPresence)));
        assert!(understood(claim, Some(Defect::CritByClaimName)));
        assert!(!understood(unknown, Some(Defect::CritByClaimName)));
    }

    #[test]
    fn the_type_is_an_access_tokens_or_absent() {
        assert!(understood(r#"{"typ":"at+JWT"}"#, None));
        assert!(!understood(r#"{"typ":"logout+jwt"}"#, None));
        assert!(!understood("{}", Some(Defect::RequiresTyp)));
    }
}
