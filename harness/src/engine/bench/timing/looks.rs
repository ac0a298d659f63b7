//! When it looks for keys that it does not know.

use std::time::{Duration, Instant};

use super::{SETTLE, TICK, Timing, span};
use crate::engine::run::RunError;
use crate::key_times::{KeyFact, Looks, Span};
use crate::scenario::ConnectionUse;

/// How many tokens with unknown keys are sent in a minute.
const UNKNOWN: u32 = 30;
const EVERY: Duration = Duration::from_secs(2);
/// How long all of them take, and the last answer.
pub(super) const LOOK_MINUTE: Duration = Duration::from_secs(65);
/// An answer that takes longer was held back.
const HELD: Duration = Duration::from_secs(1);

impl Timing<'_> {
    /// A new key, and another one once the first is known.
    pub(super) async fn new_keys(&self) -> Result<Option<KeyFact>, RunError> {
        let first = self.until_new_key(self.started).await?;
        let second = match first {
            Span::Seconds(_) => Some(self.until_new_key(Instant::now()).await?),
            Span::LongerThan(_) => None,
        };
        Ok(Some(KeyFact::NewKey { first, second }))
    }

    async fn until_new_key(&self, last_fetch: Instant) -> Result<Span, RunError> {
        self.pause(SETTLE).await;
        self.stage().await?;
        let asked = Instant::now();
        let refusals = self.within(self.refusals_until_accepted()).await?;
        // A request that was held for long is none that got in at once.
        let is_at_once = refusals == Some(0) && asked.elapsed() < HELD;
        Ok(if is_at_once { Span::Seconds(0.0) } else { span(last_fetch, refusals.is_some()) })
    }

    /// How often an honest token was refused before it got in.
    async fn refusals_until_accepted(&self) -> Result<u32, RunError> {
        let mut refusals = 0;
        while !self.gets_in().await? {
            refusals += 1;
            self.pause(TICK).await;
        }
        Ok(refusals)
    }

    /// The fetches that a minute of tokens with unknown keys leads to.
    pub(super) async fn look_rate(&self) -> Result<Option<KeyFact>, RunError> {
        self.pause(SETTLE).await;
        let before = self.fetches().await?;
        let all = self.within(self.send_unknown()).await?;
        let count = self.fetches().await?.saturating_sub(before);
        Ok(all.map(|()| KeyFact::LookRate(Looks { count, of: UNKNOWN.into() })))
    }

    async fn send_unknown(&self) -> Result<(), RunError> {
        let begin = tokio::time::Instant::now();
        for next in 1..=UNKNOWN {
            let prepared = self.wire.prepare(self.case).await?;
            // Refused or lost: only what it leads to counts.
            drop(self.wire.send(&prepared.request, &ConnectionUse::Any).await);
            tokio::time::sleep_until(begin + EVERY * next).await;
        }
        Ok(())
    }

    /// From a fetch that failed until the key is found.
    pub(super) async fn after_failure(&self) -> Result<Option<KeyFact>, RunError> {
        self.pause(SETTLE).await;
        let before = self.fetches().await?;
        self.stage().await?;
        let Some(is_refused) = self.within(self.until_failed_fetch(before)).await? else { return Ok(None) };
        let failed = Instant::now();
        if !is_refused {
            return Ok(Some(KeyFact::AfterFailure(Span::Seconds(0.0))));
        }
        let found = self.within(self.refusals_until_accepted()).await?;
        Ok(Some(KeyFact::AfterFailure(span(failed, found.is_some()))))
    }

    /// Until the fetch that fails was made; whether the token that caused it was
    /// refused, which none is whose fetch is tried again at once.
    async fn until_failed_fetch(&self, before: u64) -> Result<bool, RunError> {
        loop {
            let accepted = self.gets_in().await?;
            if accepted || self.fetches().await? > before {
                return Ok(!accepted);
            }
            self.pause(TICK).await;
        }
    }
}
