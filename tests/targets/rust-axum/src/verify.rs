//! Judges a token: `jsonwebtoken` at its strictest, and by hand what that leaves open.

use std::time::Duration;

use jsonwebtoken::{Algorithm, Validation, decode, get_current_timestamp};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use crate::challenge::Refusal;
use crate::jwks::{KeyCache, NoKey};
use crate::settings::Settings;
use crate::strict;

/// Header members that change how a token is to be read, and that this server doesn't know.
///
/// signature/crit-*, signature/b64-false: what they mean is for the caller of the library to know.
/// structure/nested-jwt, structure/jwe-wrapped-plainjwt: a token inside of a token isn't unwrapped.
const NOT_UNDERSTOOD: [&str; 5] = ["crit", "b64", "cty", "enc", "zip"];

/// The media type of Okta's access tokens, where it is said at all (RFC 7515 4.1.9).
const TYPES: [&str; 2] = ["JWT", "application/jwt"];

/// Judges tokens by the settings it was made with.
pub(crate) struct Verifier {
    validation: Validation,
    leeway: Duration,
    clients: Vec<String>,
    keys: KeyCache,
}

/// What a good token says. But for `scp`, a claim of the wrong type makes it a bad one.
#[derive(Debug, Deserialize)]
struct Claims {
    /// issuer/array: a `String` takes no array.
    #[serde(rename = "iss")]
    _iss: String,
    sub: String,
    /// token-type/id-token: told apart by `aud`, and where that names this API too, by this.
    cid: String,
    #[serde(default, deserialize_with = "number")]
    iat: Option<f64>,
    /// Okta's form is an array. Whatever else it may be grants nothing.
    #[serde(default)]
    scp: Value,
}

/// Who calls, by a token that passed every check but that of the scope.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    /// The `sub` of the token.
    pub(crate) sub: String,
    granted: Vec<String>,
}

impl Verifier {
    pub(crate) fn new(settings: Settings) -> Self {
        let mut validation = Validation::new(Algorithm::RS256);
        validation.leeway = settings.leeway.as_secs();
        // time/nbf-future: off by default.
        validation.validate_nbf = true;
        // audience/other, issuer/other: without this an absent claim passes.
        validation.set_required_spec_claims(&["exp", "iss", "aud"]);
        validation.set_audience(&[&settings.audience]);
        validation.set_issuer(&[&settings.issuer]);
        Self { validation, leeway: settings.leeway, clients: settings.clients, keys: KeyCache::new(settings.jwks) }
    }

    /// Who sent `token`: all of it is checked but what it grants.
    pub(crate) async fn verify(&self, token: &str) -> Result<Caller, Refusal> {
        let (kid, payload) = understood(token).ok_or(Refusal::InvalidToken)?;
        let key = self.keys.find(&kid).await.map_err(|missing| match missing {
            NoKey::Unknown => Refusal::InvalidToken,
            NoKey::Unavailable => Refusal::KeysUnavailable,
        })?;
        let claims = decode::<Claims>(token, &key, &self.validation).map_err(|_| Refusal::InvalidToken)?.claims;
        // structure/duplicate-claim: `decode` only minds the claims that it knows.
        strict::object(payload).ok_or(Refusal::InvalidToken)?;
        if self.is_from_the_future(&claims) || self.is_of_a_foreign_client(&claims) {
            return Err(Refusal::InvalidToken);
        }
        Ok(Caller { granted: scopes(&claims.scp), sub: claims.sub })
    }

    /// time/iat-anomalies: compared by hand, with the same leeway as `exp`.
    fn is_from_the_future(&self, claims: &Claims) -> bool {
        let latest = get_current_timestamp() as f64 + self.leeway.as_secs_f64();
        claims.iat.is_some_and(|iat| iat > latest)
    }

    /// token-type/foreign-client: only where the clients are known.
    fn is_of_a_foreign_client(&self, claims: &Claims) -> bool {
        !self.clients.is_empty() && !self.clients.contains(&claims.cid)
    }
}

impl Caller {
    /// scope/conjunction, scope/partial-match: each of `required` is granted, compared byte by byte.
    pub(crate) fn may(&self, required: &[String]) -> Result<(), Refusal> {
        if required.iter().all(|scope| self.granted.contains(scope)) {
            return Ok(());
        }
        Err(Refusal::InsufficientScope { required: required.join(" ") })
    }
}

/// scope/claim-form, scope/typed-garbage: an array of strings, and all else is no grant.
fn scopes(scp: &Value) -> Vec<String> {
    let one = |scope: &Value| scope.as_str().map(str::to_owned);
    scp.as_array().and_then(|scopes| scopes.iter().map(one).collect()).unwrap_or_default()
}

