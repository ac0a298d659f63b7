//! The issuer's keys: fetched when they are needed, and kept.

use std::collections::HashMap;
use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jsonwebtoken::jwk::{Jwk, JwkSet, KeyAlgorithm, KeyOperations, PublicKeyUse};
use jsonwebtoken::{AlgorithmFamily, DecodingKey};
use reqwest::{Client, redirect};
use serde::Deserialize;
use tokio::sync::{Mutex, RwLock};

use crate::Refusal;

/// How long a key set is kept.
const MAX_AGE: Duration = Duration::from_secs(600);
/// How long after a fetch an unknown `kid` leads to no other one.
const COOLDOWN: Duration = Duration::from_secs(5);
/// How long a request may wait for a fetch.
const TIMEOUT: Duration = Duration::from_millis(1500);

pub struct Keys {
    client: Client,
    uri: String,
    set: RwLock<Option<KeySet>>,
    /// When the last fetch ended. Locked during a fetch, so that there is one at a time.
    fetched: Mutex<Option<Instant>>,
}

struct KeySet {
    keys: HashMap<String, DecodingKey>,
    since: Instant,
}

impl Keys {
    /// The keys of `issuer`, which are at `uri`, or where its metadata says.
    pub async fn of(issuer: &str, uri: Option<String>) -> Result<Arc<Self>, Box<dyn Error>> {
        let client = Client::builder().timeout(TIMEOUT).redirect(redirect::Policy::none()).build()?;
        let uri = match uri {
            Some(uri) => uri,
            None => discover(&client, issuer).await?,
        };
        Ok(Arc::new(Self { client, uri, set: RwLock::default(), fetched: Mutex::default() }))
    }

    pub async fn find(self: &Arc<Self>, kid: &str) -> Result<DecodingKey, Refusal> {
        if let Some(set) = &*self.set.read().await
            && let Some(key) = set.keys.get(kid)
            && set.since.elapsed() < MAX_AGE
        {
            return Ok(key.clone());
        }
        // A task of its own: a caller that hangs up doesn't end the fetch that others wait for.
        let keys = Arc::clone(self);
        let _ = tokio::spawn(async move { keys.refresh().await }).await;
        let set = self.set.read().await;
        let keys = &set.as_ref().ok_or(Refusal::KeysUnavailable)?.keys;
        keys.get(kid).cloned().ok_or(Refusal::InvalidToken)
    }

    async fn refresh(&self) {
        let mut fetched = self.fetched.lock().await;
        if fetched.is_some_and(|at| at.elapsed() < COOLDOWN) {
            return;
        }
        match self.fetch().await {
            Ok(keys) => *self.set.write().await = Some(KeySet { keys, since: Instant::now() }),
            // The last set is used until another one comes.
            Err(error) => eprintln!("no key set: {error:?}"),
        }
        *fetched = Some(Instant::now());
    }

    async fn fetch(&self) -> reqwest::Result<HashMap<String, DecodingKey>> {
        let response = self.client.get(&self.uri).send().await?.error_for_status()?;
        Ok(response.json::<JwkSet>().await?.keys.into_iter().filter_map(usable).collect())
    }
}

/// RFC 8414 section 3.3: the metadata must name the issuer that was asked.
async fn discover(client: &Client, issuer: &str) -> Result<String, Box<dyn Error>> {
    #[derive(Deserialize)]
    struct Metadata {
        issuer: String,
        jwks_uri: String,
    }
    let base = issuer.strip_suffix('/').unwrap_or(issuer); // OpenID Connect Discovery section 4
    let address = format!("{base}/.well-known/openid-configuration");
    let metadata: Metadata = client.get(address).send().await?.error_for_status()?.json().await?;
    if metadata.issuer != issuer {
        return Err(format!("{issuer} calls itself {}", metadata.issuer).into());
    }
    Ok(metadata.jwks_uri)
}

/// Leaves out keys that can't be used (RFC 7517 section 5) and those for another purpose (sections 4.2 to 4.4).
fn usable(jwk: Jwk) -> Option<(String, DecodingKey)> {
    let key = DecodingKey::from_jwk(&jwk).ok()?;
    let common = jwk.common;
    let for_rs256 = key.family() == AlgorithmFamily::Rsa
        && common.key_algorithm.is_none_or(|alg| alg == KeyAlgorithm::RS256)
        && common.public_key_use.is_none_or(|usage| usage == PublicKeyUse::Signature)
        && common.key_operations.is_none_or(|operations| operations.contains(&KeyOperations::Verify));
    for_rs256.then_some((common.key_id?, key))
}
