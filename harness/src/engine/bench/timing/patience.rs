use std::time::{Duration, Instant};

use tokio::sync::watch;

/// What measurements wait for that don't take their own time: that the cases beside
/// them are through.
/// There are none by default.
#[derive(Debug, Clone)]
pub(in crate::engine) struct Others(watch::Sender<bool>);

impl Default for Others {
    fn default() -> Self {
        Self(watch::Sender::new(true))
    }
}

impl Others {
    /// Cases that have yet to be carried out.
    pub(in crate::engine) fn to_come() -> Self {
        Self(watch::Sender::new(false))
    }

    /// No case is carried out beside the measurements any more.
    pub(in crate::engine) fn are_through(&self) {
        self.0.send_replace(true);
    }
}

/// How long a measurement goes on.
pub(super) struct Patience {
    limit: Duration,
    /// Whose end is its own as well.
    others: Option<watch::Receiver<bool>>,
    begin: Instant,
}

/// What each is given at least: a short `max-age` is over by then.
const LEAST: Duration = Duration::from_millis(2500);
/// How many times the refresh delay it is given with `--slow`: more than libraries
/// keep a key set by default.
const REFRESHES: u32 = 11;

impl Patience {
    /// As long as it takes, within reason, but not less than `least`.
    pub(super) fn slow(refresh: Duration, least: Duration) -> Self {
        Self { limit: least.max(refresh * REFRESHES), others: None, begin: Instant::now() }
    }

    /// As long as others take, and no longer than the refresh delay.
    pub(super) fn beside(others: &Others, refresh: Duration) -> Self {
        Self { limit: refresh.max(LEAST), others: Some(others.0.subscribe()), begin: Instant::now() }
    }

    /// From now on.
    pub(super) fn begun(self) -> Self {
        Self { begin: Instant::now(), ..self }
    }

    pub(super) fn limit(&self) -> Duration {
        self.limit
    }

    /// Waits until it is over.
    pub(super) async fn over(&self) {
        let limit = tokio::time::sleep_until((self.begin + self.limit).into());
        tokio::select! {
            () = limit => {}
            () = self.others_are_through() => {}
        }
    }

    async fn others_are_through(&self) {
        let Some(mut others) = self.others.clone() else { return std::future::pending().await };
        // Who is gone is through as well.
        drop(others.wait_for(|through| *through).await);
        tokio::time::sleep_until((self.begin + LEAST).into()).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn it_ends_with_the_others_but_not_before_its_least() {
        let others = Others::to_come();
        let patience = Patience::beside(&others, Duration::from_secs(60));
        let begin = tokio::time::Instant::now();
        others.are_through();
        patience.over().await;
        let took = begin.elapsed();
        assert!(took >= LEAST - Duration::from_millis(50) && took < Duration::from_secs(5), "{took:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn with_slow_it_takes_eleven_refresh_delays() {
        let begin = tokio::time::Instant::now();
        Patience::slow(Duration::from_secs(60), Duration::ZERO).over().await;
        assert!(begin.elapsed() >= Duration::from_secs(659));
    }
}
