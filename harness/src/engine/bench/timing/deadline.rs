//! What becomes of a request while its key is fetched from an issuer that does not
//! answer.

use std::ops::Range;
use std::time::{Duration, Instant};

use mock_idp::step::Fault;

use super::{DEADLINE, SETTLE, TICK, Timing};
use crate::engine::run::RunError;
use crate::key_times::{KeyFact, Span};

/// An answer that comes sooner did not wait for the issuer.
const SOON: Duration = Duration::from_millis(400);
/// The issuer lets go after a while: who answers then would have waited on.
const LET_GO: Range<Duration> = Fault::HANG..Fault::HANG.saturating_add(Duration::from_secs(2));

impl Timing<'_> {
    /// Whether a request waits for its key, and how long.
    pub(super) async fn slow_issuer(&self) -> Result<Option<KeyFact>, RunError> {
        self.pause(SETTLE).await;
        let before = self.fetches().await?;
        self.stage().await?;
        loop {
            let sent = Instant::now();
            let answered = self.within(self.gets_in()).await?;
            if self.fetches().await? > before {
                return Ok(Some(waited(sent.elapsed(), answered.is_some())));
            }
            let goes_on = self.within(self.tick()).await?;
            if answered.is_none() || goes_on.is_none() {
                return Ok(None);
            }
        }
    }

    async fn tick(&self) -> Result<(), RunError> {
        self.pause(TICK).await;
        Ok(())
    }
}

/// What is said of a request that took so long, and whose key was asked for.
fn waited(elapsed: Duration, is_answered: bool) -> KeyFact {
    let held = !is_answered || elapsed > SOON;
    let timeout = match elapsed {
        _ if LET_GO.contains(&elapsed) => Span::LongerThan(Fault::HANG.as_secs_f64()),
        // Ours, and none of the target's.
        _ if !is_answered || elapsed >= DEADLINE => Span::LongerThan(elapsed.as_secs_f64()),
        _ => Span::Seconds(elapsed.as_secs_f64()),
    };
    KeyFact::SlowIssuer { held, timeout: held.then_some(timeout) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn timeout(seconds: f64, is_answered: bool) -> Option<Span> {
        match waited(Duration::from_secs_f64(seconds), is_answered) {
            KeyFact::SlowIssuer { held: true, timeout } => timeout,
            _ => None,
        }
    }

    #[test]
    fn an_end_that_is_not_the_targets_is_none() {
        assert_eq!(timeout(5.0, true), Some(Span::Seconds(5.0)));
        assert_eq!(timeout(60.1, true), Some(Span::LongerThan(60.0)), "the issuer let go");
        assert_eq!(timeout(81.7, true), Some(Span::Seconds(81.7)), "several tries");
        assert_eq!(timeout(90.0, true), Some(Span::LongerThan(90.0)), "the request had a deadline");
        assert_eq!(timeout(2.0, false), Some(Span::LongerThan(2.0)));
        assert_eq!(timeout(0.1, true), None, "it was refused at once");
    }
}
