//! Fourth step: the key. The issuer's set is fetched when needed and kept (RFC 7517).

use std::collections::HashMap;
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::answer::Refusal;
use crate::settings::Settings;

/// At most one fetch in this time, however many unknown `kid`s arrive.
const COOLDOWN: Duration = Duration::from_secs(5);
/// A fetch that takes longer has failed.
const PATIENCE: Duration = Duration::from_secs(2);
/// A key set older than this is fetched again.
const MAX_AGE: Duration = Duration::from_secs(600);
/// More than this is no key set.
const MAX_BODY: usize = 256 * 1024;

/// An RSA key as it is published, as far as the server looks at it.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Jwk {
    kty: String,
    kid: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    usage: Option<String>,
    key_ops: Option<Vec<String>>,
    /// The modulus, base64url.
    pub(crate) n: String,
    /// The exponent, base64url.
    pub(crate) e: String,
}

impl Jwk {
    /// Whether its owner means it to verify RS256.
    fn is_meant_to_verify(&self) -> bool {
        self.kty == "RSA"
            && self.alg.as_ref().is_none_or(|alg| alg == "RS256")
            && self.usage.as_ref().is_none_or(|usage| usage == "sig")
            && self.key_ops.as_ref().is_none_or(|ops| ops.iter().any(|op| op == "verify"))
    }
}

/// The issuer's keys, as last seen. One request at a time looks, and fetches if it must.
#[derive(Default)]
pub(crate) struct KeyCache(Mutex<Seen>);

#[derive(Default)]
struct Seen {
    keys: Option<HashMap<String, Jwk>>,
    fetched: Option<Instant>,
    attempted: Option<Instant>,
}

impl KeyCache {
    /// The key of that id, after a new look at the issuer where one is due.
    pub(crate) async fn find(&self, kid: &str, settings: &Settings) -> Result<Jwk, Refusal> {
        let mut seen = self.0.lock().await;
        if seen.lacks(kid) && seen.attempted.is_none_or(|at| at.elapsed() >= COOLDOWN) {
            seen.attempted = Some(Instant::now());
            if let Some(keys) = fetch(settings).await {
                seen.keys = Some(keys);
                seen.fetched = Some(Instant::now());
            }
        }
        let keys = seen.keys.as_ref().ok_or(Refusal::KeysUnavailable)?;
        keys.get(kid).cloned().ok_or(Refusal::InvalidToken)
    }
}

impl Seen {
    fn lacks(&self, kid: &str) -> bool {
        let fresh = self.fetched.is_some_and(|at| at.elapsed() < MAX_AGE);
        !fresh || self.keys.as_ref().is_none_or(|keys| !keys.contains_key(kid))
    }
}

async fn fetch(settings: &Settings) -> Option<HashMap<String, Jwk>> {
    let url = format!("{}/v1/keys", settings.issuer);
    let mut response = settings.client.get(url).timeout(PATIENCE).send().await.ok()?;
    if response.status() != reqwest::StatusCode::OK {
        return None;
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.ok()? {
        body.extend_from_slice(&chunk);
        if body.len() > MAX_BODY {
            return None;
        }
    }
    parse(&body)
}

/// A member that can't be used doesn't spoil the others.
fn parse(body: &[u8]) -> Option<HashMap<String, Jwk>> {
    let set: Value = serde_json::from_slice(body).ok()?;
    let keys = set.get("keys")?.as_array()?;
    let usable = |key: &Value| {
        let key: Jwk = serde_json::from_value(key.clone()).ok()?;
        let kid = key.kid.clone()?;
        key.is_meant_to_verify().then_some((kid, key))
    };
    Some(keys.iter().filter_map(usable).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_keys_that_are_meant_to_verify_are_kept() {
        let rsa = |rest| format!(r#"{{"kty":"RSA","n":"AQAB","e":"AQAB",{rest}}}"#);
        let keys = [
            rsa(r#""kid":"good","alg":"RS256","use":"sig""#),
            rsa(r#""kid":"pss","alg":"PS256""#),
            rsa(r#""kid":"enc","use":"enc""#),
            rsa(r#""kid":"sign","key_ops":["sign"]"#),
            r#"{"kty":"oct","kid":"oct","k":"AQAB"}"#.to_owned(),
            "1".to_owned(),
        ];
        let body = format!(r#"{{"keys":[{}]}}"#, keys.join(","));
        let kept = parse(body.as_bytes()).expect("a key set");
        assert_eq!(kept.keys().collect::<Vec<_>>(), ["good"]);
    }

    #[test]
    fn what_is_not_a_key_set_changes_nothing() {
        for body in ["", "[]", "{}", r#"{"keys":null}"#, "<html>"] {
            assert!(parse(body.as_bytes()).is_none(), "{body}");
        }
    }
}
