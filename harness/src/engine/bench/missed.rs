//! A token that comes before its key is published: the target refuses it, and
//! must not remember that for ever.

use super::Bench;
use crate::engine::exchange::{Carried, Prepared, Reading};
use crate::engine::run::RunError;
use crate::scenario::{Cache, Case};

impl Bench<'_> {
    /// Starts a target that is to live through the case's steps: with a control
    /// that it accepts, unless the case's own token is to be the first that it
    /// sees, and with that the reason for its first fetch.
    pub(super) async fn begin_life(&mut self, case: &Case) -> bool {
        if case.variant.cache != Cache::Missed {
            return self.renew().await;
        }
        let outcome = self.start().await.map_err(RunError::from);
        self.renewed(outcome)
    }

    /// Sends the case before the steps. What follows where it is not refused:
    /// then nothing was missed, and nothing can be remembered.
    pub(super) async fn sent_early(&self, case: &Case, prepared: &Prepared) -> Option<Carried> {
        let reading = Reading { acceptance: &self.acceptance, issuer_broken: false };
        let early = self.wire.once(case, prepared, reading).await;
        early.got_in().then(|| {
            Carried::skipped(
                "the target accepts the token before its key is published: see signature/foreign-key-own-kid",
            )
        })
    }

    /// A token that was missed and is still refused: whether the target keeps
    /// that in mind, or does not fetch at all, a healthy twin tells that it has
    /// not seen before.
    pub(super) async fn with_fetch_after_miss(
        &self,
        case: &Case,
        carried: Carried,
        revision: u64,
    ) -> Result<Carried, RunError> {
        if case.variant.cache != Cache::Missed || carried.got_in() {
            return Ok(carried);
        }
        if self.fetching.is_never() {
            return Ok(self.wire.unfetched("the target did not fetch the changed keys"));
        }
        Ok(match self.await_fetch(case, revision).await? {
            Ok(()) => carried,
            Err(unproven) => unproven,
        })
    }
}
