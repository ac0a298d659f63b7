//! What the server remembers between requests. A sound one remembers keys, and nothing else.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

/// No more tokens than this are kept, so that a flood ends.
const MAX_TOKENS: usize = 10_000;
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

    pub(crate) fn set_current(&self, sub: Option<String>) {
        *lock(&self.current) = sub;
    }

    pub(crate) fn current(&self) -> Option<String> {
        lock(&self.current).clone()
    }

    /// Who was served within the last moment, or else `sub`, who is from now on.
    pub(crate) fn last_served(&self, sub: Option<String>) -> Option<String> {
        let mut served = lock(&self.served);
        match &*served {
            Some((at, last)) if at.elapsed() < A_MOMENT => last.clone(),
            _ => {
                *served = Some((Instant::now(), sub.clone()));
                sub
            }
        }
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
