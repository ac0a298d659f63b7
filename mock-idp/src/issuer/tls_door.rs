//! The certificate of the https door: of the issuer's authority, or one that
//! nobody can check.

use tokio::sync::watch;

use super::{Inner, Issuer, Request};
use crate::journal::Entry;
use crate::routes;
use crate::step::{Endpoint, Fault};

impl Issuer {
    /// Whether the https door shows a certificate that nobody can check, now
    /// and later.
    pub(crate) fn shows_untrusted(&self) -> watch::Receiver<bool> {
        self.0.untrusted.subscribe()
    }

    /// Records a caller who did not take the untrusted certificate: a hit on
    /// every endpoint that shows it, since nobody can tell which was meant.
    pub(crate) fn certificate_refused(&self) {
        for (server, endpoint) in self.0.untrusted_endpoints() {
            let entry = Entry::of_handshake(endpoint.route(), &server, self.0.clock.now());
            self.0.journal.record(entry.route, Some(&server), Some(entry));
        }
    }

    /// Records a request that came over a connection from before the door's
    /// last change and is not answered.
    pub(crate) fn refuse_stale(&self, request: &Request) {
        routes::refuse(&self.0, request, Fault::UntrustedTls.word());
    }
}

impl Inner {
    /// Follows the steps of all servers: they share one door.
    pub(super) fn update_tls(&self) {
        self.untrusted.send_if_modified(|untrusted| {
            // Within its lock, so that of two changes the later one stands.
            let now = !self.untrusted_endpoints().is_empty();
            std::mem::replace(untrusted, now) != now
        });
    }

    /// The endpoints whose callers see the untrusted certificate, by server.
    fn untrusted_endpoints(&self) -> Vec<(String, Endpoint)> {
        let mut all = Vec::new();
        for server in self.servers() {
            let published = server.published();
            all.extend(published.stage.faults.untrusted().map(|endpoint| (server.config.id.clone(), endpoint)));
        }
        all
    }
}
