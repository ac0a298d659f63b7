//! The issuer's keys. One task owns them and fetches, so that there is never more than one
//! fetch at a time; requests read what it published last.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use actix_web::rt;
use jsonwebtoken::DecodingKey;
use jsonwebtoken::jwk::{AlgorithmParameters, Jwk, KeyAlgorithm, KeyOperations, PublicKeyUse};
use reqwest::{Client, StatusCode};
use serde::Deserialize;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, timeout};

use crate::refusal::Refusal;
use crate::report;

/// At most one fetch in this time, however many unknown `kid`s arrive.
const COOLDOWN: Duration = Duration::from_secs(5);
/// A key set is fetched again after this time, so that withdrawn keys go.
const MAX_AGE: Duration = Duration::from_secs(600);
/// A fetch that takes longer has failed.
const PATIENCE: Duration = Duration::from_secs(2);
/// More than this is no key set.
const MAX_BODY: usize = 256 * 1024;

/// The keys that may sign, by `kid`.
type KeySet = Arc<HashMap<String, DecodingKey>>;

/// What a request knows of the keys.
pub(crate) struct Keys {
    published: watch::Receiver<Option<KeySet>>,
    wanted: mpsc::Sender<oneshot::Sender<()>>,
}

impl Keys {
    /// The keys of `issuer`, at Okta's address for them. Nothing is fetched yet.
    pub(crate) fn of(issuer: &str, client: Client) -> Self {
        let (publish, published) = watch::channel(None);
        let (wanted, wishes) = mpsc::channel(64);
        let keeper = Keeper { client, url: format!("{issuer}/v1/keys"), publish, last_attempt: None };
        rt::spawn(keeper.run(wishes));
        Self { published, wanted }
    }

    /// The key of that id, after a new look at the issuer if it isn't known.
    pub(crate) async fn find(&self, kid: &str) -> Result<DecodingKey, Refusal> {
        if let Ok(key) = self.known(kid) {
            return Ok(key);
        }
        let (done, looked) = oneshot::channel();
        // Either fails only while the program ends.
        if self.wanted.send(done).await.is_ok() {
            let _ = looked.await;
        }
        self.known(kid)
    }

    fn known(&self, kid: &str) -> Result<DecodingKey, Refusal> {
        let keys = self.published.borrow();
        let keys = keys.as_ref().ok_or(Refusal::KeysUnavailable)?;
        keys.get(kid).cloned().ok_or(Refusal::InvalidToken)
    }
}

/// The task that owns the keys.
struct Keeper {
    client: Client,
    url: String,
    publish: watch::Sender<Option<KeySet>>,
    last_attempt: Option<Instant>,
}

impl Keeper {
    /// Serves wishes until every [`Keys`] is gone, and looks by itself at the end of `MAX_AGE`.
    async fn run(mut self, mut wishes: mpsc::Receiver<oneshot::Sender<()>>) {
        loop {
            match timeout(MAX_AGE, wishes.recv()).await {
                Ok(None) => return,
                Ok(Some(done)) => {
                    self.look().await;
                    let _ = done.send(());
                }
                Err(_) => self.look().await,
            }
        }
    }

    async fn look(&mut self) {
        // keys/unknown-kid-flood
        if self.last_attempt.is_some_and(|at| at.elapsed() < COOLDOWN) {
            return;
        }
        self.last_attempt = Some(Instant::now());
        match timeout(PATIENCE, self.fetch()).await {
            Ok(Ok(keys)) => {
                self.publish.send_replace(Some(keys));
            }
            // keys/jwks-outage-warm: what was published before still holds.
            Ok(Err(error)) => report(&error),
            Err(elapsed) => report(&elapsed),
        }
    }

    async fn fetch(&self) -> Result<KeySet, FetchError> {
        let mut response = self.client.get(&self.url).send().await?;
        if response.status() != StatusCode::OK {
            return Err(FetchError::Status(response.status()));
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            body.extend_from_slice(&chunk);
            if body.len() > MAX_BODY {
                return Err(FetchError::TooLarge);
            }
        }
        Ok(parse(&body)?)
    }
}

#[derive(Debug, thiserror::Error)]
enum FetchError {
    #[error("no key set from the issuer: check its address and certificate")]
    Http(#[from] reqwest::Error),
    #[error("the issuer answered {0} instead of a key set")]
    Status(StatusCode),
    #[error("the key set is larger than {MAX_BODY} bytes")]
    TooLarge,
    #[error("the answer is not a key set")]
    Malformed(#[from] serde_json::Error),
}

fn parse(body: &[u8]) -> Result<KeySet, serde_json::Error> {
    /// keys/jwks-unknown-members: one by one later, so that none spoils the others.
    #[derive(Deserialize)]
    struct Jwks {
        keys: Vec<serde_json::Value>,
    }
    let jwks: Jwks = serde_json::from_slice(body)?;
    let usable = |value| key(&serde_json::from_value(value).ok()?);
    Ok(Arc::new(jwks.keys.into_iter().filter_map(usable).collect()))
}

/// keys/jwk-*: an RSA key that its issuer means to verify RS256 with.
fn key(jwk: &Jwk) -> Option<(String, DecodingKey)> {
    let common = &jwk.common;
    let signs = common.public_key_use.as_ref().is_none_or(|usage| *usage == PublicKeyUse::Signature);
    let rs256 = common.key_algorithm.is_none_or(|alg| alg == KeyAlgorithm::RS256);
    let verifies = common.key_operations.as_ref().is_none_or(|ops| ops.contains(&KeyOperations::Verify));
    let rsa = matches!(jwk.algorithm, AlgorithmParameters::RSA(_));
    if !(signs && rs256 && verifies && rsa) {
        return None;
    }
    Some((common.key_id.clone()?, DecodingKey::from_jwk(jwk).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_keys_meant_for_rs256_are_kept_and_none_spoils_the_set() {
        let rsa = |rest| format!(r#"{{"kty":"RSA","n":"AQAB","e":"AQAB",{rest}}}"#);
        let keys = [
            rsa(r#""kid":"good","alg":"RS256","use":"sig""#),
            rsa(r#""kid":"plain""#),
            rsa(r#""kid":"pss","alg":"PS256""#),
            rsa(r#""kid":"enc","use":"enc""#),
            rsa(r#""kid":"sign","key_ops":["sign"]"#),
            r#"{"kty":"oct","kid":"oct","k":"AQAB"}"#.to_owned(),
            r#"{"kty":"AKP","kid":"pq"}"#.to_owned(),
            r#"{"kty":"RSA","kid":"no-n"}"#.to_owned(),
            r#""x""#.to_owned(),
        ];
        let body = format!(r#"{{"keys":[{}]}}"#, keys.join(","));

        let set = parse(body.as_bytes()).expect("a key set");

        let mut kids: Vec<_> = set.keys().map(String::as_str).collect();
        kids.sort_unstable();
        assert_eq!(kids, ["good", "plain"]);
    }

    #[test]
    fn what_is_not_a_key_set_is_an_error() {
        for body in ["", "[]", "{}", "<html>", r#"{"keys":null}"#] {
            assert!(parse(body.as_bytes()).is_err(), "{body}");
        }
    }
}
