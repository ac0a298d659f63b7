//! What becomes of a request while its key is fetched from an issuer that does not
//! answer.

use std::time::{Duration, Instant};

use super::{SETTLE, TICK, Timing, span};
use crate::engine::run::RunError;
use crate::key_times::KeyFact;

/// An answer that comes sooner did not wait for the issuer.
const SOON: Duration = Duration::from_millis(400);

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
                return Ok(Some(waited(sent, answered.is_some())));
            }
            if answered.is_none() {
                return Ok(None);
            }
            if self
                .within(async {
                    self.pause(TICK).await;
                    Ok(())
                })
                .await?
                .is_none()
            {
                return Ok(None);
            }
        }
    }
}

/// What is said of a request that was sent then, and whose key was asked for.
fn waited(sent: Instant, is_answered: bool) -> KeyFact {
    let held = !is_answered || sent.elapsed() > SOON;
    KeyFact::SlowIssuer { held, timeout: held.then(|| span(sent, is_answered)) }
}
