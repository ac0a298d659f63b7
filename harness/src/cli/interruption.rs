//! The end that the user asks for: Ctrl-C, or a polite request.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// How long putting things in order may take before the program ends without it.
const PATIENCE: Duration = Duration::from_secs(15);

/// Who ends a verb that is asked to end: the verb itself where it has something
/// to put in order, else its caller, by dropping it. Clones share who it is.
#[derive(Clone, Default)]
pub(super) struct Interruption(Arc<AtomicBool>);

impl Interruption {
    /// Completes when the user asks for an end. From now on the caller is the
    /// one who sees to it.
    pub(super) async fn taken_over(&self) {
        self.0.store(true, Ordering::Relaxed);
        asked().await;
    }

    /// Completes when the verb is to be dropped: at once; or, where somebody has
    /// taken over, when they do not end in time, or the user asks again.
    pub(super) async fn left_to_the_caller(&self) {
        asked().await;
        if self.0.load(Ordering::Relaxed) {
            drop(tokio::time::timeout(PATIENCE, asked()).await);
        }
    }
}

#[cfg(unix)]
async fn asked() {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut interrupt), Ok(mut terminate)) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}

#[cfg(not(unix))]
async fn asked() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
