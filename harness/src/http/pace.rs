use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{RwLock, RwLockWriteGuard};
use tokio::time::{Instant, sleep, sleep_until};

/// When the next request may begin: at most so many a second, and none while
/// somebody waits as a target has asked.
#[derive(Debug)]
pub(super) struct Pace {
    /// Between two requests; zero where there may be any number.
    gap: Duration,
    next: Mutex<Option<Instant>>,
    /// Held whole by whoever sends once more: first requests of others would use
    /// up what it has waited for.
    gate: RwLock<()>,
}

/// While it lives, nobody else begins a request.
#[derive(Debug)]
#[must_use = "others begin once it is dropped"]
pub struct Turn<'a>(#[expect(dead_code, reason = "it is held, and never read")] RwLockWriteGuard<'a, ()>);

impl Pace {
    /// At most `rate` requests a second; any number for `None`.
    pub(super) fn new(rate: Option<f64>) -> Self {
        let gap = rate.and_then(|rate| Duration::try_from_secs_f64(1.0 / rate).ok()).unwrap_or_default();
        Self { gap, next: Mutex::new(None), gate: RwLock::new(()) }
    }

    /// Waits until so many requests may begin.
    pub(super) async fn turn(&self, requests: usize) {
        drop(self.gate.read().await);
        self.slot(requests).await;
    }

    /// Waits that long while nobody else begins a request, and until one more may.
    pub(super) async fn turn_after(&self, pause: Duration) -> Turn<'_> {
        let gate = self.gate.write().await;
        sleep(pause).await;
        self.slot(1).await;
        Turn(gate)
    }

    async fn slot(&self, requests: usize) {
        if self.gap.is_zero() {
            return;
        }
        let taken = self.gap.saturating_mul(u32::try_from(requests).unwrap_or(u32::MAX));
        let at = {
            let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
            let now = Instant::now();
            let at = next.unwrap_or(now).max(now);
            // Beyond the clock's range nothing more is sent in any case.
            *next = at.checked_add(taken).or(Some(at));
            at
        };
        sleep_until(at).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn so_many_begin_in_a_second_and_no_more() {
        let pace = Pace::new(Some(50.0));
        let begin = Instant::now();
        for _ in 0..6 {
            pace.turn(1).await;
        }
        assert!(begin.elapsed() >= Duration::from_millis(100), "{:?}", begin.elapsed());
        pace.turn(10).await;
        pace.turn(1).await;
        assert!(begin.elapsed() >= Duration::from_millis(320), "{:?}", begin.elapsed());
    }

    #[tokio::test]
    async fn nobody_begins_while_somebody_waits() {
        let pace = Pace::new(None);
        let begin = Instant::now();
        let waiting = async { drop(pace.turn_after(Duration::from_millis(80)).await) };
        let other = async {
            tokio::task::yield_now().await;
            pace.turn(1).await;
            begin.elapsed()
        };
        let ((), began) = tokio::join!(waiting, other);
        assert!(began >= Duration::from_millis(80), "{began:?}");
    }
}
