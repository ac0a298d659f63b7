use std::time::{Duration, Instant};

use crate::http::Client;

/// Tries until something is so or a limit has passed: dense at first, then a
/// few a second and fewer, and the last ones behind the limit, never before it.
pub(in crate::engine) struct Polls {
    begin: Instant,
    limit: Duration,
    pause: Duration,
    longest: Duration,
    /// How many were made behind the limit.
    behind: u32,
}

/// How long behind the limit a try comes: whoever looks every so many seconds needs
/// a moment for it.
const BEHIND: Duration = Duration::from_millis(1000);
/// How many come behind it: who looks again only when a token asks for it is asked by
/// the first of them, and knows the key at the next.
const TRIES_BEHIND: u32 = 3;

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
        Self { begin: Instant::now(), limit, pause: first, longest, behind: 0 }
    }

    /// How long it has been tried.
    pub(in crate::engine) fn elapsed(&self) -> Duration {
        self.begin.elapsed()
    }

    /// Waits for the next try; false where there is none.
    pub(in crate::engine) async fn again(&mut self, client: &Client) -> bool {
        if self.behind == TRIES_BEHIND {
            return false;
        }
        let left = self.limit.saturating_sub(self.begin.elapsed());
        let is_behind = left <= self.pause;
        self.behind += u32::from(is_behind);
        let pause = if is_behind { left + BEHIND.min(self.limit / 4) } else { self.pause };
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
    async fn the_last_tries_come_behind_the_limit() {
        let client = Client::new(ClientSettings::default()).unwrap();
        let limit = Duration::from_millis(200);
        let mut polls = Polls::own(limit);
        let mut behind = 0;
        while polls.again(&client).await {
            behind += u32::from(polls.elapsed() > limit);
        }
        assert_eq!(behind, TRIES_BEHIND);
    }
}
