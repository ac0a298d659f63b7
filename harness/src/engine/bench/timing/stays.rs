//! How long it stays with what it has.

use std::time::{Duration, Instant};

use super::{SETTLE, TICK, Timing, span};
use crate::engine::run::RunError;
use crate::key_times::{Heed, KeyFact, Span};

/// Longer than the `max-age` that is tried.
const PAST_MAX_AGE: Duration = Duration::from_millis(1500);

impl Timing<'_> {
    /// From one fetch to the next, where nothing but time asks for it.
    pub(super) async fn lifetime(&self) -> Result<Option<KeyFact>, RunError> {
        if self.fetches_each_time().await? {
            return Ok(Some(KeyFact::Lifetime(Span::Seconds(0.0))));
        }
        let before = self.fetches().await?;
        let fetched = self.within(self.until_fetch(before)).await?;
        Ok(Some(KeyFact::Lifetime(span(self.started, fetched.is_some()))))
    }

    /// Whether one more request is one more fetch.
    async fn fetches_each_time(&self) -> Result<bool, RunError> {
        self.gets_in().await?;
        let before = self.fetches().await?;
        self.gets_in().await?;
        Ok(self.fetches().await? > before)
    }

    async fn until_fetch(&self, before: u64) -> Result<(), RunError> {
        while self.fetches().await? == before {
            self.pause(TICK).await;
            self.gets_in().await?;
        }
        Ok(())
    }

    /// Whether a set is fetched anew behind its `max-age`, which the case's step has
    /// made short; `None` where it is fetched anew anyhow.
    pub(super) async fn max_age(&self) -> Result<Option<KeyFact>, RunError> {
        if self.fetches_each_time().await? {
            return Ok(None);
        }
        self.pause(PAST_MAX_AGE).await;
        let before = self.fetches().await?;
        self.gets_in().await?;
        // Some answer first and fetch then.
        self.pause(SETTLE).await;
        self.gets_in().await?;
        let heed = if self.fetches().await? > before { Heed::Obeyed } else { Heed::Ignored };
        Ok(Some(KeyFact::MaxAge(heed)))
    }

    /// Whether a set that must not be stored is fetched for each request.
    pub(super) async fn no_store(&self) -> Result<Option<KeyFact>, RunError> {
        let heed = if self.fetches_each_time().await? { Heed::Obeyed } else { Heed::Ignored };
        Ok(Some(KeyFact::NoStore(heed)))
    }

    /// How long known keys serve, once the issuer is away.
    pub(super) async fn outage(&self) -> Result<Option<KeyFact>, RunError> {
        self.pause(SETTLE).await;
        self.stage().await?;
        let begin = Instant::now();
        if !self.gets_in().await? {
            return Ok(Some(KeyFact::Outage(Span::Seconds(0.0))));
        }
        let refused = self.within(self.until_refused()).await?;
        // Who knows a key from its last fetch counts from there.
        let since = if refused.is_some() { self.started } else { begin };
        Ok(Some(KeyFact::Outage(span(since, refused.is_some()))))
    }

    async fn until_refused(&self) -> Result<(), RunError> {
        while self.gets_in().await? {
            self.pause(TICK).await;
        }
        Ok(())
    }
}
