use std::time::{Duration, Instant};

use crate::http::Client;

/// Tries until something is so or a limit has passed: dense at first, then a
/// few a second and fewer, and the last one behind the limit, never before it.
pub(in crate::engine) struct Polls {
    begin: Instant,
    limit: Duration,
    pause: Duration,
    longest: Duration,
    is_last: bool,
}

/// How long behind the limit the last try comes: whoever looks every so many
/// seconds needs a moment for it.
const BEHIND: Duration = Duration::from_millis(1000);

impl Polls {
    /// Of a target that the harness started, which only this run asks.
    pub(in crate::engine) fn own(limit: Duration) -> Self {
        Self::new(limit, Duration::from_millis(50), Duration::from_millis(1000))
    }

    /// Of a target that others use as well.
    pub(in crate::engine) fn gentle(limit: Duration) -> Self {
        Self::new(limit, Duration::from_millis(250), Duration::from_secs(2))
    }

    fn new(limit: Duration, first: Duration, longest: Duration) -> Self {
        Self { begin: Instant::now(), limit, pause: first, longest, is_last: false }
    }

    /// How long it has been tried.
    pub(in crate::engine) fn elapsed(&self) -> Duration {
        self.begin.elapsed()
    }

    /// Waits for the next try; false where there is none.
    pub(in crate::engine) async fn again(&mut self, client: &Client) -> bool {
        if self.is_last {
            return false;
        }
        let left = self.limit.saturating_sub(self.begin.elapsed());
        let behind = BEHIND.min(self.limit / 4);
        self.is_last = left <= self.pause;
        let pause = if self.is_last { left + behind } else { self.pause };
        client.pause(pause).await;
        self.pause = (self.pause * 3 / 2).min(self.longest);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::ClientSettings;

    #[tokio::test]
    async fn the_last_try_comes_behind_the_limit() {
        let client = Client::new(ClientSettings::default()).unwrap();
        let limit = Duration::from_millis(200);
        let mut polls = Polls::own(limit);
        let mut last = polls.elapsed();
        while polls.again(&client).await {
            last = polls.elapsed();
        }
        assert!(last > limit, "{last:?}");
    }
}
