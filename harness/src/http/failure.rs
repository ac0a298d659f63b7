use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use super::Answer;

/// An exchange without a complete answer: what went wrong, and how far it came.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{kind}; {sent}")]
pub struct Failure {
    /// What went wrong.
    pub kind: FailureKind,
    /// How much of the request had been written by then.
    pub sent: Sent,
    /// From the start of the try until it failed, connecting included.
    pub elapsed: Duration,
    /// Whether the connection had carried an exchange before.
    pub reused: bool,
    /// The failure on a reused connection that made the client send the request
    /// a second time.
    pub first_try: Option<Box<FirstTry>>,
    /// What had come of the answer, where its head had come.
    pub partial: Option<Box<Answer>>,
}

impl Failure {
    /// Whether the target may have seen any of the request, on either try. If
    /// not, nothing can be said about the target.
    #[must_use]
    pub fn may_have_arrived(&self) -> bool {
        let first = self.first_try.as_ref().map(|first| first.sent);
        self.sent != Sent::Nothing || first.is_some_and(|sent| sent != Sent::Nothing)
    }
}

/// What precisely went wrong in an exchange.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FailureKind {
    /// When a host name has no address.
    #[error("the host name `{host}` has no address: {reason}")]
    Unresolved {
        /// The host name.
        host: String,
        /// What the resolver said.
        reason: String,
    },
    /// When nothing listens at the address.
    #[error("{address} refused the connection")]
    Refused {
        /// The address that was tried last.
        address: SocketAddr,
    },
    /// When an address can't be reached for another reason.
    #[error("no connection to {address}: {reason}")]
    Unreachable {
        /// The address that was tried last.
        address: SocketAddr,
        /// What the operating system said.
        reason: String,
    },
    /// When an address neither accepted nor refused the connection in time.
    #[error("{address} didn't accept the connection within {}", millis(after))]
    ConnectTimedOut {
        /// The address that was tried last.
        address: SocketAddr,
        /// How long it was given.
        after: Duration,
    },
    /// When the TLS handshake failed or took too long, or a record was invalid.
    #[error("TLS: {reason}")]
    Tls {
        /// What went wrong.
        reason: String,
    },
    /// When the certificate of the server is not believed.
    #[error("TLS: {reason}")]
    Certificate {
        /// What is wrong with it.
        reason: String,
    },
    /// When TLS was spoken to a server that speaks none.
    #[error("TLS: the server speaks none at this port")]
    NotTls,
    /// When the connection was closed in order before any byte of an answer.
    #[error("the connection was closed without an answer")]
    ClosedBeforeAnswer,
    /// When the connection was closed in order in the middle of an answer.
    #[error("the connection was closed in the middle of the answer, after {received} bytes of it")]
    ClosedMidAnswer {
        /// Bytes of this answer that had come, its head included.
        received: u64,
    },
    /// When the connection was reset (TCP RST).
    #[error("the connection was reset, after {received} bytes of the answer")]
    Reset {
        /// Bytes of this answer that had come, its head included.
        received: u64,
    },
    /// When what came is not HTTP/1.1.
    #[error("the answer is not HTTP/1.1: {reason}, at \"{shown}\"")]
    Garbage {
        /// What is wrong with it.
        reason: String,
        /// The first bytes of the place, escaped.
        shown: String,
    },
    /// When a part of the answer is longer than its limit.
    #[error("the {part} of the answer is longer than {limit} bytes")]
    TooLarge {
        /// Which part.
        part: Part,
        /// The limit, in bytes.
        limit: u64,
    },
    /// When the exchange took longer than its deadline.
    #[error("no complete answer within {}, after {received} bytes of it", millis(after))]
    Deadline {
        /// The deadline.
        after: Duration,
        /// Bytes of this answer that had come, its head included.
        received: u64,
    },
    /// When an earlier answer on the same connection had already ended it.
    #[error("an earlier answer ended the connection")]
    ConnectionEnded,
    /// When the call that must come before it brought no session.
    #[error("no session was begun: {why}")]
    Unopened {
        /// The status of the answer to that call, where there was one.
        status: Option<u16>,
        /// What is wrong with it.
        why: String,
    },
    /// When the operating system reported anything else.
    #[error("the connection failed: {reason}")]
    Io {
        /// What it said.
        reason: String,
        /// Bytes of this answer that had come, its head included.
        received: u64,
    },
}

