use tokio::sync::watch;

use super::Inner;
use crate::step::Endpoint;

/// What the https door shows: the certificate of the issuer's authority, or
/// one that nobody can check.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct TlsDoor {
    /// Grows with each change, so that a connection knows whether it is older.
    pub(crate) epoch: u64,
    pub(crate) untrusted: bool,
}

impl Inner {
    /// Tells every later change of the door.
    pub(crate) fn tls_door(&self) -> watch::Receiver<TlsDoor> {
        self.tls.subscribe()
    }

    /// Follows the steps of all servers: they share one door.
    pub(super) fn update_tls(&self) {
        self.tls.send_if_modified(|door| {
            // Within its lock, so that of two changes the later one stands.
            let untrusted = self.untrusted_endpoints().next().is_some();
            let changed = door.untrusted != untrusted;
            if changed {
                *door = TlsDoor { epoch: door.epoch + 1, untrusted };
            }
            changed
        });
    }

    /// The endpoints whose callers see the untrusted certificate, by server.
    pub(crate) fn untrusted_endpoints(&self) -> impl Iterator<Item = (&str, Endpoint)> {
        self.servers.iter().flat_map(|server| {
            let published = server.published();
            let endpoints: Vec<Endpoint> = published.stage.faults.untrusted().collect();
            endpoints.into_iter().map(|endpoint| (server.config.id.as_str(), endpoint))
        })
    }
}
