use std::collections::BTreeMap;

use serde::Serialize;

use super::{KEYS, KID_CAPACITY, METADATA, OTHER_KIDS};

/// Counts since the start or the last reset; nothing is ever dropped from them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Counters {
    /// All requests, the control API's too.
    pub requests: u64,
    /// Requests by route.
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
    pub(super) fn kid(&mut self, kid: &str) -> &mut KidCounters {
        let known = self.kids.len() < KID_CAPACITY || self.kids.contains_key(kid);
        self.kids.entry(if known { kid } else { OTHER_KIDS }.to_owned()).or_default()
    }

    pub(super) fn server(&mut self, id: &str) -> &mut ServerCounters {
        if !self.servers.contains_key(id) {
            self.servers.insert(id.to_owned(), ServerCounters::default());
        }
        self.servers.entry(id.to_owned()).or_default()
    }
}
