//! The issuer's keys: fetched when needed, kept, and never fetched faster than the cooldown.

use std::collections::HashMap;

use jsonwebtoken::DecodingKey;
use reqwest::StatusCode;
use serde::Deserialize;
use tokio::sync::{Mutex, RwLock};
use tokio::time::Instant;

use crate::settings::JwksSource;

/// More than this is no key set.
const MAX_BODY: usize = 256 * 1024;

/// The keys that may sign, by `kid`.
type KeySet = HashMap<String, DecodingKey>;

/// The key set of the issuer, as last seen.
pub(crate) struct KeyCache {
    source: JwksSource,
    seen: RwLock<Option<Seen>>,
    /// Held during a fetch, so that there is one at a time; those who waited find it done.
    last_attempt: Mutex<Option<Instant>>,
}

struct Seen {
    keys: KeySet,
    at: Instant,
}

/// Why there is no key for a `kid`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum NoKey {
    /// The issuer doesn't publish it.
    Unknown,
    /// No key set was obtained yet.
    Unavailable,
}

/// Why a fetch of the key set failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JwksError {
    /// When there is no answer: refused, not trusted, cut off, or too slow.
    #[error("no key set from the issuer: check its address and certificate")]
    Http(#[from] reqwest::Error),
    /// When the answer isn't 200. Redirects aren't followed.
    #[error("the issuer answered {0} instead of a key set")]
    Status(StatusCode),
    /// When the answer goes on past 256 KiB.
    #[error("the key set is larger than {MAX_BODY} bytes")]
    TooLarge,
    /// When the answer isn't an object with an array `keys` (RFC 7517 5).
    #[error("the answer is not a key set")]
    Malformed(#[from] serde_json::Error),
}

impl KeyCache {
    pub(crate) fn new(source: JwksSource) -> Self {
        Self { source, seen: RwLock::default(), last_attempt: Mutex::default() }
    }

    /// The key of that id. An unknown one may have been published since, so the set is fetched
    /// again, within the cooldown (keys/rotation-new-key, keys/unknown-kid-flood).
    pub(crate) async fn find(&self, kid: &str) -> Result<DecodingKey, NoKey> {
        if let Some(key) = self.fresh(kid).await {
            return Ok(key);
        }
        self.refresh().await;
        // keys/jwks-outage-warm: after a failed fetch the keys seen before still hold.
        let seen = self.seen.read().await;
        let keys = &seen.as_ref().ok_or(NoKey::Unavailable)?.keys;
        keys.get(kid).cloned().ok_or(NoKey::Unknown)
    }

    async fn fresh(&self, kid: &str) -> Option<DecodingKey> {
        let seen = self.seen.read().await;
        let seen = seen.as_ref().filter(|seen| seen.at.elapsed() < self.source.max_age)?;
        seen.keys.get(kid).cloned()
    }

    async fn refresh(&self) {
        let mut last_attempt = self.last_attempt.lock().await;
        if last_attempt.is_some_and(|at| at.elapsed() < self.source.cooldown) {
            return;
        }
        // Before the fetch: a caller who hangs up cancels the fetch, and must not undo this.
        *last_attempt = Some(Instant::now());
        match self.fetch().await {
            Ok(keys) => {
                let at = Instant::now();
                *self.seen.write().await = Some(Seen { keys, at });
            }
            Err(error) => (self.source.on_error)(&error),
        }
    }

    async fn fetch(&self) -> Result<KeySet, JwksError> {
        let request = self.source.client.get(&self.source.url).timeout(self.source.timeout);
        let mut response = request.send().await?;
        if response.status() != StatusCode::OK {
            return Err(JwksError::Status(response.status()));
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            body.extend_from_slice(&chunk);
            // keys/jwks-transport: nobody is bound to stop sending.
            if body.len() > MAX_BODY {
                return Err(JwksError::TooLarge);
            }
        }
        Ok(parse(&body)?)
    }
}

fn parse(body: &[u8]) -> Result<KeySet, serde_json::Error> {
    /// One by one later: a member of a kind we don't know must not spoil the others.
    #[derive(Deserialize)]
    struct Jwks {
        keys: Vec<serde_json::Value>,
    }
    let jwks: Jwks = serde_json::from_slice(body)?;
    let usable = |value| serde_json::from_value::<Jwk>(value).ok()?.into_key();
    Ok(jwks.keys.into_iter().filter_map(usable).collect())
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
    /// Only a key that its issuer means to verify RS256 with. `jsonwebtoken` would take any
    /// (keys/jwk-use-enc, keys/jwk-alg-mismatch, keys/jwk-oct-published).
    fn into_key(self) -> Option<(String, DecodingKey)> {
        let meant = self.kty == "RSA"
            && self.alg.is_none_or(|alg| alg == "RS256")
            && self.usage.is_none_or(|usage| usage == "sig")
            && self.key_ops.is_none_or(|ops| ops.iter().any(|op| op == "verify"));
        let key = DecodingKey::from_rsa_components(&self.n, &self.e).ok()?;
        meant.then_some((self.kid, key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kids(keys: &str) -> Vec<String> {
        let body = format!("{{\"keys\":[{keys}]}}");
        parse(body.as_bytes()).expect("a key set").into_keys().collect()
    }

    #[test]
    fn a_member_that_can_not_be_read_does_not_spoil_the_set() {
        let good = r#"{"kty":"RSA","kid":"good","n":"AQAB","e":"AQAB"}"#;
        let keys = format!(r#"{{"kty":"AKP","kid":"pq"}},{{"kty":"RSA","kid":"no-n"}},"x",{good}"#);
        assert_eq!(kids(&keys), ["good"]);
    }

    #[test]
    fn a_key_for_another_purpose_is_left_out() {
        for purpose in [r#""use":"enc""#, r#""alg":"PS256""#, r#""key_ops":["encrypt"]"#, r#""key_ops":["sign"]"#] {
            let key = format!(r#"{{"kty":"RSA","kid":"k","n":"AQAB","e":"AQAB",{purpose}}}"#);
            assert!(kids(&key).is_empty(), "{purpose}");
        }
    }

    #[test]
    fn what_is_not_a_key_set_is_an_error() {
        for body in ["", "[]", "{}", "<html>", r#"{"keys":null}"#, r#"{"keys":{}}"#] {
            assert!(parse(body.as_bytes()).is_err(), "{body}");
        }
    }
}
