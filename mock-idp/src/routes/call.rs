use std::rc::Rc;
use std::sync::Arc;

use super::answer::Answers;
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
    /// The answers that are to be otherwise; clones note in one place which of them came to be.
    pub(super) answers: Rc<Answers>,
}

impl<'a> ServerCall<'a> {
    /// A call as it comes: nobody has proven to hold a key yet.
    pub(super) fn new(issuer: &'a Inner, server: &'a Arc<ServerState>, request: &'a Request, answers: Answers) -> Self {
        Self { issuer, server, request, shown: server.published(), jkt: None, answers: Rc::new(answers) }
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

    /// Whether another server knows what this one does not; it is told its own time.
    pub(super) fn another_knows(&self, is_known: impl Fn(&ServerState, i64) -> bool) -> bool {
        self.others().iter().any(|server| is_known(server, self.issuer.now(server)))
    }

    /// The time at this server.
    pub(super) fn now(&self) -> i64 {
        self.issuer.now(self.server)
    }
}
