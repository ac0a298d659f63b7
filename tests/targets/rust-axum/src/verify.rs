//! Judges a token: `jsonwebtoken` at its strictest, and by hand what that leaves open.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, Header, Validation, decode, decode_header};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::challenge::Refusal;
use crate::jwks::{KeyCache, NoKey};
use crate::settings::Settings;

/// Header members that change how a token is to be read, and that this server doesn't know.
const NOT_UNDERSTOOD: [&str; 2] = ["crit", "b64"];

/// The media types of an access token; Okta's has none.
const TYPES: [&str; 3] = ["JWT", "at+jwt", "application/at+jwt"];

/// Judges tokens by the settings it was made with.
pub(crate) struct Verifier {
    validation: Validation,
    scope: String,
    keys: KeyCache,
}

/// What a good token says. But for `scp`, a claim of the wrong type makes it a bad one.
#[derive(Debug, Deserialize)]
pub(crate) struct Claims {
    /// issuer/array: `jsonwebtoken` compares each member of an array, a `String` takes none.
    #[serde(rename = "iss")]
    _iss: String,
    /// The caller.
    pub(crate) sub: String,
    /// The client, as Okta names it.
    cid: Option<String>,
    /// The client, as RFC 9068 names it.
    client_id: Option<String>,
    /// Okta's form is an array. Whatever else it may be grants nothing.
    #[serde(default)]
    scp: Value,
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
        Self { validation, scope: settings.scope, keys: KeyCache::new(settings.jwks) }
    }

    /// The claims of `token`, all of it checked but the scope.
    pub(crate) async fn verify(&self, token: &str) -> Result<Claims, Refusal> {
        // structure/*: `decode` wants three segments, in strict base64url, none of them empty.
        let kid = understood(token)?.kid.ok_or(Refusal::InvalidToken)?;
        let key = self.keys.find(&kid).await.map_err(|missing| match missing {
            NoKey::Unknown => Refusal::InvalidToken,
            NoKey::Unavailable => Refusal::KeysUnavailable,
        })?;
        let claims = decode::<Claims>(token, &key, &self.validation).map_err(|_| Refusal::InvalidToken)?.claims;
        // token-type/id-token: told apart by `aud`, and where that names this API too, by this.
        if claims.cid.is_none() && claims.client_id.is_none() {
            return Err(Refusal::InvalidToken);
        }
        Ok(claims)
    }

    /// Whether the token grants the scope of the route.
    ///
    /// scope/partial-match: whole members are compared, byte by byte, and a string is no list.
    pub(crate) fn authorise(&self, claims: &Claims) -> Result<(), Refusal> {
        let granted = claims.scp.as_array().map(Vec::as_slice).unwrap_or_default();
        if granted.iter().any(|scope| *scope == self.scope) {
            return Ok(());
        }
        Err(Refusal::InsufficientScope { required: self.scope.clone() })
    }
}

/// The header, if nothing in it asks for more than this server does.
fn understood(token: &str) -> Result<Header, Refusal> {
    let header = decode_header(token).map_err(|_| Refusal::InvalidToken)?;
    // signature/alg-none, signature/hs256-pubkey-pem: `decode` checks this too, but only
    // after a key was looked for.
    let expected = header.alg == Algorithm::RS256 && expected_type(header.typ.as_deref());
    // signature/crit-unknown: `jsonwebtoken` parses `crit` and checks nothing of it.
    let members = members(token).ok_or(Refusal::InvalidToken)?;
    let unknown = NOT_UNDERSTOOD.iter().any(|name| members.contains_key(*name));
    if expected && !unknown { Ok(header) } else { Err(Refusal::InvalidToken) }
}

/// token-type/wrong-typ: `jsonwebtoken` doesn't look at `typ`. Media types have no case.
fn expected_type(typ: Option<&str>) -> bool {
    typ.is_none_or(|typ| TYPES.iter().any(|known| known.eq_ignore_ascii_case(typ)))
}

/// The header as it was sent: in [`Header`] `"crit": null` looks like none at all.
fn members(token: &str) -> Option<Map<String, Value>> {
    let header = URL_SAFE_NO_PAD.decode(token.split('.').next()?).ok()?;
    serde_json::from_slice(&header).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepted(header: &str) -> bool {
        understood(&format!("{}.e30.AA", URL_SAFE_NO_PAD.encode(header))).is_ok()
    }

    #[test]
    fn the_header_of_okta_is_understood() {
        assert!(accepted(r#"{"kid":"k","alg":"RS256"}"#));
        assert!(accepted(r#"{"kid":"k","alg":"RS256","x":1}"#));
    }

    #[test]
    fn a_critical_extension_is_refused_in_any_form() {
        for member in [r#""crit":["x"]"#, r#""crit":["exp"]"#, r#""crit":[]"#, r#""crit":null"#] {
            assert!(!accepted(&format!(r#"{{"kid":"k","alg":"RS256",{member}}}"#)), "{member}");
        }
    }

    #[test]
    fn only_rs256_is_understood() {
        for alg in ["none", "None", "HS256", "RS384", "rs256"] {
            assert!(!accepted(&format!(r#"{{"kid":"k","alg":"{alg}"}}"#)), "{alg}");
        }
    }

    #[test]
    fn the_type_of_an_access_token_is_known_in_any_case() {
        for typ in [None, Some("JWT"), Some("at+jwt"), Some("at+JWT"), Some("application/at+jwt")] {
            assert!(expected_type(typ), "{typ:?}");
        }
        assert!(!expected_type(Some("logout+jwt")));
    }
}
