//! What the issuer has seen: the last requests, and counts of all.

mod counters;
mod entry;
mod kept;
mod log;

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use sha2::Digest as _;

pub use counters::{Counters, KidCounters, ServerCounters};
pub use entry::Entry;

use log::Log;

/// How many requests are kept of each authorization server, and as many of
/// what belongs to none.
pub const CAPACITY: usize = 10_000;
/// How many different `kid`s of an authorization server are counted by name;
/// the rest counts as [`OTHER_KIDS`].
pub const KID_CAPACITY: usize = 10_000;
/// Under this name the `kid`s beyond [`KID_CAPACITY`] are counted.
pub const OTHER_KIDS: &str = "(others)";

/// The route of the JWKS.
const KEYS: &str = "keys";
/// The routes of the discovery documents, the last one where it is not known which.
const METADATA: [&str; 3] = ["openid-configuration", "oauth-authorization-server", "metadata"];

/// Requests to the issuer: the last [`CAPACITY`] of each authorization server,
/// so that nothing that one gets pushes another's out, and exact counts of all.
/// Credentials are hashed on entry and never kept.
///
/// Calls of the control API are counted and not kept, so that reading the
/// journal does not fill it. What was kept and counted for a server goes when
/// the server is removed.
#[derive(Debug, Default)]
pub struct Journal(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// One for each authorization server that exists.
    servers: BTreeMap<String, Log>,
    /// For what belongs to none of them.
    others: Log,
    last_number: u64,
    requests: u64,
    routes: BTreeMap<&'static str, u64>,
}

impl Journal {
    /// The kept requests of all servers, in the order in which they came.
    #[must_use]
    pub fn entries(&self) -> Vec<Entry> {
        self.entries_after(0)
    }

    /// The kept requests to an authorization server behind that number, oldest
    /// first; `after` 0 is all of them. Of an id that is no server's: what
    /// asked for it in vain.
    #[must_use]
    pub fn entries_of(&self, server: &str, after: u64) -> Vec<Entry> {
        let state = self.lock();
        match state.servers.get(server) {
            Some(log) => log.after(after).collect(),
            None => state.others.after(after).filter(|entry| entry.server.as_deref() == Some(server)).collect(),
        }
    }

    /// The number of the last request that was kept; 0 where none ever was.
    #[must_use]
    pub fn last_number(&self) -> u64 {
        self.lock().last_number
    }

    /// The exact counts.
    #[must_use]
    pub fn counters(&self) -> Counters {
        let state = self.lock();
        let mut counters = Counters { requests: state.requests, routes: state.routes.clone(), ..Counters::default() };
        state.servers.iter().for_each(|(id, log)| counters.add(id, log));
        counters
    }

    /// How many requests a route has answered, such as `keys` or `token`.
    #[must_use]
    pub fn count(&self, route: &str) -> u64 {
        self.lock().routes.get(route).copied().unwrap_or_default()
    }

    /// How many requests came to the `keys` or the `metadata` of an
    /// authorization server, answered or cut by a fault; 0 for other words.
    /// Exact: compare it with what it was before.
    #[must_use]
    pub fn hits(&self, server: &str, route: &str) -> u64 {
        let counters = self.lock().servers.get(server).and_then(|log| log.counters).unwrap_or_default();
        match route {
            KEYS => counters.keys,
            "metadata" => counters.metadata,
            _ => 0,
        }
    }

    /// All that was counted of an authorization server, once it was asked
    /// anything.
    #[must_use]
    pub fn counted(&self, server: &str) -> Option<ServerCounters> {
        self.lock().servers.get(server)?.counters
    }

    /// The revision of the last JWKS of an authorization server that was sent
    /// whole.
    #[must_use]
    pub fn last_revision_served(&self, server: &str) -> Option<u64> {
        self.lock().servers.get(server)?.counters?.last_revision
    }

    /// Forgets everything; the numbers of later entries go on.
    pub fn clear(&self) {
        let mut state = self.lock();
        state.servers.values_mut().for_each(|log| *log = Log::default());
        state.others = Log::default();
        state.requests = 0;
        state.routes.clear();
    }

    /// The kept requests of all servers behind that number.
    pub(crate) fn entries_after(&self, number: u64) -> Vec<Entry> {
        let state = self.lock();
        let logs = state.servers.values().chain([&state.others]);
        let mut entries: Vec<Entry> = logs.flat_map(|log| log.after(number)).collect();
        drop(state);
        entries.sort_unstable_by_key(|entry| entry.number);
        entries
    }

    /// Begins to keep what belongs to that authorization server.
    pub(crate) fn open(&self, server: &str) {
        self.lock().servers.entry(server.to_owned()).or_default();
    }

    /// Forgets an authorization server.
    pub(crate) fn forget(&self, server: &str) {
        self.lock().servers.remove(server);
    }

