//! The question whether a target's route answers, asked by whoever knows the route.

use std::net::SocketAddr;
use std::pin::Pin;

/// Asks a target once whether its route answers at all: any complete response will do.
///
/// Every function `Fn(SocketAddr) -> Future<Output = Result<(), ProbeFailure>>` is one. A probe
/// needs no time limit of its own: it is dropped at the deadline, and when the target dies.
pub trait Probe: Send + Sync {
    /// Asks the target that listens at `address`.
    ///
    /// # Errors
    /// When no response came; it is asked again until the deadline.
    fn probe(&self, address: SocketAddr) -> ProbeFuture<'_>;
}

/// The answer to come of a [`Probe`].
pub type ProbeFuture<'a> = Pin<Box<dyn Future<Output = Result<(), ProbeFailure>> + Send + 'a>>;

/// Why a route did not answer, in words that fit "the last try: ...".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ProbeFailure(pub String);

impl<F, A> Probe for F
where
    F: Fn(SocketAddr) -> A + Send + Sync,
    A: Future<Output = Result<(), ProbeFailure>> + Send + 'static,
{
    fn probe(&self, address: SocketAddr) -> ProbeFuture<'_> {
        Box::pin(self(address))
    }
}
