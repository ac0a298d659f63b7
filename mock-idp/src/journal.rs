//! What the issuer has seen: the last requests, and counts of all.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use sha2::Digest as _;

/// How many requests are kept.
pub const CAPACITY: usize = 10_000;
/// How many different `kid`s are counted by name; the rest counts as [`OTHER_KIDS`].
pub const KID_CAPACITY: usize = 10_000;
/// Under this name the `kid`s beyond [`KID_CAPACITY`] are counted.
pub const OTHER_KIDS: &str = "(others)";

/// Requests to the issuer: the last [`CAPACITY`] of them, and exact counts of
/// all. Credentials are hashed on entry and never kept.
///
/// Calls of the control API are counted and not kept, so that reading the
/// journal does not fill it.
#[derive(Debug, Default)]
pub struct Journal(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    entries: VecDeque<Entry>,
    last_number: u64,
    counters: Counters,
}

/// One request that was answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Entry {
    /// Its number, from 1; grows on when the journal is cleared.
    pub number: u64,
    /// When, in seconds since the Unix epoch, by the issuer's clock.
    pub time: i64,
    /// Its method.
    pub method: String,
    /// Its path, up to 1024 characters, without the query.
    pub path: String,
    /// The route that answered, such as `keys`.
    pub route: &'static str,
    /// Id of the authorization server, where there is one.
    pub server: Option<String>,
    /// The status of the answer.
    pub status: u16,
    /// `User-Agent`, up to 256 characters.
    pub user_agent: Option<String>,
    /// The first 8 hexadecimal digits of the SHA-256 of `Authorization`.
    pub authorization: Option<String>,
    /// Which revision of the JWKS was sent, where it was.
    pub jwks_revision: Option<u64>,
}

/// Counts since the start or the last reset; nothing is ever dropped from them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Counters {
    /// All requests, the control API's too.
    pub requests: u64,
    /// Requests by route.
    pub routes: BTreeMap<&'static str, u64>,
    /// What happened with each `kid`.
    pub kids: BTreeMap<String, KidCounters>,
}

/// What happened with one `kid`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct KidCounters {
    /// How often a JWKS that publishes it was sent.
    pub served: u64,
    /// How many tokens that name it were made.
    pub signed: u64,
}

impl Journal {
    /// The kept requests, oldest first.
    #[must_use]
    pub fn entries(&self) -> Vec<Entry> {
        self.lock().entries.iter().cloned().collect()
    }

    /// The exact counts.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.lock().counters.clone()
    }

    /// How many requests a route has answered, such as `keys` or `token`.
    #[must_use]
    pub fn count(&self, route: &str) -> u64 {
        self.lock().counters.routes.get(route).copied().unwrap_or_default()
    }

    /// Forgets everything; the numbers of later entries go on.
    pub fn clear(&self) {
        let mut state = self.lock();
        state.entries.clear();
        state.counters = Counters::default();
    }

    /// Counts a request of `route`, and keeps its entry if there is one.
    pub(crate) fn record(&self, route: &'static str, entry: Option<Entry>) {
        let mut state = self.lock();
        state.counters.requests += 1;
        *state.counters.routes.entry(route).or_default() += 1;
        let Some(mut entry) = entry else { return };
        state.last_number += 1;
        entry.number = state.last_number;
        if state.entries.len() == CAPACITY {
            state.entries.pop_front();
        }
        state.entries.push_back(entry);
    }

    /// Counts a JWKS that was sent.
    pub(crate) fn served<'a>(&self, kids: impl Iterator<Item = &'a str>) {
        let mut state = self.lock();
        kids.for_each(|kid| state.counters.kid(kid).served += 1);
    }

    /// Counts a token that names `kid`.
    pub(crate) fn signed(&self, kid: &str) {
        self.lock().counters.kid(kid).signed += 1;
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Counters {
    fn kid(&mut self, kid: &str) -> &mut KidCounters {
        let known = self.kids.len() < KID_CAPACITY || self.kids.contains_key(kid);
        self.kids.entry(if known { kid } else { OTHER_KIDS }.to_owned()).or_default()
    }
}

/// The first 8 hexadecimal digits of the SHA-256 of a credential.
pub(crate) fn fingerprint(credential: &[u8]) -> String {
    sha2::Sha256::digest(credential).iter().take(4).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> Entry {
        Entry {
            number: 0,
            time: 0,
            method: "GET".into(),
            path: "/".into(),
            route: "keys",
            server: None,
            status: 200,
            user_agent: None,
            authorization: None,
            jwks_revision: None,
        }
    }

    #[test]
    fn the_ring_drops_the_oldest_and_the_counts_drop_nothing() {
        let journal = Journal::default();
        for _ in 0..CAPACITY + 5 {
            journal.record("keys", Some(entry()));
        }
        let entries = journal.entries();
        assert_eq!((entries.len(), entries[0].number), (CAPACITY, 6));
        assert_eq!(journal.count("keys"), CAPACITY as u64 + 5);
    }

    #[test]
    fn numbers_go_on_after_a_reset() {
        let journal = Journal::default();
        journal.record("keys", Some(entry()));
        journal.clear();
        journal.record("keys", Some(entry()));
        assert_eq!(journal.entries()[0].number, 2);
        assert_eq!(journal.counters().requests, 1);
    }

    #[test]
    fn kids_beyond_the_limit_are_counted_together() {
        let journal = Journal::default();
        for number in 0..KID_CAPACITY + 3 {
            journal.signed(&number.to_string());
        }
        assert_eq!(journal.counters().kids[OTHER_KIDS].signed, 3);
        assert_eq!(journal.counters().kids.len(), KID_CAPACITY + 1);
    }

    #[test]
    fn a_credential_is_kept_as_eight_digits_of_its_hash() {
        assert_eq!(fingerprint(b"abc"), "ba7816bf");
    }
}
