//! Verifies access tokens: the settings of jsonwebtoken, and what they leave open.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::Refusal;
use crate::keys::Keys;

/// The claims of Okta's tokens. One of another type makes the token a bad one.
#[derive(Deserialize)]
#[expect(dead_code, reason = "some are only required, and of this type")]
struct Okta {
    iss: String,
    sub: String,
    cid: String,
    iat: Option<f64>,
    #[serde(default)]
    scp: Vec<String>,
}

/// The claims that RFC 9068 section 2.2 requires, and the scopes.
#[derive(Deserialize)]
#[expect(dead_code, reason = "some are only required, and of this type")]
struct Rfc9068 {
    iss: String,
    sub: String,
    client_id: String,
    iat: f64,
    jti: String,
    #[serde(default)]
    scope: String,
}

/// Who calls, and what was granted.
pub struct Caller {
    pub sub: String,
    scopes: Vec<String>,
}

impl Caller {
    pub fn may(&self, scope: &str) -> Result<(), Refusal> {
        let granted = self.scopes.iter().any(|granted| granted == scope);
        if granted { Ok(()) } else { Err(Refusal::InsufficientScope(scope.to_owned())) }
    }
}

pub struct Verifier {
    keys: Arc<Keys>,
    validation: Validation,
    rfc9068: bool,
}

impl Verifier {
    pub fn new(keys: Arc<Keys>, issuer: &str, audience: &str, rfc9068: bool) -> Self {
        let mut validation = Validation::new(Algorithm::RS256);
        validation.set_issuer(&[issuer]);
        validation.set_audience(&[audience]);
        validation.set_required_spec_claims(&["exp", "iss", "aud"]);
        validation.validate_nbf = true;
        validation.leeway = 30;
        Self { keys, validation, rfc9068 }
    }

    pub async fn verify(&self, token: &str) -> Result<Caller, Refusal> {
        let kid = self.understood(token).ok_or(Refusal::InvalidToken)?;
        let key = self.keys.find(&kid).await?;
        if self.rfc9068 {
            let Rfc9068 { sub, scope, .. } = self.claims(token, &key)?;
            Ok(Caller { sub, scopes: scope.split(' ').map(str::to_owned).collect() })
        } else {
            let Okta { sub, scp, .. } = self.claims(token, &key)?;
            Ok(Caller { sub, scopes: scp })
        }
    }

    fn claims<C: DeserializeOwned>(&self, token: &str, key: &DecodingKey) -> Result<C, Refusal> {
        let verified = decode(token, key, &self.validation).map_err(|_| Refusal::InvalidToken)?;
        Ok(verified.claims)
    }

    /// The `kid`, if the header is one of an access token and demands nothing that is unknown here.
    fn understood(&self, token: &str) -> Option<String> {
        let header = URL_SAFE_NO_PAD.decode(token.split('.').next()?).ok()?;
        let header: Map<String, Value> = serde_json::from_slice(&header).ok()?;
        // RFC 7515 section 4.1.11: an extension that is not understood makes the token invalid.
        if header.contains_key("crit") {
            return None;
        }
        // RFC 9068 section 4 takes these two types and no others. Okta's access tokens have none.
        let types: &[&str] = if self.rfc9068 { &["at+jwt"] } else { &["", "jwt", "at+jwt"] };
        let typ = header.get("typ").map_or(Some(""), Value::as_str)?.to_ascii_lowercase();
        let expected = types.contains(&typ.strip_prefix("application/").unwrap_or(&typ));
        Some(header.get("kid")?.as_str()?.to_owned()).filter(|_| expected)
    }
}