impl FailureKind {
    /// What an I/O error on an established connection means.
    pub(super) fn from_io(error: &io::Error, received: u64) -> Self {
        match error.kind() {
            io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted => Self::Reset { received },
            // A TLS connection that ends without close_notify.
            io::ErrorKind::UnexpectedEof | io::ErrorKind::BrokenPipe => Self::closed(received),
            io::ErrorKind::InvalidData => Self::Tls { reason: error.to_string() },
            _ => Self::Io { reason: error.to_string(), received },
        }
    }

    /// The end of the stream where more was due.
    pub(super) fn closed(received: u64) -> Self {
        match received {
            0 => Self::ClosedBeforeAnswer,
            _ => Self::ClosedMidAnswer { received },
        }
    }

    pub(super) fn garbage(reason: impl Into<String>, bytes: &[u8]) -> Self {
        let start = &bytes[..bytes.len().min(GARBAGE_SHOWN)];
        Self::Garbage { reason: reason.into(), shown: start.escape_ascii().to_string() }
    }

    /// Whether the target ended the connection, in order or not.
    pub(crate) fn is_a_close(&self) -> bool {
        matches!(self, Self::ClosedBeforeAnswer | Self::ClosedMidAnswer { .. } | Self::Reset { .. })
    }

    /// Whether a server that speaks TLS, and was spoken to without, may have done this.
    pub(crate) fn may_be_tls(&self) -> bool {
        self.is_a_close() || matches!(self, Self::Garbage { .. } | Self::Deadline { received: 0, .. })
    }

    /// Whether a connection that had idled may simply have ended meanwhile.
    pub(super) fn may_be_staleness(&self) -> bool {
        matches!(self, Self::ClosedBeforeAnswer | Self::Reset { received: 0 } | Self::Io { received: 0, .. })
    }
}

/// How much of a request had been handed to the operating system.
///
/// What was handed over need not have reached the target; what was not, hasn't.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sent {
    /// Not a byte.
    Nothing,
    /// Some bytes, not all.
    Partly,
    /// All of it.
    Entirely,
}

impl fmt::Display for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nothing => "nothing of the request had been sent",
            Self::Partly => "a part of the request had been sent",
            Self::Entirely => "the request had been sent",
        })
    }
}

/// Why a request was sent a second time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirstTry {
    /// What went wrong on the reused connection.
    pub kind: FailureKind,
    /// How much of the request had been written to it.
    pub sent: Sent,
}

/// A part of an answer that has a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Status line and header lines.
    Head,
    /// The body.
    Body,
    /// The trailers after a chunked body.
    Trailers,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Head => "head",
            Self::Body => "body",
            Self::Trailers => "trailer section",
        })
    }
}

/// How many bytes of garbage an error shows.
const GARBAGE_SHOWN: usize = 64;

fn millis(duration: &Duration) -> String {
    format!("{} ms", duration.as_millis())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(kind: FailureKind, sent: Sent) -> Failure {
        Failure { kind, sent, elapsed: Duration::ZERO, reused: false, first_try: None, partial: None }
    }

    #[test]
    fn a_failure_says_what_happened_and_how_far_it_came() {
        let deadline = FailureKind::Deadline { after: Duration::from_secs(10), received: 0 };
        assert_eq!(
            failure(deadline, Sent::Entirely).to_string(),
            "no complete answer within 10000 ms, after 0 bytes of it; the request had been sent"
        );
    }

    #[test]
    fn a_request_of_which_the_first_try_was_sent_may_have_arrived() {
        let address = SocketAddr::from(([127, 0, 0, 1], 1));
        let mut second = failure(FailureKind::Refused { address }, Sent::Nothing);
        assert!(!second.may_have_arrived());
        second.first_try = Some(Box::new(FirstTry { kind: FailureKind::ClosedBeforeAnswer, sent: Sent::Entirely }));
        assert!(second.may_have_arrived());
    }

    #[test]
    fn garbage_is_shown_escaped_and_cut() {
        let kind = FailureKind::garbage("no status line", &[0xff; 100]);
        assert!(matches!(kind, FailureKind::Garbage { shown, .. } if shown == r"\xff".repeat(64)));
    }
}
