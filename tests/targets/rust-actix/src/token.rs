//! Reads and judges a token by hand: pure functions of the token, a key and the time.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, crypto};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// How far the clocks may be apart, in seconds.
const LEEWAY: f64 = 5.0;

/// The media types of an access token, where it has one.
const TYPES: [&str; 3] = ["jwt", "at+jwt", "application/at+jwt"];

/// A token in three segments whose header this server understands. Nothing else is checked yet.
pub(crate) struct Token<'a> {
    /// The key that is said to have signed it.
    pub(crate) kid: String,
    signed: &'a str,
    payload: &'a str,
    signature: &'a str,
}

/// What a token says whose signature is good. A claim of a wrong type makes the token a bad one.
#[derive(Deserialize)]
pub(crate) struct Claims {
    iss: String,
    aud: Audience,
    exp: f64,
    nbf: Option<f64>,
    /// The caller.
    pub(crate) sub: String,
    cid: Option<String>,
    client_id: Option<String>,
    #[serde(default)]
    scp: Value,
}

/// One name or several (RFC 7519 4.1.3).
#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

impl<'a> Token<'a> {
    /// Splits `text` and reads its header: RS256, a `kid`, and nothing critical.
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let (signed, signature) = text.rsplit_once('.')?;
        // structure/segment-count: a fourth segment leaves a dot in the payload, which is no
        // base64url. structure/empty-segments: an empty one is no JSON, or no signature.
        let (header, payload) = signed.split_once('.')?;
        let header: Map<String, Value> = json(header)?;
        // signature/alg-none, signature/hs256-pubkey-pem: one algorithm, not the header's choice.
        let understood = header.get("alg")? == "RS256"
            && header.get("typ").is_none_or(expected_type)
            // signature/crit-unknown: no extension is understood here.
            && !header.contains_key("crit")
            && !header.contains_key("b64");
        let kid = header.get("kid")?.as_str()?.to_owned();
        understood.then_some(Self { kid, signed, payload, signature })
    }

    /// The claims, if `key` signed them.
    pub(crate) fn claims(&self, key: &DecodingKey) -> Option<Claims> {
        let signed = self.signed.as_bytes();
        let genuine = crypto::verify(self.signature, signed, key, Algorithm::RS256).ok()?;
        if genuine { json(self.payload) } else { None }
    }
}

impl Claims {
    /// Whether this is an access token of `issuer` for `audience` that holds at `now`, in
    /// seconds since 1970.
    pub(crate) fn hold(&self, issuer: &str, audience: &str, now: f64) -> bool {
        let meant = match &self.aud {
            Audience::One(name) => name == audience,
            Audience::Many(names) => names.iter().any(|name| name == audience),
        };
        let in_time = now < self.exp + LEEWAY
            // time/nbf-future: Okta sends none, but one that is there counts.
            && self.nbf.is_none_or(|nbf| nbf <= now + LEEWAY);
        // token-type/id-token: an ID token may name this API too, but names no client this way.
        let of_access = self.cid.is_some() || self.client_id.is_some();
        self.iss == issuer && meant && in_time && of_access
    }

    /// scope/partial-match: Okta's array, compared by whole members.
    pub(crate) fn grant(&self, scope: &str) -> bool {
        self.scp.as_array().is_some_and(|granted| granted.iter().any(|one| one == scope))
    }
}

/// token-type/wrong-typ. Media types are compared case-insensitively.
fn expected_type(typ: &Value) -> bool {
    typ.as_str().is_some_and(|typ| TYPES.contains(&typ.to_ascii_lowercase().as_str()))
}

fn json<T: DeserializeOwned>(segment: &str) -> Option<T> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(segment).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parses(header: &str) -> bool {
        Token::parse(&format!("{}.e30.AA", URL_SAFE_NO_PAD.encode(header))).is_some()
    }

    fn claims(json: &str) -> Option<Claims> {
        let common = r#""iss":"i","sub":"s","cid":"c""#;
        serde_json::from_str(&format!("{{{common},{json}}}")).ok()
    }

    fn hold(json: &str) -> bool {
        claims(json).is_some_and(|claims| claims.hold("i", "a", 1000.0))
    }

    #[test]
    fn only_a_header_that_is_understood_is_taken() {
        assert!(parses(r#"{"kid":"k","alg":"RS256"}"#));
        assert!(parses(r#"{"kid":"k","alg":"RS256","typ":"at+JWT","x":1}"#));
        for bad in [
            r#"{"kid":"k","alg":"none"}"#,
            r#"{"kid":"k","alg":["RS256"]}"#,
            r#"{"alg":"RS256"}"#,
            r#"{"kid":1,"alg":"RS256"}"#,
            r#"{"kid":"k","alg":"RS256","crit":["exp"]}"#,
            r#"{"kid":"k","alg":"RS256","crit":null}"#,
            r#"{"kid":"k","alg":"RS256","typ":"logout+jwt"}"#,
        ] {
            assert!(!parses(bad), "{bad}");
        }
    }

    #[test]
    fn the_time_of_a_token_is_kept_within_the_leeway() {
        assert!(hold(r#""aud":"a","exp":996"#));
        assert!(!hold(r#""aud":"a","exp":995"#));
        assert!(hold(r#""aud":"a","exp":2000.5,"nbf":1005"#));
        assert!(!hold(r#""aud":"a","exp":2000,"nbf":1006"#));
        assert!(!hold(r#""aud":"a","exp":"2000""#));
        assert!(!hold(r#""aud":"a""#));
    }

    #[test]
    fn the_audience_is_one_whole_member() {
        assert!(hold(r#""exp":2000,"aud":["b","a"]"#));
        for aud in [r#""b""#, r#""aa""#, r#"["b"]"#, "[]", r#"[["a"]]"#, "null"] {
            assert!(!hold(&format!(r#""exp":2000,"aud":{aud}"#)), "{aud}");
        }
    }

    #[test]
    fn a_scope_is_granted_by_a_whole_member_of_an_array() {
        let grants = |scp| claims(&format!(r#""aud":"a","exp":1,"scp":{scp}"#)).is_some_and(|it| it.grant("x_y"));
        assert!(grants(r#"["a","x_y"]"#));
        for scp in [r#"["x_y_z"]"#, r#"["X_Y"]"#, r#"["a x_y"]"#, r#""x_y""#, "[]", "null", "1"] {
            assert!(!grants(scp), "{scp}");
        }
    }
}
