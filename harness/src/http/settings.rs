use std::time::Duration;

use super::{Overrides, Recorder, Streams, Trust};

/// How a [`Client`](super::Client) connects, and what it gives up on.
#[derive(Debug, Clone)]
pub struct ClientSettings {
    /// How long a whole exchange may take: connecting, sending, and reading the
    /// answer to its end. Defaults to 10 s.
    pub deadline: Duration,
    /// How long one address may take to accept a connection, and then the TLS
    /// handshake. Defaults to 5 s; never longer than the deadline.
    pub connect_timeout: Duration,
    /// How much of an answer is read and kept.
    pub limits: Limits,
    /// How much is read of a body that stays open.
    pub streams: Streams,
    /// Addresses for host names, instead of DNS. Defaults to none.
    pub overrides: Overrides,
    /// Which certificates are believed. Defaults to the system's roots.
    pub trust: Trust,
    /// How many idle connections are kept for a server. Defaults to 64.
    pub idle_connections: usize,
    /// How long an idle connection is kept. Defaults to 4 s, below the 5 s after
    /// which Node.js closes one.
    pub idle_age: Duration,
    /// How many requests may begin in a second, for who asks before ([`super::Client::turn`]).
    /// Defaults to any number.
    pub rate: Option<f64>,
    /// Remembers every request that is sent, usable tokens included. Defaults to none.
    pub recorder: Option<Recorder>,
}

impl Default for ClientSettings {
    fn default() -> Self {
        Self {
            deadline: Duration::from_secs(10),
            connect_timeout: Duration::from_secs(5),
            limits: Limits::default(),
            streams: Streams::default(),
            overrides: Overrides::default(),
            trust: Trust::default(),
            idle_connections: 64,
            idle_age: Duration::from_secs(4),
            rate: None,
            recorder: None,
        }
    }
}

/// How much of an answer is read and kept, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The status line and all header lines together; also all trailers
    /// together. Defaults to 256 KiB.
    pub head: usize,
    /// What is kept of a body. Defaults to 64 KiB.
    pub body_kept: usize,
    /// What is read of a body, counted and hashed. Defaults to 64 MiB.
    pub body_read: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { head: 256 * 1024, body_kept: 64 * 1024, body_read: 64 * 1024 * 1024 }
    }
}
