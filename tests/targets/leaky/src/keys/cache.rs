//! The keys of one issuer, as last seen. One request at a time looks again; the others go on
//! with what is known.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::answer::Refusal;
use crate::defect::{Defect, Switch};
use crate::quirk::Quirk;
use crate::settings::Settings;

use super::fetch::{Cause, Failure, Fetcher};
use super::{Jwk, KeySet};

/// Long enough for others to see what happens meanwhile.
const A_WHILE: Duration = Duration::from_millis(20);

/// The key set of one issuer.
pub(crate) struct KeyCache {
    issuer: String,
    fetcher: Fetcher,
    seen: Mutex<Seen>,
    /// Held while one fetches.
    turn: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Seen {
    keys: Option<KeySet>,
    fetched: Option<Instant>,
    attempted: Option<Instant>,
    /// Kept by a defect: that there was a look for a key that was unknown.
    looked: bool,
    /// Set by a defect, and where keys were handed over: never look again.
    given_up: bool,
    /// Kept by a defect: what no set had that was fetched for it.
    missed: BTreeSet<String>,
    failure: Option<Failure>,
}

impl KeyCache {
    pub(crate) fn new(issuer: String, fetcher: Fetcher) -> Self {
        Self { issuer, fetcher, seen: Mutex::default(), turn: tokio::sync::Mutex::new(()) }
    }

    /// Keys that were handed over: there is nowhere to look for others.
    pub(crate) fn handed(issuer: String, fetcher: Fetcher, keys: KeySet) -> Self {
        let seen = Seen { keys: Some(keys), fetched: Some(Instant::now()), given_up: true, ..Seen::default() };
        Self { seen: Mutex::new(seen), ..Self::new(issuer, fetcher) }
    }

    /// The keys of that id, after a new look at the issuer where one is due.
    pub(crate) async fn find(
        &self,
        cause: Cause<'_>,
        settings: &Settings,
        defect: Switch,
    ) -> Result<Vec<Jwk>, Refusal> {
        if self.wants_look(cause.kid, settings, defect) {
            if defect.has(Defect::FetchesAllAtOnce) {
                self.look_if_due(cause, settings, defect).await;
            } else if let Ok(_turn) = self.turn.try_lock() {
                self.look_if_due(cause, settings, defect).await;
            } else if self.is_worth_waiting(cause.kid, defect) {
                let _turn = self.turn.lock().await;
                self.look_if_due(cause, settings, defect).await;
            }
        }
        match self.known(cause.kid, defect) {
            Err(Refusal::KeysUnavailable) if settings.quirks.has(Quirk::ErrsWithoutKeys) => Err(Refusal::CRASH),
            known => known,
        }
    }

    /// Every key that is known, of whatever id.
    pub(crate) fn all(&self) -> Vec<Jwk> {
        self.lock().keys.as_ref().map(|keys| keys.all().to_vec()).unwrap_or_default()
    }

    /// Why the last fetch failed, if it did.
    pub(crate) fn failure(&self) -> Option<Failure> {
        self.lock().failure
    }

    fn known(&self, kid: &str, defect: Switch) -> Result<Vec<Jwk>, Refusal> {
        let mut seen = self.lock();
        let keys = seen.keys.as_ref().ok_or(Refusal::KeysUnavailable)?;
        if seen.missed.contains(kid) {
            return Err(Refusal::InvalidToken);
        }
        let found = keys.of(kid);
        if !found.is_empty() {
            return Ok(found);
        }
        if defect.has(Defect::MissWipesKeys) {
            seen.keys = None;
        }
        Err(Refusal::InvalidToken)
    }

