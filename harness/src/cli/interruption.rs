//! The end that the user asks for: Ctrl-C, or a polite request.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::watch;

/// How long putting things in order may take before the program ends without it.
const PATIENCE: Duration = Duration::from_secs(15);

/// Who ends a verb that is asked to end: the verb itself where it has something
/// to put in order, else its caller, by dropping it. Clones share who it is.
#[derive(Clone)]
pub(super) struct Interruption {
    /// How often the user has asked.
    asked: watch::Receiver<u32>,
    taken_over: Arc<AtomicBool>,
}

impl Interruption {
    /// Listens from now on. Needs the runtime.
    pub(super) fn listen() -> Self {
        let (counter, asked) = watch::channel(0);
        tokio::spawn(count(counter));
        Self { asked, taken_over: Arc::default() }
    }

    /// From now on the caller sees to the end that is asked for.
    pub(super) fn take_over(&self) {
        self.taken_over.store(true, Ordering::Relaxed);
    }

    /// Completes when the user has asked for an end, and leaves it to the caller.
    pub(super) async fn taken_over(&self) {
        self.take_over();
        self.asked_times(1).await;
    }

    /// Completes when the verb is to be dropped: at once; or, where somebody has
    /// taken over, when they do not end in time, or the user asks again.
    pub(super) async fn left_to_the_caller(&self) {
        self.asked_times(1).await;
        if self.taken_over.load(Ordering::Relaxed) {
            drop(tokio::time::timeout(PATIENCE, self.asked_times(2)).await);
        }
    }

    async fn asked_times(&self, times: u32) {
        let mut asked = self.asked.clone();
        if asked.wait_for(|count| *count >= times).await.is_err() {
            // Nobody listens: nobody can ask.
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(unix)]
async fn count(counter: watch::Sender<u32>) {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut interrupt), Ok(mut terminate)) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        return;
    };
    loop {
        let told = tokio::select! {
            told = interrupt.recv() => told,
            told = terminate.recv() => told,
        };
        if told.is_none() {
            return;
        }
        counter.send_modify(|count| *count += 1);
    }
}

#[cfg(not(unix))]
async fn count(counter: watch::Sender<u32>) {
    while tokio::signal::ctrl_c().await.is_ok() {
        counter.send_modify(|count| *count += 1);
    }
}