/// The `kid` and the payload's segment, if nothing in the header asks for more than this server does.
fn understood(token: &str) -> Option<(String, &str)> {
    // structure/segment-count
    let mut segments = token.split('.');
    let (header, payload, _, None) = (segments.next()?, segments.next()?, segments.next()?, segments.next()) else {
        return None;
    };
    let header = strict::object(header)?;
    // signature/alg-none, signature/hs256-pubkey-pem: `decode` checks this too, but only after a
    // key was looked for.
    let rs256 = header.get("alg")? == "RS256";
    if !rs256 || !expected_type(&header) || NOT_UNDERSTOOD.iter().any(|name| header.contains_key(*name)) {
        return None;
    }
    // signature/kid-typed, signature/kid-missing
    Some((header.get("kid")?.as_str()?.to_owned(), payload))
}

/// token-type/wrong-typ: compared by hand. Media types have no case.
fn expected_type(header: &Map<String, Value>) -> bool {
    let known = |typ: &str| TYPES.iter().any(|known| known.eq_ignore_ascii_case(typ));
    header.get("typ").is_none_or(|typ| typ.as_str().is_some_and(known))
}

/// time/iat-anomalies: a claim that is there is a number, and `null` is none.
fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
    f64::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;

    fn accepted(header: &str) -> bool {
        understood(&format!("{}.e30.AA", URL_SAFE_NO_PAD.encode(header))).is_some()
    }

    #[test]
    fn the_header_of_okta_is_understood() {
        assert!(accepted(r#"{"kid":"k","alg":"RS256"}"#));
        assert!(accepted(r#"{"kid":"k","alg":"RS256","x":1}"#));
    }

    #[test]
    fn a_token_has_three_segments() {
        let header = URL_SAFE_NO_PAD.encode(r#"{"kid":"k","alg":"RS256"}"#);
        assert!(understood(&format!("{header}.e30.AA")).is_some());
        for bad in ["", ".", "..", "abc", "{}", &header, &format!("{header}.e30"), &format!("{header}.e30.AA.")] {
            assert!(understood(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn what_changes_the_meaning_of_a_token_is_refused_in_any_form() {
        for member in [
            r#""crit":["x"]"#,
            r#""crit":["exp"]"#,
            r#""crit":[]"#,
            r#""crit":null"#,
            r#""b64":false"#,
            r#""cty":"JWT""#,
            r#""enc":"A256GCM""#,
            r#""zip":"DEF""#,
        ] {
            assert!(!accepted(&format!(r#"{{"kid":"k","alg":"RS256",{member}}}"#)), "{member}");
        }
    }

    #[test]
    fn only_rs256_is_understood() {
        for alg in
            [r#""none""#, r#""None""#, r#""HS256""#, r#""RS384""#, r#""rs256""#, r#""RS256 ""#, r#"["RS256"]"#, "0"]
        {
            assert!(!accepted(&format!(r#"{{"kid":"k","alg":{alg}}}"#)), "{alg}");
        }
        assert!(!accepted(r#"{"kid":"k"}"#));
    }

    #[test]
    fn the_id_of_the_key_is_a_string() {
        for kid in ["1", "null", "true", "[]", "{}"] {
            assert!(!accepted(&format!(r#"{{"kid":{kid},"alg":"RS256"}}"#)), "{kid}");
        }
        assert!(!accepted(r#"{"alg":"RS256"}"#));
    }

    #[test]
    fn the_type_of_an_access_token_is_known_in_any_case() {
        for typ in [r#""JWT""#, r#""jwt""#, r#""application/jwt""#] {
            assert!(accepted(&format!(r#"{{"kid":"k","alg":"RS256","typ":{typ}}}"#)), "{typ}");
        }
        for typ in [r#""at+jwt""#, r#""logout+jwt""#, r#""dpop+jwt""#, r#""""#, "null", "1"] {
            assert!(!accepted(&format!(r#"{{"kid":"k","alg":"RS256","typ":{typ}}}"#)), "{typ}");
        }
    }

    #[test]
    fn only_an_array_of_strings_grants() {
        let granted = |json: &str| scopes(&serde_json::from_str(json).expect("JSON"));
        assert_eq!(granted(r#"["a","b c"]"#), ["a", "b c"]);
        for scp in [r#""a""#, "null", "1", r#"{"a":true}"#, r#"[["a"]]"#, r#"["a",1]"#] {
            assert!(granted(scp).is_empty(), "{scp}");
        }
    }

    #[test]
    fn a_route_may_need_several_scopes_and_all_of_them() {
        let caller = Caller { sub: String::new(), granted: vec!["a".to_owned(), "b".to_owned()] };
        assert_eq!(caller.may(&["b".to_owned(), "a".to_owned()]), Ok(()));
        let required = ["a".to_owned(), "c".to_owned()];
        assert_eq!(caller.may(&required), Err(Refusal::InsufficientScope { required: "a c".to_owned() }));
    }
}
