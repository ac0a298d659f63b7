use std::sync::Arc;

use crate::issuer::{Inner, Published, Request, ServerState};

/// A request to an endpoint of an authorization server that exists.
pub(super) struct ServerCall<'a> {
    pub(super) issuer: &'a Inner,
    pub(super) server: &'a Arc<ServerState>,
    pub(super) request: &'a Request,
    /// What the server shows while this request is answered.
    pub(super) shown: Arc<Published>,
}

impl ServerCall<'_> {
    /// What the issuer identifier begins with: the pinned URL, else the
    /// address that was called.
    pub(super) fn base(&self) -> String {
        self.issuer.base(&self.request.origin()).to_owned()
    }

    /// The other servers of the issuer.
    pub(super) fn others(&self) -> Vec<Arc<ServerState>> {
        let mut others = self.issuer.servers();
        others.retain(|server| !server.is_same(self.server));
        others
    }

    /// The time at this server.
    pub(super) fn now(&self) -> i64 {
        self.issuer.now(self.server)
    }
}
