use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{RwLock, RwLockWriteGuard};
use tokio::time::{Instant, sleep, sleep_until};

/// When the next request may begin: at most so many a second, and none while
/// somebody waits as a target has asked.
#[derive(Debug)]
pub(super) struct Pace {
    state: Mutex<State>,
    /// Held whole by whoever sends once more: first requests of others would use
    /// up what it has waited for.
    gate: RwLock<()>,
}

#[derive(Debug, Default)]
struct State {
    /// Between two requests; zero where there may be any number.
    gap: Duration,
    next: Option<Instant>,
    /// When the requests of the last second began.
    begun: VecDeque<Instant>,
}

/// While it lives, nobody else begins a request.
#[derive(Debug)]
#[must_use = "others begin once it is dropped"]
pub struct Turn<'a>(#[expect(dead_code, reason = "it is held, and never read")] RwLockWriteGuard<'a, ()>);

impl Pace {
    /// At most `rate` requests a second; any number for `None`.
    pub(super) fn new(rate: Option<f64>) -> Self {
        let gap = rate.and_then(|rate| Duration::try_from_secs_f64(1.0 / rate).ok()).unwrap_or_default();
        Self { state: Mutex::new(State { gap, ..State::default() }), gate: RwLock::new(()) }
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

    /// Lets fewer begin from now on, since a target has turned one away: well below
    /// what was sent in the last second, and again less where that was too much.
    pub(super) fn slow_down(&self) {
        let mut state = self.state();
        state.forget_before(Instant::now());
        let sent = u32::try_from(state.begun.len()).unwrap_or(u32::MAX).max(1);
        let learned = Duration::from_secs_f64(1.0 / (f64::from(sent) * MARGIN));
        let slower = state.gap.mul_f64(1.0 / MARGIN);
        state.gap = learned.max(slower).min(LONGEST_GAP).max(state.gap);
    }

    async fn slot(&self, requests: usize) {
        let at = self.state().take(requests);
        sleep_until(at).await;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// When so many requests may begin.
    fn take(&mut self, requests: usize) -> Instant {
        let now = Instant::now();
        let at = self.next.filter(|_| !self.gap.is_zero()).unwrap_or(now).max(now);
        let taken = self.gap.saturating_mul(u32::try_from(requests).unwrap_or(u32::MAX));
        // Beyond the clock's range nothing more is sent in any case.
        self.next = at.checked_add(taken).or(Some(at));
        self.forget_before(at);
        self.begun.extend(std::iter::repeat_n(at, requests.min(MOST_COUNTED)));
        at
    }

    fn forget_before(&mut self, now: Instant) {
        while self.begun.front().is_some_and(|begun| now.saturating_duration_since(*begun) >= SECOND) {
            self.begun.pop_front();
        }
    }
}

const SECOND: Duration = Duration::from_secs(1);
/// How much of what was too much is tried next.
const MARGIN: f64 = 0.7;
/// Below some three a second a target says itself when to come again.
const LONGEST_GAP: Duration = Duration::from_millis(300);
/// Of requests that begin together, so many are counted.
const MOST_COUNTED: usize = 1000;

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
    async fn who_is_turned_away_begins_less_often_from_then_on() {
        let pace = Pace::new(None);
        for _ in 0..10 {
            pace.turn(1).await;
        }
        pace.slow_down();
        // Seven a second are tried after ten.
        let begin = Instant::now();
        for _ in 0..3 {
            pace.turn(1).await;
        }
        assert!(begin.elapsed() >= Duration::from_millis(280), "{:?}", begin.elapsed());
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
