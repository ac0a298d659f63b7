//! What the server remembers between requests. A sound one remembers keys, and nothing else.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep};

/// No more tokens than this are kept, so that a flood ends.
const MAX_TOKENS: usize = 10_000;
/// Long enough for another request to come in between.
const SERVING: Duration = Duration::from_millis(3);
/// Fewer at once than this are served one by one.
const MANY: usize = 5;
/// As long as an answer stays in a cache that should not have it.
const A_MOMENT: Duration = Duration::from_secs(1);

/// What only defects write down.
#[derive(Default)]
pub(crate) struct Memory {
    /// Nobody gets in any more.
    locked: AtomicBool,
    /// The server is to end.
    death: Notify,
    /// Who is being served, whoever asks.
    current: Mutex<Option<String>>,
    /// How many are.
    serving: AtomicUsize,
    /// Who was served last, and when.
    served: Mutex<Option<(Instant, Option<String>)>>,
    /// Tokens that were found good once, with their subjects.
    tokens: Mutex<HashMap<String, Option<String>>>,
}

impl Memory {
    pub(crate) fn lock_out(&self) {
        self.locked.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_locked(&self) -> bool {
        self.locked.load(Ordering::Relaxed)
    }

    /// Ends the server.
    pub(crate) fn die(&self) {
        self.death.notify_one();
    }

    /// Resolves when the server is to end.
    pub(crate) async fn died(&self) {
        self.death.notified().await;
    }

    /// Whoever has been served without a longer pause until now, or else `sub`.
    pub(crate) fn last_served(&self, sub: Option<String>) -> Option<String> {
        let mut served = lock(&self.served);
        let last = served.take().filter(|(at, _)| at.elapsed() < A_MOMENT);
        let sub = last.map_or(sub, |(_, last)| last);
        *served = Some((Instant::now(), sub.clone()));
        sub
    }

    /// Who is being served now that `sub` is; only where many are at the same time does it matter.
    pub(crate) async fn current_while_serving(&self, sub: Option<String>) -> Option<String> {
        *lock(&self.current) = sub.clone();
        let others = self.serving.fetch_add(1, Ordering::Relaxed);
        sleep(SERVING).await;
        let at_once = self.serving.fetch_sub(1, Ordering::Relaxed).max(others + 1);
        if at_once >= MANY { lock(&self.current).clone() } else { sub }
    }

    pub(crate) fn remember(&self, token: &str, sub: Option<&str>) {
        let mut tokens = lock(&self.tokens);
        if tokens.len() < MAX_TOKENS {
            tokens.insert(token.to_owned(), sub.map(str::to_owned));
        }
    }

    /// The subject of a token that was good once.
    pub(crate) fn recall(&self, token: &str) -> Option<Option<String>> {
        lock(&self.tokens).get(token).cloned()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
