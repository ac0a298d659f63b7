//! Requests that meet the target while it fetches keys: the issuer holds its
//! answer back until they are under way.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::carried::Carried;
use super::polls::Polls;
use super::wire::Wire;
use crate::engine::witness::WitnessError;
use crate::scenario::{ConnectionUse, Sender};
use crate::verdict::Observation;

/// Counts the requests that were sent.
#[derive(Clone, Default)]
pub(super) struct UnderWay(Arc<AtomicUsize>);

impl UnderWay {
    pub(super) fn one_more(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn count(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

/// What came of a token whose key may have to be fetched.
enum Look {
    /// The target fetches.
    Fetching,
    /// It has the key.
    Served,
    /// It refused, or gave no answer yet, and did not fetch.
    Refused,
}

/// How long requests that were sent may take to arrive before the issuer answers.
const ARRIVAL: Duration = Duration::from_millis(100);
/// How often it is looked meanwhile.
const LOOKS: u32 = 10;
/// How long the issuer holds its answer at most: well below the deadline that
/// a target may have for it.
const HELD: Duration = Duration::from_millis(1500);

impl Wire {
    /// Holds the keys back and makes the target fetch them; `false` where it did
    /// not come within the refresh time. With `or_served`, a target that has the
    /// key already has nothing to fetch.
    pub(super) async fn begin_fetch(&self, or_served: bool) -> Result<bool, WitnessError> {
        let before = self.minter.seen().await?.keys;
        self.minter.hold().await?;
        let mut polls = Polls::own(self.refresh);
        loop {
            match self.looks_for(before).await? {
                Look::Fetching => return Ok(true),
                Look::Served if or_served => return Ok(true),
                Look::Served | Look::Refused => {}
            }
            if !polls.again(&self.client).await {
                return Ok(false);
            }
        }
    }

    /// Sends an honest token of the new key: whoever does not know it looks for
    /// it, and the request waits as long as the issuer does.
    async fn looks_for(&self, before: u64) -> Result<Look, WitnessError> {
        let wire = self.clone();
        let trigger = tokio::spawn(async move {
            let prepared = wire.companion(Sender::Control).await.ok()?;
            wire.send(&prepared.request, &ConnectionUse::Any).await.ok()
        });
        for _ in 0..LOOKS {
            if trigger.is_finished() || self.minter.seen().await?.keys > before {
                break;
            }
            self.client.pause(ARRIVAL / LOOKS).await;
        }
        if self.minter.seen().await?.keys > before {
            return Ok(Look::Fetching);
        }
        // One that is still under way may be waiting for its turn to fetch.
        let answer = if trigger.is_finished() { trigger.await.ok().flatten() } else { None };
        Ok(match answer {
            Some(answer) if self.settings.api.success.holds(&answer) => Look::Served,
            _ => Look::Refused,
        })
    }

    /// What is said of a case that needs a fetch which did not come. Where the
    /// owner of the target does not wait as long as it owes one, nothing follows.
    pub(in crate::engine) fn unfetched(&self, what: &str) -> Carried {
        let seconds = self.refresh.as_secs_f64();
        if self.refresh < self.refresh_due {
            let due = self.refresh_due.as_secs_f64();
            return Carried::skipped(format!(
                "{what} within {seconds} s, and it has {due} s for that: raise --refresh"
            ));
        }
        let why = format!("{what} within {seconds} s");
        Carried::without_exchange(Observation::Unfetched { why })
    }

    /// Lets the issuer answer once that many requests are under way, or nothing
    /// moves any more.
    pub(super) async fn release_under(&self, under_way: &UnderWay, requests: usize) -> Result<(), WitnessError> {
        let mut polls = Polls::own(HELD);
        while under_way.count() < requests && polls.again(&self.client).await {}
        self.client.pause(ARRIVAL).await;
        self.minter.release().await
    }
}
