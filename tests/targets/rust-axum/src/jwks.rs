//! The issuer's keys: fetched when needed, kept, and never fetched faster than the cooldown.

use std::sync::Arc;

use jsonwebtoken::DecodingKey;
use reqwest::StatusCode;
use tokio::sync::{Mutex, RwLock};
use tokio::time::Instant;

use crate::jwk::{self, KeySet};
use crate::settings::JwksSource;

/// More than this is no key set.
const MAX_BODY: usize = 256 * 1024;

/// The key set of the issuer, as last seen.
pub(crate) struct KeyCache {
    shared: Arc<Shared>,
}

struct Shared {
    source: JwksSource,
    seen: RwLock<Option<Seen>>,
    /// Held during a fetch, so that there is one at a time.
    last: Mutex<Option<Attempt>>,
}

struct Seen {
    keys: KeySet,
    at: Instant,
}

/// A fetch, whatever came of it.
struct Attempt {
    began: Instant,
    ended: Instant,
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
        Self { shared: Arc::new(Shared { source, seen: RwLock::default(), last: Mutex::default() }) }
    }

    /// The key of that id. An unknown one may have been published since, so the set is fetched
    /// again, within the cooldown (keys/rotation-new-key, keys/unknown-kid-flood).
    pub(crate) async fn find(&self, kid: &str) -> Result<DecodingKey, NoKey> {
        if let Some(key) = self.fresh(kid).await {
            return Ok(key);
        }
        self.refresh().await;
        // keys/jwks-outage-warm: after a failed fetch the keys seen before still hold.
        let seen = self.shared.seen.read().await;
        let keys = &seen.as_ref().ok_or(NoKey::Unavailable)?.keys;
        keys.get(kid).cloned().ok_or(NoKey::Unknown)
    }

    /// keys/removed-key: a set that is too old answers for nobody before it was fetched again.
    async fn fresh(&self, kid: &str) -> Option<DecodingKey> {
        let seen = self.shared.seen.read().await;
        let seen = seen.as_ref().filter(|seen| seen.at.elapsed() < self.shared.source.max_age)?;
        seen.keys.get(kid).cloned()
    }

    /// A task of its own: who hangs up must not end the fetch that others wait for.
    async fn refresh(&self) {
        let shared = Arc::clone(&self.shared);
        // Fails only while the program ends.
        let _ = tokio::spawn(async move { shared.refresh(Instant::now()).await }).await;
    }
}

impl Shared {
    async fn refresh(&self, asked: Instant) {
        let mut last = self.last.lock().await;
        // keys/cold-start-herd: who waited for a fetch takes what it brought.
        // keys/unknown-kid-flood: and nobody fetches twice within the cooldown.
        let spent = |attempt: &Attempt| attempt.ended >= asked || attempt.began.elapsed() < self.source.cooldown;
        if last.as_ref().is_some_and(spent) {
            return;
        }
        let began = Instant::now();
        match self.fetch().await {
            // keys/kid-miss-keeps-good-keys: only a key set takes the place of a key set.
            Ok(keys) => *self.seen.write().await = Some(Seen { keys, at: Instant::now() }),
            Err(error) => (self.source.on_error)(&error),
        }
        *last = Some(Attempt { began, ended: Instant::now() });
    }

    async fn fetch(&self) -> Result<KeySet, JwksError> {
        let request = self.source.client.get(&self.source.url).timeout(self.source.timeout);
        let mut response = request.send().await?;
        // keys/jwks-transport: a redirect is an answer like any other that isn't 200.
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
        Ok(jwk::parse(&body)?)
    }
}
