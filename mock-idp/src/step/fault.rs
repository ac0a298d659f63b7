use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use crate::mutation::Bytes;

/// An endpoint of an authorization server that can fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Endpoint {
    /// The JWKS.
    Jwks,
    /// The discovery documents.
    Metadata,
}

impl Endpoint {
    /// Its name in the journal where no path is known.
    pub(crate) fn route(self) -> &'static str {
        match self {
            Self::Jwks => "keys",
            Self::Metadata => "metadata",
        }
    }
}

/// How an endpoint fails.
///
/// The server carries these out; a mount on `wiremock` can't do all of them.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Fault {
    /// It answers with this status and no document.
    Status(u16),
    /// It reads the request and closes the connection.
    Refuse,
    /// It never answers: the connection is closed when the server's steps
    /// change or are undone, or after [`Fault::HANG`].
    Hang,
    /// It answers after that time.
    Slow(Duration),
    /// The document breaks off in its middle, and the connection is closed.
    Truncate,
    /// It redirects to this address.
    Redirect(Bytes),
    /// The document is followed by white space up to that many bytes.
    Size(u64),
    /// The https door shows a certificate of an authority that nobody knows.
    /// It holds for the whole issuer, since no path is known before the
    /// handshake is done; its http door stays as it is.
    UntrustedTls,
}

impl Fault {
    /// The longest that an endpoint hangs.
    pub const HANG: Duration = Duration::from_secs(60);

    /// Its word, as the journal has it.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Status(_) => "status",
            Self::Refuse => "refuse",
            Self::Hang => "hang",
            Self::Slow(_) => "slow",
            Self::Truncate => "truncate",
            Self::Redirect(_) => "redirect",
            Self::Size(_) => "size",
            Self::UntrustedTls => "untrusted-tls",
        }
    }
}

/// A fault that stands, with what its placeholders were filled with.
#[derive(Debug, Clone)]
pub(crate) struct StandingFault {
    pub(crate) fault: Fault,
    /// Where a redirect leads.
    pub(crate) location: Vec<u8>,
    /// How many requests it still has to fail; `None`: all. Shared by all that is
    /// shown until it is undone.
    left: Option<Arc<AtomicU32>>,
}

impl StandingFault {
    pub(crate) fn new(fault: Fault, location: Vec<u8>, times: Option<u32>) -> Self {
        Self { fault, location, left: times.map(|times| Arc::new(AtomicU32::new(times))) }
    }

    /// Whether it holds for one more request, which is counted.
    pub(crate) fn strikes(&self) -> bool {
        let Some(left) = &self.left else { return true };
        left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok()
    }
}

/// The faults of one authorization server; the last step for an endpoint holds.
#[derive(Debug, Clone, Default)]
pub(crate) struct Faults {
    jwks: Option<StandingFault>,
    metadata: Option<StandingFault>,
}

impl Faults {
    pub(crate) fn at(&self, endpoint: Endpoint) -> Option<&StandingFault> {
        match endpoint {
            Endpoint::Jwks => self.jwks.as_ref(),
            Endpoint::Metadata => self.metadata.as_ref(),
        }
    }

    pub(crate) fn set(&mut self, endpoint: Endpoint, fault: StandingFault) {
        match endpoint {
            Endpoint::Jwks => self.jwks = Some(fault),
            Endpoint::Metadata => self.metadata = Some(fault),
        }
    }

    /// Which endpoints show an untrusted certificate.
    pub(crate) fn untrusted(&self) -> impl Iterator<Item = Endpoint> {
        [Endpoint::Jwks, Endpoint::Metadata]
            .into_iter()
            .filter(|endpoint| self.at(*endpoint).is_some_and(|standing| standing.fault == Fault::UntrustedTls))
    }
}
