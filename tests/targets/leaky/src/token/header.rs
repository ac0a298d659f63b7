//! Whether the header asks for anything that the server doesn't do (RFC 7515 4).

use serde_json::Value;

use crate::defect::{Defect, Switch};
use crate::quirk::{Quirk, Quirks};
use crate::settings::Shape;

use super::Part;
use super::json::Object;

/// Names of claims, which some take for extensions that they understand.
const CLAIM_NAMES: [&str; 8] = ["iss", "sub", "aud", "exp", "nbf", "iat", "jti", "cnf"];
/// What RFC 7515 itself defines, which is never an extension.
const REGISTERED_NAMES: [&str; 10] = ["alg", "jku", "jwk", "kid", "x5u", "x5c", "x5t", "typ", "cty", "crit"];
/// The types of an access token: RFC 9068 2.1, in either form.
const ACCESS_TOKEN: [&str; 2] = ["at+jwt", "application/at+jwt"];

/// The JOSE header of a token.
#[derive(Debug)]
pub(crate) struct JoseHeader(pub(crate) Object);

impl JoseHeader {
    pub(crate) fn read(segment: &str, defect: Switch) -> Option<Self> {
        let bytes = Part(segment).bytes(defect)?;
        if defect.has(Defect::SearchesJsonAsText) && !String::from_utf8_lossy(&bytes).contains(r#""alg":"RS256""#) {
            return None;
        }
        let is_fine = match defect.0 {
            Some(Defect::ShortHeadersOnly) => bytes.len() <= 512,
            Some(Defect::HeaderFromTheBrace) => bytes.starts_with(b"{"),
            Some(Defect::HeaderToTheBrace) => bytes.ends_with(b"}"),
            _ => true,
        };
        Object::read(&bytes, defect).filter(|_| is_fine).map(Self)
    }

    /// `alg` as it stands, whatever its type.
    pub(crate) fn algorithm(&self) -> Option<&Value> {
        self.0.get("alg")
    }

    pub(crate) fn kid(&self) -> Option<&str> {
        self.0.text("kid")
    }

    /// Whether the payload is another token, as some would have it.
    pub(crate) fn is_nested(&self) -> bool {
        self.0.text("cty").is_some_and(|cty| cty.eq_ignore_ascii_case("JWT"))
    }

    /// Whether the type is an access token's, no extension is critical, and the payload is what
    /// it is without this header.
    pub(crate) fn is_understood(&self, shape: Shape, quirks: Quirks, defect: Switch) -> bool {
        self.is_expected_type(shape, defect)
            && (self.crit_is_understood(defect) || self.crit_is_only_the_producers(quirks))
            && self.payload_is_plain(defect)
            && !(defect.has(Defect::RefusesUnknownHeaderMembers) && self.has_unknown_member())
    }

    fn is_expected_type(&self, shape: Shape, defect: Switch) -> bool {
        let typ = self.0.get("typ");
        let lower = typ.and_then(Value::as_str).map(str::to_ascii_lowercase);
        let is = |known: &[&str]| lower.as_deref().is_some_and(|typ| known.contains(&typ));
        match defect.0 {
            Some(Defect::RequiresTyp) => return self.0.text("typ") == Some("at+jwt"),
            Some(Defect::TypByteForByte) => return typ.map_or(shape == Shape::Okta, |typ| typ == "at+jwt"),
            Some(Defect::JwtInCapitalsOnly) if lower.as_deref() == Some("jwt") => {
                return self.0.text("typ") == Some("JWT");
            }
            Some(Defect::TypOptional) if typ.is_none() => return true,
            Some(Defect::IgnoresTyp) => return true,
            _ => (),
        }
        match shape {
            Shape::Okta => typ.is_none() || is(&["jwt", "at+jwt", "application/at+jwt"]),
            Shape::Rfc9068 => is(&ACCESS_TOKEN),
        }
    }

    fn crit_is_understood(&self, defect: Switch) -> bool {
        let Some(crit) = self.0.get("crit") else { return true };
        let listed = crit.as_array().filter(|names| !names.is_empty());
        let all = |understood: &dyn Fn(&str) -> bool| {
            listed.is_some_and(|names| names.iter().all(|name| name.as_str().is_some_and(understood)))
        };
        match defect.0 {
            Some(Defect::IgnoresCrit) => true,
            Some(Defect::CritByPresence) => all(&|name| self.0.has(name)),
            Some(Defect::CritByClaimName) => all(&|name| CLAIM_NAMES.contains(&name)),
            Some(Defect::CritOnlyAsList) => !crit.is_array(),
            Some(Defect::MisunderstandsUnencodedFlag) => all(&|name| name == "b64"),
            _ => false,
        }
    }

    /// A list that its producer must not write, and that asks nothing of the recipient.
    fn crit_is_only_the_producers(&self, quirks: Quirks) -> bool {
        let names = self.0.get("crit").and_then(Value::as_array).filter(|_| quirks.has(Quirk::TakesProducersCrit));
        let is_registered = |name: &Value| name.as_str().is_some_and(|name| REGISTERED_NAMES.contains(&name));
        names.is_some_and(|names| names.iter().all(is_registered))
    }

