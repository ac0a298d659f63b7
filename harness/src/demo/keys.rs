use std::collections::VecDeque;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::Instant;

use super::jwks::PublicKeys;
use super::source::{FetchError, KeySource};
use super::verifying_key::VerifyingKey;

/// A key set older than this is fetched again, so that a withdrawn key ends.
const MAX_AGE: Duration = Duration::from_secs(600);

/// How many fetches may follow each other at once: a rotation is seen without
/// delay, and a flood of unknown `kid`s costs the issuer next to nothing.
const BURST: usize = 4;
/// How many where the last one brought no keys: the next will hardly do better.
const BURST_IN_VAIN: usize = 3;

/// The issuer's keys: fetched when needed, kept, and never fetched more than
/// [`BURST`] times within the cooldown.
pub(super) struct KeyCache {
    source: KeySource,
    cooldown: Duration,
    seen: RwLock<Option<Seen>>,
    /// The last fetches, oldest first. Held during a fetch, so that there is one
    /// at a time.
    fetches: Mutex<VecDeque<Fetch>>,
}

/// The key set as last seen.
struct Seen {
    keys: PublicKeys,
    at: Instant,
}

/// How the last fetch ended.
#[derive(Debug, Clone, Copy)]
struct Fetch {
    ended: Instant,
    outcome: Result<(), FetchError>,
    /// Whether it brought a key.
    has_keys: bool,
}

impl Fetch {
    fn ended_now(outcome: Result<(), FetchError>, has_keys: bool) -> Self {
        Self { ended: Instant::now(), outcome, has_keys }
    }
}

/// Why there is no key for a `kid`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoKey {
    /// The issuer does not publish it.
    Unknown,
    /// No key set was ever obtained.
    Unavailable {
        /// Why the last fetch failed.
        why: FetchError,
        /// When the next one may be tried.
        retry_after: Duration,
    },
}

impl KeyCache {
    pub(super) fn new(source: KeySource, cooldown: Duration) -> Self {
        Self { source, cooldown, seen: RwLock::default(), fetches: Mutex::default() }
    }

    /// The key of that id. An unknown one may have been published since, so the
    /// set is fetched again, within the cooldown.
    pub(super) async fn find(self: &Arc<Self>, kid: &str) -> Result<VerifyingKey, NoKey> {
        if let Some(key) = self.fresh(kid) {
            return Ok(key);
        }
        let fetch = self.refresh().await;
        self.with_seen(|seen| match (seen, fetch.outcome) {
            // A failed fetch leaves the keys seen before in place.
            (Some(seen), _) => seen.keys.find(kid).ok_or(NoKey::Unknown),
            (None, Err(why)) => Err(self.unavailable(why, fetch.ended)),
            (None, Ok(())) => Err(NoKey::Unknown),
        })
    }

    fn fresh(&self, kid: &str) -> Option<VerifyingKey> {
        self.with_seen(|seen| seen.filter(|seen| seen.at.elapsed() < MAX_AGE)?.keys.find(kid))
    }

    fn with_seen<T>(&self, read: impl FnOnce(Option<&Seen>) -> T) -> T {
        read(self.seen.read().unwrap_or_else(PoisonError::into_inner).as_ref())
    }

    fn unavailable(&self, why: FetchError, ended: Instant) -> NoKey {
        NoKey::Unavailable { why, retry_after: self.cooldown.saturating_sub(ended.elapsed()) }
    }

    /// Fetches in a task of its own: a caller who hangs up must not end a fetch
    /// that others wait for.
    async fn refresh(self: &Arc<Self>) -> Fetch {
        let (cache, asked) = (Arc::clone(self), Instant::now());
        let fetch = tokio::spawn(async move { cache.fetch_unless_too_soon(asked).await });
        fetch.await.unwrap_or_else(|_| Fetch::ended_now(Err(FetchError::NoAnswer), false))
    }

    async fn fetch_unless_too_soon(&self, asked: Instant) -> Fetch {
        let mut fetches = self.fetches.lock().await;
        // One that ended while this caller waited is as good as its own.
        if let Some(last) = fetches.back().filter(|last| last.ended >= asked) {
            return *last;
        }
        fetches.retain(|fetch| fetch.ended.elapsed() < self.cooldown);
        let most = |last: &Fetch| if last.has_keys { BURST } else { BURST_IN_VAIN };
        if let Some(last) = fetches.back().filter(|last| fetches.len() >= most(last)) {
            return *last;
        }
        let fetched = self.source.fetch().await;
        let has_keys = fetched.as_ref().is_ok_and(|keys| !keys.is_empty());
        let fetch = Fetch::ended_now(fetched.map(|keys| self.keep(keys)), has_keys);
        fetches.push_back(fetch);
        fetch
    }