    /// Whether this `kid` is worth a look at the issuer: it is unknown, or what is known is old.
    fn wants_look(&self, kid: &str, settings: &Settings, defect: Switch) -> bool {
        let seen = self.lock();
        let is_old = seen.fetched.is_none_or(|at| at.elapsed() >= settings.max_age);
        match defect.0 {
            Some(Defect::FetchesForEachRequest | Defect::WaitsForIssuer) => true,
            Some(Defect::EmptySetEndsCooldown) if seen.is_empty() => true,
            Some(Defect::KeysLoadedOnce | Defect::SkipsUnknownKeys) => seen.keys.is_none(),
            Some(Defect::LooksForOneNewKey) if seen.looked => is_old,
            _ if seen.missed.contains(kid) => is_old,
            _ if settings.quirks.has(Quirk::FetchesByTheClock) => is_old,
            _ => (is_old || !seen.has(kid)) && !seen.given_up,
        }
    }

    /// Whoever fetches may bring an unknown key. One that is merely old serves meanwhile.
    fn is_worth_waiting(&self, kid: &str, defect: Switch) -> bool {
        match defect.0 {
            Some(Defect::FetchesForEachRequest | Defect::WaitsForIssuer) => true,
            Some(Defect::HasNoKeysWhileFetching) => false,
            _ => !self.lock().has(kid),
        }
    }

    /// Looks, unless somebody has just looked.
    async fn look_if_due(&self, cause: Cause<'_>, settings: &Settings, defect: Switch) {
        let rested = self.lock().attempted.is_none_or(|at| at.elapsed() >= settings.cooldown);
        let never_rests = match defect.0 {
            Some(Defect::FetchesForEachRequest | Defect::WaitsForIssuer) => true,
            Some(Defect::EmptySetEndsCooldown) => self.lock().is_empty(),
            Some(
                Defect::FetchesForEachUnknownKid | Defect::DropsKeysAtFailedFetch | Defect::HasNoKeysWhileFetching,
            ) => !self.lock().has(cause.kid),
            _ => false,
        };
        if rested || never_rests {
            self.look(cause, defect).await;
        }
    }

    async fn look(&self, cause: Cause<'_>, defect: Switch) {
        // Concurrent looks that don't know of each other all see the old time.
        if !defect.has(Defect::FetchesAllAtOnce) {
            self.lock().attempted = Some(Instant::now());
        }
        let kept = if defect.has(Defect::HasNoKeysWhileFetching) { self.lock().keys.take() } else { None };
        match defect.0 {
            Some(Defect::HasNoKeysWhileFetching) if kept.is_some() => sleep(A_WHILE).await,
            Some(Defect::FetchesAllAtOnce) => sleep(A_WHILE * 10).await,
            _ => (),
        }
        let fetched = self.fetcher.keys_of(&self.issuer, cause).await;
        let mut seen = self.lock();
        seen.looked |= seen.keys.is_some();
        seen.keys = kept.or(seen.keys.take());
        seen.attempted = Some(Instant::now());
        match fetched {
            Ok(keys) => {
                seen.learn(keys, defect);
                if defect.has(Defect::RemembersUnknownKids) && !seen.has(cause.kid) {
                    seen.missed.insert(cause.kid.to_owned());
                }
            }
            Err(failure) => seen.fail(failure, defect),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seen {
    fn has(&self, kid: &str) -> bool {
        self.keys.as_ref().is_some_and(|keys| keys.has(kid))
    }

    /// Whether there is a key set, and nothing in it.
    fn is_empty(&self) -> bool {
        self.keys.as_ref().is_some_and(KeySet::is_empty)
    }

    fn learn(&mut self, keys: KeySet, defect: Switch) {
        let known = self.keys.take().unwrap_or_default();
        self.keys = Some(match defect.0 {
            Some(Defect::NeverForgetsKeys) => keys.and(&known),
            _ => keys,
        });
        self.fetched = Some(Instant::now());
        self.failure = None;
    }

    /// What was known still holds.
    fn fail(&mut self, failure: Failure, defect: Switch) {
        self.failure = Some(failure);
        match defect.0 {
            Some(Defect::DropsKeysAtFailedFetch) => self.keys = None,
            Some(Defect::GivesUpAfterOutage) => self.given_up = true,
            _ => (),
        }
    }
}
