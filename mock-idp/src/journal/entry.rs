use serde::Serialize;

/// One request that was answered, or cut by a fault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Entry {
    /// Its number, from 1; grows on when the journal is cleared.
    pub number: u64,
    /// When, in seconds since the Unix epoch, by the issuer's clock.
    pub time: i64,
    /// Its method; empty, as the path, where a TLS handshake came to nothing.
    pub method: String,
    /// Its path, up to 1024 characters, without the query.
    pub path: String,
    /// Its query, up to 1024 characters, where it asked for the JWKS or the
    /// metadata: others' may hold secrets.
    pub query: Option<String>,
    /// The route that answered, such as `keys`.
    pub route: &'static str,
    /// Id of the authorization server, where there is one.
    pub server: Option<String>,
    /// The status of the answer; 0 where a fault left none.
    pub status: u16,
    /// `User-Agent`, up to 256 characters.
    pub user_agent: Option<String>,
    /// The first 8 hexadecimal digits of the SHA-256 of `Authorization`.
    pub authorization: Option<String>,
    /// Whether it had a `Cookie`.
    pub cookie: bool,
    /// The word of the fault that it met, such as `hang`.
    pub fault: Option<&'static str>,
    /// Which revision of the JWKS was sent whole, where it was.
    pub jwks_revision: Option<u64>,
    /// What else is known of it: `code-again` is a code that is taken after a first try
    /// with wrong credentials, as of clients that find out how to authenticate.
    pub note: Option<&'static str>,
}

impl Entry {
    /// A caller who came no further than the handshake.
    pub(crate) fn of_handshake(route: &'static str, server: &str, time: i64) -> Self {
        Self {
            number: 0,
            time,
            method: String::new(),
            path: String::new(),
            query: None,
            route,
            server: Some(server.to_owned()),
            status: 0,
            user_agent: None,
            authorization: None,
            cookie: false,
            fault: Some("untrusted-tls"),
            jwks_revision: None,
            note: None,
        }
    }
}
