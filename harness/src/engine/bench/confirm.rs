//! An honest token that is refused is sent again before that is told: a target
//! that changes its mind is another finding than one that knows no such tokens.

use super::Bench;
use crate::engine::record::Done;
use crate::engine::run::RunError;
use crate::scenario::{Access, Case};
use crate::verdict::{Evidence, Observation};

/// How often a refused token is sent again.
const TRIES: usize = 3;

impl Bench<'_> {
    /// Marks the refusals that do not repeat.
    pub(super) async fn confirm_refusals(&self, done: Vec<Done>) -> Result<Vec<Done>, RunError> {
        let mut confirmed = Vec::with_capacity(done.len());
        for done in done {
            let intermittent = is_refused_token(&done) && self.gets_in_again(&done.case).await?;
            confirmed.push(if intermittent { done.intermittent() } else { done });
        }
        Ok(confirmed)
    }

    async fn gets_in_again(&self, case: &Case) -> Result<bool, RunError> {
        for _ in 0..TRIES {
            let prepared = self.wire.prepare(case).await?;
            if self.wire.carry_counted(case, &prepared, &self.acceptance).await.got_in() {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Whether the case sends one honest token, once, and it was refused.
fn is_refused_token(done: &Done) -> bool {
    let is_honest = done.case.expectation().is_some_and(|expectation| expectation.access == Access::Accepted);
    let refused = matches!(&done.carried.observation,
        Observation::Answered(answered) if !answered.accepted && answered.status != 429);
    is_honest && refused && done.case.variant.delivery.is_plain() && !done.case.is_staged()
}

impl Done {
    fn intermittent(mut self) -> Self {
        self.carried.evidence = Evidence { intermittent: true, ..self.carried.evidence };
        self
    }
}
