//! Takes a token apart, and says whether a key has signed it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, crypto};
use serde_json::{Map, Value};

use crate::json;
use crate::shape::Shape;

/// signature/crit-*, signature/b64-false: no extension is understood here. structure/nested-jwt,
/// structure/jwe-wrapped-plainjwt: a token inside of a token isn't unwrapped.
const NOT_UNDERSTOOD: [&str; 5] = ["crit", "b64", "cty", "enc", "zip"];

/// A token in three segments whose header this server understands. Nothing else is checked yet.
pub(crate) struct Token<'a> {
    /// The key that is said to have signed it.
    pub(crate) kid: String,
    claims: Map<String, Value>,
    signed: &'a str,
    signature: &'a str,
}

impl<'a> Token<'a> {
    /// Splits `text` and reads it: the header of an access token of `shape`, RS256, a `kid`, and
    /// nothing critical; and a payload that is an object.
    pub(crate) fn parse(text: &'a str, shape: Shape) -> Option<Self> {
        let (signed, signature) = text.rsplit_once('.')?;
        // structure/segment-count: a fourth segment leaves a dot in the payload, which is no
        // base64url. structure/empty-segments: an empty one is no JSON, or no signature.
        let (header, payload) = signed.split_once('.')?;
        let header = object(header)?;
        // signature/alg-none, signature/hs256-pubkey-pem: one algorithm, not the header's choice.
        let understood = header.get("alg")? == "RS256"
            && shape.has_type(header.get("typ"))
            && !NOT_UNDERSTOOD.iter().any(|name| header.contains_key(*name));
        // signature/kid-typed, signature/kid-missing
        let kid = header.get("kid")?.as_str()?.to_owned();
        understood.then_some(Self { kid, claims: object(payload)?, signed, signature })
    }

    /// Who is said to have issued it. Only good for choosing whose keys to ask.
    pub(crate) fn claimed_issuer(&self) -> Option<&str> {
        self.claims.get("iss")?.as_str()
    }

    /// The claims, if `key` signed them.
    pub(crate) fn claims(&self, key: &DecodingKey) -> Option<&Map<String, Value>> {
        // structure/base64-*: the signature is decoded strictly as well.
        let genuine = crypto::verify(self.signature, self.signed.as_bytes(), key, Algorithm::RS256).ok()?;
        genuine.then_some(&self.claims)
    }
}

/// structure/base64-*: this engine takes neither padding nor foreign characters nor loose bits at
/// the end.
fn object(segment: &str) -> Option<Map<String, Value>> {
    json::object(&URL_SAFE_NO_PAD.decode(segment).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parses(header: &str) -> bool {
        Token::parse(&format!("{}.e30.AA", URL_SAFE_NO_PAD.encode(header)), Shape::Okta).is_some()
    }

    #[test]
    fn only_a_header_that_is_understood_is_taken() {
        assert!(parses(r#"{"kid":"k","alg":"RS256"}"#));
        assert!(parses(r#"{"kid":"k","alg":"RS256","typ":"JWT","x":1}"#));
        for bad in [
            r#"{"kid":"k"}"#,
            r#"{"kid":"k","alg":"none"}"#,
            r#"{"kid":"k","alg":"rs256"}"#,
            r#"{"kid":"k","alg":"RS256 "}"#,
            r#"{"kid":"k","alg":["RS256"]}"#,
            r#"{"kid":"k","alg":"HS256","alg":"RS256"}"#,
            r#"{"alg":"RS256"}"#,
            r#"{"kid":1,"alg":"RS256"}"#,
            r#"{"kid":null,"alg":"RS256"}"#,
            r#"{"kid":["k"],"alg":"RS256"}"#,
            r#"{"kid":"k","alg":"RS256","typ":"logout+jwt"}"#,
        ] {
            assert!(!parses(bad), "{bad}");
        }
    }

    #[test]
    fn what_changes_the_meaning_of_a_token_is_refused_in_any_form() {
        for member in [
            r#""crit":["exp"]"#,
            r#""crit":[]"#,
            r#""crit":null"#,
            r#""b64":false"#,
            r#""cty":"JWT""#,
            r#""enc":"A256GCM""#,
            r#""zip":"DEF""#,
        ] {
            assert!(!parses(&format!(r#"{{"kid":"k","alg":"RS256",{member}}}"#)), "{member}");
        }
    }

    #[test]
    fn a_token_has_three_segments_in_strict_base64url() {
        let header = URL_SAFE_NO_PAD.encode(r#"{"kid":"k","alg":"RS256"}"#);
        let parses = |text: &str| Token::parse(text, Shape::Okta).is_some();
        assert!(parses(&format!("{header}.e30.AA")));
        for bad in ["", ".", "..", "abc", "{}", &header, &format!("{header}.e30"), &format!("{header}.e30.AA.")] {
            assert!(!parses(bad), "{bad}");
        }
        for (header, payload) in [
            (header.as_str(), ""),
            ("", "e30"),
            (&header, "e30="),
            (&header, "e31"),
            (&header, "e~30"),
            (&header, "bnVsbA"),
            (&format!("{header}=="), "e30"),
            (&format!(" {header}"), "e30"),
        ] {
            assert!(!parses(&format!("{header}.{payload}.AA")), "{header}.{payload}");
        }
    }

    #[test]
    fn the_issuer_that_a_token_claims_is_one_string() {
        let claimed = |payload: &str| {
            let header = URL_SAFE_NO_PAD.encode(r#"{"kid":"k","alg":"RS256"}"#);
            let text = format!("{header}.{}.AA", URL_SAFE_NO_PAD.encode(payload));
            Token::parse(&text, Shape::Okta).expect("a token").claimed_issuer().map(str::to_owned)
        };
        assert_eq!(claimed(r#"{"iss":"i"}"#).as_deref(), Some("i"));
        for payload in ["{}", r#"{"iss":["i"]}"#, r#"{"iss":null}"#] {
            assert_eq!(claimed(payload), None, "{payload}");
        }
    }
}
