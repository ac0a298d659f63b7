use std::sync::Arc;

use super::{Issuer, Request, ServerState};
use crate::routes;
use crate::session::{KeySetError, read_key_set};

/// A client's key set that has to be fetched: answering a request never waits, so this
/// comes before.
pub(crate) struct WantedKeys {
    pub(crate) server: Arc<ServerState>,
    /// Where it is.
    pub(crate) uri: String,
    /// The key that is lacking, if it has a name.
    pub(crate) kid: Option<String>,
}

impl Issuer {
    /// What this request will be checked with and is not known yet.
    pub(crate) fn wanted_keys(&self, request: &Request) -> Option<WantedKeys> {
        routes::wanted_keys(&self.0, request)
    }

    /// Takes over what was found; `None` where nothing was.
    pub(crate) fn learn_keys(&self, wanted: &WantedKeys, document: Option<&[u8]>) {
        let fetched = document.map_or(Err(KeySetError::Unavailable), read_key_set);
        wanted.server.client_keys.learn(&wanted.uri, wanted.kid.as_deref(), fetched, self.0.now(&wanted.server));
    }
}
