use crate::config::DEFAULT_SERVER;
use crate::random::Random;

/// What an issuer draws its identifiers from: streams of their own, so that
/// requests and steps in between never change a token.
#[derive(Debug, Clone)]
pub(crate) struct Streams {
    /// Identifiers of tokens, of `default`.
    tokens: Random,
    /// `kid`s, of `default`.
    kids: Random,
    /// Identifiers of answers.
    pub(super) labels: Random,
}

/// What one authorization server draws from, whatever the others do.
#[derive(Debug, Clone)]
pub(crate) struct ServerStreams {
    /// Identifiers of tokens.
    pub(super) tokens: Random,
    /// `kid`s.
    pub(super) kids: Random,
    /// Codes, refresh tokens, cookies and tickets.
    pub(crate) grants: Random,
    /// Nonces, and the names of pushed requests.
    pub(crate) proofs: Random,
    /// Ids and secrets of what the management API makes.
    pub(crate) managed: Random,
}

impl ServerStreams {
    /// An id of a grant, as Okta's refresh tokens have.
    pub(crate) fn grant_id(&self) -> String {
        format!("oar{}", self.grants.alphanumeric(17))
    }
}

impl Streams {
    pub(crate) fn new(seed: Option<u64>) -> Self {
        let stream = |seed: Option<u64>| seed.map_or_else(Random::from_system, Random::seeded);
        Self {
            tokens: stream(seed),
            kids: stream(seed.map(|seed| seed.rotate_left(32))),
            labels: stream(seed.map(|seed| !seed)),
        }
    }

    /// Those of another issuer, of that name.
    pub(super) fn branch(&self, name: &str) -> Self {
        Self { tokens: self.tokens.branch(name), kids: self.kids.branch(name), labels: self.labels.branch(name) }
    }

    /// Those of an authorization server. A server that is made again under an
    /// id from before begins anew.
    pub(super) fn of_server(&self, id: &str) -> ServerStreams {
        let (tokens, kids) = match id {
            DEFAULT_SERVER => (self.tokens.clone(), self.kids.clone()),
            id => (self.tokens.branch(id), self.kids.branch(id)),
        };
        // No authorization server's id has a space in it.
        let (grants, proofs) = (tokens.branch("what is granted"), tokens.branch("what proves"));
        let managed = tokens.branch("what is managed");
        ServerStreams { tokens, kids, grants, proofs, managed }
    }
}

impl Default for Streams {
    fn default() -> Self {
        Self::new(None)
    }
}
