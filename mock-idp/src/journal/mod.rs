//! What the issuer has seen: the last requests, and counts of all.

mod counters;
mod entry;

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use sha2::Digest as _;

pub use counters::{Counters, KidCounters, ServerCounters};
pub use entry::Entry;

use crate::issuer::SentJwks;

/// How many requests are kept.
pub const CAPACITY: usize = 10_000;
/// How many different `kid`s are counted by name; the rest counts as [`OTHER_KIDS`].
pub const KID_CAPACITY: usize = 10_000;
/// Under this name the `kid`s beyond [`KID_CAPACITY`] are counted.
pub const OTHER_KIDS: &str = "(others)";

/// The route of the JWKS.
const KEYS: &str = "keys";
/// The routes of the discovery documents, the last one where it is not known which.
const METADATA: [&str; 3] = ["openid-configuration", "oauth-authorization-server", "metadata"];

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

impl Journal {
    /// The kept requests, oldest first.
    #[must_use]
    pub fn entries(&self) -> Vec<Entry> {
        self.lock().entries.iter().cloned().collect()
    }

    /// The number of the last request that was kept; 0 where none ever was.
    #[must_use]
    pub fn last_number(&self) -> u64 {
        self.lock().last_number
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

    /// How many requests came to the `keys` or the `metadata` of an
    /// authorization server, answered or cut by a fault; 0 for other words.
    /// Exact: compare it with what it was before.
    #[must_use]
    pub fn hits(&self, server: &str, route: &str) -> u64 {
        let state = self.lock();
        let counters = state.counters.servers.get(server).copied().unwrap_or_default();
        match route {
            KEYS => counters.keys,
            "metadata" => counters.metadata,
            _ => 0,
        }
    }

    /// The revision of the last JWKS of an authorization server that was sent
    /// whole.
    #[must_use]
    pub fn last_revision_served(&self, server: &str) -> Option<u64> {
        self.lock().counters.servers.get(server)?.last_revision
    }

    /// Forgets everything; the numbers of later entries go on.
    pub fn clear(&self) {
        let mut state = self.lock();
        state.entries.clear();
        state.counters = Counters::default();
    }

    /// Counts a request of `route` at an authorization server that exists,
    /// and keeps its entry if there is one.
    pub(crate) fn record(&self, route: &'static str, server: Option<&str>, entry: Option<Entry>) {
        let mut state = self.lock();
        state.counters.requests += 1;
        *state.counters.routes.entry(route).or_default() += 1;
        if let Some(server) = server {
            state.counters.server(server).hit(route);
        }
        let Some(mut entry) = entry else { return };
        state.last_number += 1;
        entry.number = state.last_number;
        if state.entries.len() == CAPACITY {
            state.entries.pop_front();
        }
        state.entries.push_back(entry);
    }

    /// Counts a JWKS that was sent whole.
    pub(crate) fn sent(&self, jwks: &SentJwks) {
        let mut state = self.lock();
        state.counters.server(&jwks.server).last_revision = Some(jwks.published.revision);
        jwks.published.keys().published().iter().for_each(|key| state.counters.kid(key.kid()).served += 1);
    }

    /// Counts a token that names `kid`.
    pub(crate) fn signed(&self, kid: &str) {
        self.lock().counters.kid(kid).signed += 1;
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a route shows a document of an authorization server.
pub(crate) fn is_document(route: &str) -> bool {
    route == KEYS || METADATA.contains(&route)
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
            query: None,
            route: "keys",
            server: None,
            status: 200,
            user_agent: None,
            authorization: None,
            cookie: false,
            fault: None,
            jwks_revision: None,
        }
    }

    #[test]
    fn the_ring_drops_the_oldest_and_the_counts_drop_nothing() {
        let journal = Journal::default();
        for _ in 0..CAPACITY + 5 {
            journal.record("keys", Some("default"), Some(entry()));
        }
        let entries = journal.entries();
        assert_eq!((entries.len(), entries[0].number), (CAPACITY, 6));
        assert_eq!(journal.count("keys"), CAPACITY as u64 + 5);
    }

    #[test]
    fn numbers_go_on_after_a_reset() {
        let journal = Journal::default();
        journal.record("keys", Some("default"), Some(entry()));
        journal.clear();
        assert_eq!(journal.last_number(), 1);
        journal.record("keys", Some("default"), Some(entry()));
        assert_eq!((journal.entries()[0].number, journal.last_number()), (2, 2));
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
