use std::sync::Arc;

use crate::issuer::{Inner, Published, Request, ServerState};

/// A request to an endpoint of an authorization server that exists.
#[derive(Clone)]
pub(super) struct ServerCall<'a> {
    pub(super) issuer: &'a Inner,
    pub(super) server: &'a Arc<ServerState>,
    pub(super) request: &'a Request,
    /// What the server shows while this request is answered.
    pub(super) shown: Arc<Published>,
    /// The thumbprint of the key that the client has proven to hold, by which the
    /// tokens of the answer are bound (RFC 9449, section 5).
    pub(super) jkt: Option<String>,
}

impl<'a> ServerCall<'a> {
    /// A call of who has proven nothing yet.
    pub(super) fn new(issuer: &'a Inner, server: &'a Arc<ServerState>, request: &'a Request) -> Self {
        Self { issuer, server, request, shown: server.published(), jkt: None }
    }

    /// The same call of who holds the key of that thumbprint.
    pub(super) fn with_key(&self, jkt: Option<String>) -> Self {
        Self { jkt, ..self.clone() }
    }

    /// What the issuer identifier begins with: the pinned URL, else the
    /// address that was called.
    pub(super) fn base(&self) -> String {
        self.issuer.base(&self.request.origin()).to_owned()
    }

    /// The URL of the endpoint: as it was called, and as metadata tell it.
    pub(super) fn endpoints(&self) -> [String; 2] {
        [self.request.origin(), self.base()].map(|base| format!("{base}{}", self.request.path))
    }

    /// What kind of access token the answer holds (RFC 6749, section 7.1).
    pub(super) fn token_type(&self) -> &'static str {
        if self.jkt.is_some() { "DPoP" } else { "Bearer" }
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
