//! A limit on the rate of requests (RFC 6585 4), which only a quirk sets.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// So many requests are answered in each window.
const MOST: u32 = 8;
const WINDOW: Duration = Duration::from_secs(1);

/// Counts the requests of the window that runs.
#[derive(Default)]
pub(crate) struct Limit(Mutex<Option<(Instant, u32)>>);

impl Limit {
    /// Whether one more request may be answered now.
    pub(crate) fn admits(&self) -> bool {
        let mut window = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (begun, count) = match *window {
            Some((begun, count)) if begun.elapsed() < WINDOW => (begun, count + 1),
            _ => (Instant::now(), 1),
        };
        *window = Some((begun, count));
        count <= MOST
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_window_admits_so_many_and_the_next_one_begins_anew() {
        let limit = Limit::default();
        for _ in 0..2 {
            assert!((0..MOST).all(|_| limit.admits()));
            assert!(!limit.admits());
            tokio::time::advance(WINDOW).await;
        }
    }
}