    /// Counts a request of `route` at an authorization server, if one is
    /// named and there is one, and keeps its entry if there is one.
    pub(crate) fn record(&self, route: &'static str, server: Option<&str>, entry: Option<Entry>) {
        let mut state = self.lock();
        let state = &mut *state;
        state.requests += 1;
        *state.routes.entry(route).or_default() += 1;
        let log = match server.and_then(|server| state.servers.get_mut(server)) {
            Some(log) => {
                log.count().hit(route);
                log
            }
            None => &mut state.others,
        };
        let Some(mut entry) = entry else { return };
        state.last_number += 1;
        entry.number = state.last_number;
        log.keep(entry);
    }

    /// Counts a JWKS of that revision that was sent whole, with its `max-age` and
    /// the `kid`s in it.
    pub(crate) fn sent<'a>(&self, server: &str, revision: u64, max_age: i64, kids: impl Iterator<Item = &'a str>) {
        let mut state = self.lock();
        let Some(log) = state.servers.get_mut(server) else { return };
        let count = log.count();
        (count.last_revision, count.max_age) = (Some(revision), Some(max_age));
        kids.for_each(|kid| log.kid(kid).served += 1);
    }

    /// Counts a token of that authorization server that names `kid`.
    pub(crate) fn signed(&self, server: &str, kid: &str) {
        if let Some(log) = self.lock().servers.get_mut(server) {
            log.kid(kid).signed += 1;
        }
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
    let digits = sha2::Sha256::digest(credential).into_iter().take(4).flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
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
            note: None,
        }
    }

    fn journal(servers: &[&str]) -> Journal {
        let journal = Journal::default();
        servers.iter().for_each(|server| journal.open(server));
        journal
    }

    #[test]
    fn the_ring_drops_the_oldest_and_the_counts_drop_nothing() {
        let journal = journal(&["default"]);
        for _ in 0..CAPACITY + 5 {
            journal.record("keys", Some("default"), Some(entry()));
        }
        let entries = journal.entries();
        assert_eq!((entries.len(), entries[0].number), (CAPACITY, 6));
        assert_eq!(
            (journal.count("keys"), journal.hits("default", "keys")),
            (CAPACITY as u64 + 5, CAPACITY as u64 + 5)
        );
    }

    #[test]
    fn what_one_server_gets_pushes_nothing_of_another_out() {
        let journal = journal(&["default", "orders"]);
        journal.record("keys", Some("orders"), Some(entry()));
        journal.record("unknown", None, Some(entry()));
        for _ in 0..CAPACITY + 5 {
            journal.record("keys", Some("default"), Some(entry()));
        }
        let numbers = |entries: Vec<Entry>| entries.iter().map(|entry| entry.number).collect::<Vec<_>>();
        assert_eq!(numbers(journal.entries_of("orders", 0)), [1]);
        let all = numbers(journal.entries());
        assert_eq!((all.len(), &all[..3]), (CAPACITY + 2, [1, 2, 8].as_slice()));
        assert!(all.is_sorted());
        assert_eq!(numbers(journal.entries_of("default", CAPACITY as u64 + 6)), [CAPACITY as u64 + 7]);
    }

    #[test]
    fn a_server_that_is_gone_is_forgotten_and_not_counted_again() {
        let journal = journal(&["default", "orders"]);
        journal.record("keys", Some("orders"), Some(entry()));
        journal.sent("orders", 1, 60, ["a"].into_iter());
        journal.signed("orders", "a");
        journal.forget("orders");
        journal.sent("orders", 2, 60, ["a"].into_iter());
        journal.signed("orders", "a");
        assert_eq!((journal.entries(), journal.hits("orders", "keys")), (Vec::new(), 0));
        let counters = journal.counters();
        assert!(counters.servers.is_empty() && counters.kids.is_empty());
        assert_eq!((counters.requests, counters.routes["keys"]), (1, 1));
    }

    #[test]
    fn who_asks_for_no_server_is_kept_by_the_id_that_was_asked_for() {
        let journal = journal(&["default"]);
        let asked = Entry { server: Some("orders".into()), ..entry() };
        journal.record("keys", Some("orders"), Some(asked));
        journal.record("unknown", None, Some(entry()));
        assert_eq!(journal.entries_of("orders", 0).len(), 1);
        assert_eq!((journal.entries_of("orders", 1).len(), journal.hits("orders", "keys")), (0, 0));
    }

    #[test]
    fn numbers_go_on_after_a_reset() {
        let journal = journal(&["default"]);
        journal.record("keys", Some("default"), Some(entry()));
        journal.clear();
        assert_eq!(journal.last_number(), 1);
        journal.record("keys", Some("default"), Some(entry()));
        assert_eq!((journal.entries()[0].number, journal.last_number()), (2, 2));
        assert_eq!(journal.counters().requests, 1);
    }

    #[test]
    fn kids_beyond_the_limit_are_counted_together() {
        let journal = journal(&["default"]);
        for number in 0..KID_CAPACITY + 3 {
            journal.signed("default", &number.to_string());
        }
        assert_eq!(journal.counters().kids[OTHER_KIDS].signed, 3);
        assert_eq!(journal.counters().kids.len(), KID_CAPACITY + 1);
    }

    #[test]
    fn a_credential_is_kept_as_eight_digits_of_its_hash() {
        assert_eq!(fingerprint(b"abc"), "ba7816bf");
    }
}