    fn keep(&self, keys: PublicKeys) {
        let seen = Seen { keys, at: Instant::now() };
        *self.seen.write().unwrap_or_else(PoisonError::into_inner) = Some(seen);
    }
}

#[cfg(test)]
mod tests {
    use mock_idp::keys::{Algorithm, BuiltinKey, KeySet, builtin};

    use super::*;
    use crate::demo::tests::issuer::Issuer;

    const KNOWN: BuiltinKey = BuiltinKey::Issuer;
    const NEXT: BuiltinKey = BuiltinKey::IssuerNext;
    const LONG: Duration = Duration::from_secs(3600);

    fn cache(issuer: &Issuer, cooldown: Duration) -> Arc<KeyCache> {
        let uri = format!("{}/v1/keys", issuer.url());
        Arc::new(KeyCache::new(KeySource::new(&uri, "", Algorithm::Rs256).unwrap(), cooldown))
    }

    async fn http_issuer() -> Issuer {
        Issuer::http(KeySet::new(builtin(KNOWN)).jwks()).await
    }

    #[tokio::test]
    async fn a_known_key_is_fetched_once() {
        let issuer = http_issuer().await;
        let cache = cache(&issuer, Duration::ZERO);
        for _ in 0..5 {
            assert!(cache.find(KNOWN.kid()).await.is_ok());
        }
        assert_eq!(issuer.fetches(), 1);
    }

    #[tokio::test]
    async fn a_flood_of_unknown_kids_causes_a_few_fetches() {
        let issuer = http_issuer().await;
        let cache = cache(&issuer, LONG);
        for number in 0..50 {
            assert_eq!(cache.find(&format!("unknown-{number}")).await.err(), Some(NoKey::Unknown));
        }
        assert!(cache.find(KNOWN.kid()).await.is_ok());
        assert_eq!(issuer.fetches(), BURST);
    }

    #[tokio::test]
    async fn a_key_set_without_a_key_is_asked_for_less_often() {
        let issuer = Issuer::http("{\"keys\":[]}".to_owned()).await;
        let cache = cache(&issuer, LONG);
        for _ in 0..50 {
            assert_eq!(cache.find(KNOWN.kid()).await.err(), Some(NoKey::Unknown));
        }
        assert_eq!(issuer.fetches(), BURST_IN_VAIN);
    }

    #[tokio::test]
    async fn callers_at_the_same_time_share_one_fetch() {
        let issuer = http_issuer().await;
        let cache = cache(&issuer, LONG);
        let callers: Vec<_> = (0..50)
            .map(|_| {
                let cache = Arc::clone(&cache);
                tokio::spawn(async move { cache.find(KNOWN.kid()).await.is_ok() })
            })
            .collect();
        for caller in callers {
            assert!(caller.await.unwrap());
        }
        assert_eq!(issuer.fetches(), 1);
    }

    #[tokio::test]
    async fn a_key_that_was_published_since_is_found() {
        let issuer = http_issuer().await;
        let cache = cache(&issuer, Duration::ZERO);
        assert_eq!(cache.find(NEXT.kid()).await.err(), Some(NoKey::Unknown));
        issuer.publish(KeySet::new(builtin(KNOWN)).with_published(builtin(NEXT)).jwks());
        assert!(cache.find(NEXT.kid()).await.is_ok());
    }

    #[tokio::test]
    async fn a_failed_fetch_leaves_the_known_keys_in_place() {
        let issuer = http_issuer().await;
        let cache = cache(&issuer, Duration::ZERO);
        assert!(cache.find(KNOWN.kid()).await.is_ok());
        issuer.publish("<html>".to_owned());
        assert_eq!(cache.find("unknown").await.err(), Some(NoKey::Unknown));
        assert!(cache.find(KNOWN.kid()).await.is_ok());
    }

    #[tokio::test]
    async fn without_any_key_set_the_reason_and_the_wait_are_told() {
        let issuer = Issuer::http("<html>".to_owned()).await;
        let cache = cache(&issuer, LONG);
        let Err(NoKey::Unavailable { why, retry_after }) = cache.find(KNOWN.kid()).await else {
            panic!("a key was found in an answer that is no key set");
        };
        assert_eq!(why, FetchError::Malformed);
        assert!(retry_after > LONG / 2 && retry_after <= LONG, "{retry_after:?}");
    }
}
