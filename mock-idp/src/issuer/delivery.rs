use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::sync::watch;

use super::hold::Hold;
use super::live::{Live, Published};
use super::server::ServerState;

/// How an answer is to be sent. Anything but [`Delivery::Whole`] comes of a
/// fault ([`crate::step::Fault`]) or of a hold; the servers of [`MockIdp`](crate::MockIdp)
/// carry it out.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub enum Delivery {
    /// As it is. The default.
    #[default]
    Whole,
    /// As it is, after that time.
    After(Duration),
    /// Only so many bytes of the body, though the head promises all; then the
    /// connection is closed.
    CutAfter(usize),
    /// The body, then white space until it has so many bytes; never held in memory.
    Filled(u64),
    /// The connection is closed without an answer.
    Refused,
    /// No answer: the connection is closed when the fault is gone, or after
    /// [`Fault::HANG`](crate::step::Fault::HANG).
    Never(Hang),
    /// Held back ([`Issuer::hold`](crate::Issuer::hold)), and sent in that way
    /// once it may go out.
    Held {
        /// Knows when.
        until: Hold,
        /// How it is sent then; never held again.
        then: Box<Self>,
    },
}

/// Knows when a fault is gone.
#[derive(Debug, Clone)]
pub struct Hang(watch::Receiver<u64>);

impl Hang {
    /// Until the next change of what the server shows.
    pub(crate) fn new(revisions: watch::Receiver<u64>) -> Self {
        Self(revisions)
    }

    /// Waits until the fault is gone, at most [`Fault::HANG`](crate::step::Fault::HANG).
    pub async fn over(mut self) {
        let _ = tokio::time::timeout(crate::step::Fault::HANG, self.0.changed()).await;
    }
}

impl Delivery {
    /// Whether an answer goes out at all.
    #[must_use]
    pub fn is_answer(&self) -> bool {
        !matches!(self.then(), Self::Refused | Self::Never(_))
    }

    /// Whether the document arrives as it is.
    #[must_use]
    pub fn is_intact(&self) -> bool {
        matches!(self.then(), Self::Whole | Self::After(_))
    }

    /// How it is sent once nothing holds it back.
    pub(crate) fn then(&self) -> &Self {
        match self {
            Self::Held { then, .. } => then,
            other => other,
        }
    }
}

/// The JWKS in an answer, for the journal.
#[derive(Debug, Clone)]
pub(crate) struct SentJwks {
    /// Whose it is, as long as that is not removed.
    pub(super) server: Weak<Live>,
    pub(crate) published: Arc<Published>,
    /// For how many seconds it may be kept.
    pub(super) max_age: i64,
}

impl SentJwks {
    /// What that server shows.
    pub(crate) fn of(server: &ServerState, published: &Arc<Published>) -> Self {
        let max_age = server.config.jwks_max_age;
        Self { server: Arc::downgrade(&server.live), published: Arc::clone(published), max_age }
    }
}