    /// No other encoding (RFC 7797) and no other token (RFC 7519 5.2).
    fn payload_is_plain(&self, defect: Switch) -> bool {
        match defect.0 {
            Some(Defect::MisunderstandsUnencodedFlag) => true,
            Some(Defect::UnwrapsNested) => !self.0.has("b64"),
            _ => !self.0.has("b64") && !self.0.has("cty"),
        }
    }

    fn has_unknown_member(&self) -> bool {
        self.0.members().any(|(name, _)| !REGISTERED_NAMES.contains(&name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token::encode;

    fn understood(json: &str, defect: Option<Defect>) -> bool {
        let header = JoseHeader::read(&encode(json), Switch(defect)).expect("a JSON object");
        header.is_understood(Shape::Okta, Quirks::default(), Switch(defect))
    }

    #[test]
    fn nothing_critical_is_understood() {
        assert!(understood("{}", None));
        for crit in [r#"["x"]"#, r#"["exp"]"#, "[]", "null", "1"] {
            assert!(!understood(&format!(r#"{{"crit":{crit}}}"#), None), "{crit}");
        }
    }

    #[test]
    fn what_binds_producers_only_may_be_ignored() {
        let quirks = [Quirk::TakesProducersCrit].into_iter().collect();
        let taken = |json: &str| {
            let header = JoseHeader::read(&encode(json), Switch(None)).expect("a JSON object");
            header.is_understood(Shape::Okta, quirks, Switch(None))
        };
        assert!(taken(r#"{"crit":[]}"#) && taken(r#"{"crit":["alg"]}"#));
        assert!(!taken(r#"{"crit":["x"],"x":1}"#) && !taken(r#"{"crit":"alg"}"#) && !taken(r#"{"crit":null}"#));
    }

    #[test]
    fn each_defect_understands_what_it_should_not() {
        for (json, defect) in [
            (r#"{"crit":["x"],"x":1}"#, Defect::IgnoresCrit),
            (r#"{"crit":["x"],"x":1}"#, Defect::CritByPresence),
            (r#"{"crit":["exp"]}"#, Defect::CritByClaimName),
            (r#"{"crit":"x"}"#, Defect::CritOnlyAsList),
            (r#"{"b64":false,"crit":["b64"]}"#, Defect::MisunderstandsUnencodedFlag),
            (r#"{"cty":"JWT"}"#, Defect::UnwrapsNested),
            (r#"{"typ":"logout+jwt"}"#, Defect::IgnoresTyp),
        ] {
            assert!(!understood(json, None), "{json}");
            assert!(understood(json, Some(defect)), "{defect}");
        }
        assert!(!understood(r#"{"crit":["exp"]}"#, Some(Defect::CritByPresence)));
        assert!(!understood(r#"{"crit":["x"],"x":1}"#, Some(Defect::CritByClaimName)));
    }

    #[test]
    fn the_type_depends_on_the_shape_of_the_tokens() {
        let taken = |typ: &str, shape| {
            let header = JoseHeader::read(&encode(typ), Switch(None)).expect("a JSON object");
            header.is_understood(shape, Quirks::default(), Switch(None))
        };
        for typ in [r#"{"typ":"at+JWT"}"#, r#"{"typ":"application/at+jwt"}"#] {
            assert!(taken(typ, Shape::Okta) && taken(typ, Shape::Rfc9068), "{typ}");
        }
        for typ in ["{}", r#"{"typ":"JWT"}"#] {
            assert!(taken(typ, Shape::Okta) && !taken(typ, Shape::Rfc9068), "{typ}");
        }
        assert!(!taken(r#"{"typ":"logout+jwt"}"#, Shape::Okta) && !taken(r#"{"typ":1}"#, Shape::Okta));
        assert!(!understood("{}", Some(Defect::RequiresTyp)));
        for typ in [r#"{"typ":"JWT"}"#, r#"{"typ":"at+jwt"}"#, "{}"] {
            assert!(understood(typ, Some(Defect::JwtInCapitalsOnly)), "{typ}");
        }
        assert!(!understood(r#"{"typ":"jwt"}"#, Some(Defect::JwtInCapitalsOnly)));
    }

    #[test]
    fn json_may_be_written_in_more_than_one_way() {
        let read = |json: &str, defect| JoseHeader::read(&encode(json), Switch(defect)).is_some();
        assert!(read(r#"{ "alg" : "RS256" }"#, None));
        assert!(!read(r#"{ "alg" : "RS256" }"#, Some(Defect::SearchesJsonAsText)));
        assert!(read(r#"{"alg":"RS256"}"#, Some(Defect::SearchesJsonAsText)));
    }

    #[test]
    fn white_space_and_length_mean_nothing_but_to_a_defect() {
        let read = |json: &str, defect| JoseHeader::read(&encode(json), Switch(defect)).is_some();
        let (spaced, long) = ("{}\r\n", format!(r#"{{"x":"{}"}}"#, "a".repeat(600)));
        assert!(read(spaced, None) && !read(spaced, Some(Defect::HeaderToTheBrace)));
        assert!(read("\r\n {}", None) && !read("\r\n {}", Some(Defect::HeaderFromTheBrace)));
        assert!(read(&long, None) && !read(&long, Some(Defect::ShortHeadersOnly)));
    }

    #[test]
    fn unknown_members_are_ignored_unless_that_is_the_defect() {
        assert!(understood(r#"{"x":1}"#, None));
        assert!(!understood(r#"{"x":1}"#, Some(Defect::RefusesUnknownHeaderMembers)));
    }
}
