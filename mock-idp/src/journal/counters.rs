use std::collections::BTreeMap;

use serde::Serialize;

use super::log::Log;
use super::{KEYS, METADATA};

/// Counts since the start or the last reset. Nothing is dropped from them but
/// what was counted for an authorization server that was removed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Counters {
    /// All requests, the control API's too, and those to servers that are gone.
    pub requests: u64,
    /// Requests by route, those to servers that are gone too.
    pub routes: BTreeMap<&'static str, u64>,
    /// What was asked of each authorization server.
    pub servers: BTreeMap<String, ServerCounters>,
    /// What happened with each `kid`.
    pub kids: BTreeMap<String, KidCounters>,
}

/// What was asked of one authorization server, whatever came of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ServerCounters {
    /// Requests to its JWKS, answered or cut by a fault.
    pub keys: u64,
    /// Requests to its discovery documents, answered or cut by a fault.
    pub metadata: u64,
    /// The revision of the last JWKS that was sent whole.
    pub last_revision: Option<u64>,
    /// For how many seconds the receiver may keep it: `max-age` of its
    /// `Cache-Control` (RFC 9111, section 5.2.2.1).
    pub max_age: Option<i64>,
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

impl ServerCounters {
    pub(super) fn hit(&mut self, route: &str) {
        if route == KEYS {
            self.keys += 1;
        } else if METADATA.contains(&route) {
            self.metadata += 1;
        }
    }
}

impl Counters {
    /// Adds what one authorization server's log has counted.
    pub(super) fn add(&mut self, id: &str, log: &Log) {
        if let Some(counters) = log.counters {
            self.servers.insert(id.to_owned(), counters);
        }
        for (kid, counters) in log.kids() {
            let sum = self.kids.entry(kid.clone()).or_default();
            sum.served += counters.served;
            sum.signed += counters.signed;
        }
    }
}
