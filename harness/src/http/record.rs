use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::Request;

/// Remembers what a client sends and when it pauses, so that it can be done again. Clones share
/// what they remember. Holds usable tokens: never for a report.
#[derive(Clone, Default)]
pub struct Recorder(Arc<Mutex<Vec<Recorded>>>);

/// What a client was asked for in one call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recorded {
    /// One request.
    One(Request),
    /// Several on one connection, one after the other.
    Sequence(Vec<Request>),
    /// Several on one connection at once.
    Pipelined(Vec<Request>),
    /// Nothing was sent for so long.
    Pause(Duration),
    /// The target was started again.
    Restart,
}

impl Recorder {
    /// What was sent so far, in order.
    #[must_use]
    pub fn take(&self) -> Vec<Recorded> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn note(&self, recorded: Recorded) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(recorded);
    }
}

impl std::fmt::Debug for Recorder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Recorder(..)")
    }
}
