use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock, RwLock};

use tokio::sync::watch;

use super::server::ServerState;
use super::{Inner, Issuer};
use crate::config::DEFAULT_SERVER;
use crate::dialect::IssuerPath;
use crate::journal::Journal;
use crate::step::fresh_kid;

impl Issuer {
    /// Another issuer with the same clock, control token and servers of the
    /// configuration, whose keys have fresh `kid`s; with that path in the identifier
    /// of `default` in place of its own. It listens nowhere yet.
    pub(crate) fn sibling(&self, path: Option<&IssuerPath>) -> Self {
        let number = self.0.siblings.fetch_add(1, Ordering::Relaxed) + 1;
        // No authorization server's id has a space in it.
        let streams = self.0.streams.branch(&format!("beside {number}"));
        let journal = Journal::default();
        let servers = self.0.servers().into_iter().filter(|server| server.is_configured).map(|server| {
            let streams = streams.of_server(&server.config.id);
            let key = server.honest_key().with_kid(fresh_kid(&streams.kids));
            let mut config = server.config.clone();
            if let Some(path) = path.filter(|_| config.id == DEFAULT_SERVER) {
                config.dialect = config.dialect.at_path(path);
            }
            let sibling = ServerState::configured(&config, key, streams, self.0.clock.now());
            sibling.advance_clock(server.clock_offset());
            journal.open(&server.config.id);
            Arc::new(sibling)
        });
        let servers = RwLock::new(servers.collect());
        Self(Arc::new(Inner {
            servers,
            clock: self.0.clock.clone(),
            journal,
            control_token: self.0.control_token.clone(),
            api_token: self.0.api_token.clone(),
            touch: self.0.touch,
            served: OnceLock::new(),
            untrusted: watch::Sender::default(),
            issuer_url: None,
            trusted_origins: self.0.trusted_origins.clone(),
            issuer_scheme: self.0.issuer_scheme,
            streams,
            exposures: AtomicUsize::new(0),
            siblings: AtomicU64::new(0),
        }))
    }
}
