//! What is known only at the end: calls that came late, and fetches that did
//! not come, which are one finding and not one for each case that waited.

use std::time::Instant;

use super::{Done, Record};
use crate::engine::exchange::Carried;
use crate::event::CaseResult;
use crate::verdict::{Cause, Evidence, Observation, VerdictKind};

/// Whether the verdict of a case is open until the end of the run.
pub(super) fn is_open(done: &Done, has_listener: bool) -> bool {
    let observation = &done.carried.observation;
    let watched = has_listener && done.case.counts_calls() && !matches!(observation, Observation::Skipped { .. });
    watched || matches!(observation, Observation::Unfetched { .. })
}

impl Record<'_> {
    /// When the last case came whose calls to the listener are watched: one may
    /// still be on its way behind an answer.
    pub(in crate::engine) fn last_watched(&self) -> Option<Instant> {
        self.last_watched
    }

    /// Judges what was held open.
    pub(in crate::engine) fn settle(&mut self) {
        let held = std::mem::take(&mut self.held);
        let (unfetched, watched): (Vec<Done>, Vec<Done>) =
            held.into_iter().partition(|done| matches!(done.carried.observation, Observation::Unfetched { .. }));
        // Where nobody has called, nothing shows that the target could.
        let proves_nothing =
            self.common.settings.elsewhere && self.listener.as_ref().is_some_and(|listener| !listener.was_called());
        for mut done in watched {
            if proves_nothing && !done.carried.got_in() {
                let why = "no call has shown that the target can reach the address of --listener";
                done.carried = Carried::skipped(why);
            }
            let hits = self.listener.as_ref().map(|listener| listener.hits_of(&done.case.name()));
            done.carried.evidence = Evidence { listener_hits: hits, ..done.carried.evidence };
            let row = self.common.row(&done);
            self.emit(row);
        }
        self.settle_unfetched(unfetched.iter().map(|done| self.common.row(done)).collect());
    }

    /// The row that is about the fetch tells it; else the most binding of those
    /// that waited for it. The others have nothing to be judged on.
    fn settle_unfetched(&mut self, mut rows: Vec<CaseResult>) {
        rows.sort_by_key(|row| std::cmp::Reverse(row.level));
        let told = self.results.values().find(|row| row.cause == Cause::Unfetched).map(CaseResult::name);
        let mut teller = told;
        for row in rows {
            let row = match &teller {
                None => {
                    teller = Some(row.name());
                    row
                }
                Some(teller) => {
                    let reason = format!("{}, see {teller}", row.reason);
                    let cause = Cause::Unjudged { why: reason.clone() };
                    CaseResult { verdict: VerdictKind::Skipped, not_run: true, cause, reason, ..row }
                }
            };
            self.emit(row);
        }
    }
}
