//! Pins the death of a target on the case that caused it, and brings the
//! target back.

use super::Bench;
use super::health::Health;
use crate::engine::exchange::Carried;
use crate::engine::record::Done;
use crate::engine::run::RunError;
use crate::engine::stage::accepted_control;
use crate::event::Event;
use crate::verdict::{Death, Observation};

impl Bench<'_> {
    /// The target died during a batch: every case without an answer (else every
    /// case) is run again alone on a fresh target, and the death is the one's
    /// that repeats it.
    pub(super) async fn pin(&mut self, after: &str, death: &Death, done: Vec<Done>) -> Result<Vec<Done>, RunError> {
        self.reporter.event(Event::TargetDied(death.clone()));
        if !self.revive(death).await? {
            self.reporter.probe_death(after, death, format!("the process died ({})", death.exit));
            return Ok(done.into_iter().map(|done| gone(done, death)).collect());
        }
        let suspects_only = done.iter().any(Done::is_unfinished);
        let (mut judged, mut repeated) = (Vec::new(), false);
        for case in done {
            if self.stopped.is_some() {
                judged.push(gone(case, death));
                continue;
            }
            if suspects_only && !case.is_unfinished() {
                judged.push(case);
                continue;
            }
            let (case, died) = self.again(case).await?;
            repeated |= died;
            judged.push(case);
        }
        let once = if repeated { "" } else { " once and not again" };
        self.reporter.probe_death(after, death, format!("the process died{once} ({})", death.exit));
        Ok(judged)
    }

    /// The target refused the control after a batch: a refusal in it proves
    /// nothing. Each case is run again, right after a control that was accepted.
    pub(super) async fn redo(&mut self, done: Vec<Done>) -> Result<Vec<Done>, RunError> {
        let mut judged = Vec::new();
        for case in done {
            if case.got_in() {
                judged.push(case);
            } else if let Some((_, why)) = &self.stopped {
                judged.push(case.not_run(why.clone()));
            } else {
                judged.push(self.again(case).await?.0);
            }
        }
        Ok(judged)
    }

    /// Runs a suspect alone; tells whether the target died of it again.
    async fn again(&mut self, suspect: Done) -> Result<(Done, bool), RunError> {
        let prepared = self.wire.prepare(&suspect.case).await?;
        let written = self.subject.lines_written();
        let carried = self.wire.carry_counted(&suspect.case, &prepared, &self.acceptance).await;
        let changes = prepared.minted.changes;
        let after = suspect.case.scenario.id.clone();
        match self.health().await? {
            Health::Gone(death) => {
                let death = death.with_last_lines(self.subject.lines_written_since(written));
                let carried = carried.died(death.clone(), &suspect.case);
                self.revive(&death).await?;
                return Ok((Done { carried, changes, ..suspect }, true));
            }
            Health::Well | Health::Limited => {}
            Health::Wavering(fault) => self.reporter.probe_wavering(&after, fault),
            Health::Refusing(fault) => {
                self.reporter.probe(&after, Some(fault));
                self.recover(&after).await?;
            }
        }
        Ok((Done { carried, changes, ..suspect }, false))
    }

    /// A fresh target, or the same one back again; else nothing more is judged.
    async fn revive(&mut self, death: &Death) -> Result<bool, RunError> {
        if self.subject.is_owned() {
            return Ok(self.renew().await);
        }
        let back = self.recovers().await?;
        if !back {
            let why = format!("the target is gone: {}; with --command it would be started again", death.exit);
            self.stop(why);
        }
        Ok(back)
    }

    /// The target refuses the control: a fresh one, or patience.
    pub(super) async fn recover(&mut self, after: &str) -> Result<(), RunError> {
        if self.subject.is_owned() {
            self.renew().await;
        } else if !self.recovers().await? {
            let why = format!("the target refuses the control since {after}");
            self.stop(why);
        }
        Ok(())
    }

    /// A fresh target that accepts the control. What was judged before is kept
    /// where there is none: the rest is left unjudged.
    pub(in crate::engine) async fn renew(&mut self) -> bool {
        let outcome = self.fresh().await;
        self.renewed(outcome)
    }

    pub(super) fn renewed(&mut self, outcome: Result<(), RunError>) -> bool {
        match outcome {
            Ok(()) => {
                // That a bench of its own has a target is nothing to tell.
                if self.server.is_none() {
                    self.reporter.event(Event::TargetRestarted { url: self.wire.endpoint.to_string() });
                }
                true
            }
            Err(error) => {
                let log = self.subject.log();
                let said = log.last().map(|line| format!("; its log ends with: {line}")).unwrap_or_default();
                self.stop(format!("the target does not start again: {error}{said}"));
                false
            }
        }
    }

    /// As [`Bench::renew`], for who sees to the error.
    pub(in crate::engine) async fn fresh(&mut self) -> Result<(), RunError> {
        self.start().await?;
        accepted_control(&self.wire).await?;
        Ok(())
    }
}

impl Done {
    fn is_unfinished(&self) -> bool {
        matches!(self.carried.observation, Observation::Lost(_))
    }

    /// Whether it proves something whatever state the target was in.
    fn got_in(&self) -> bool {
        self.carried.got_in()
    }

    fn not_run(self, why: String) -> Self {
        Self { carried: Carried { observation: Observation::NotRun { why }, ..self.carried }, ..self }
    }
}

/// A case whose target went away for good: one that got no answer is unjudged.
fn gone(done: Done, death: &Death) -> Done {
    if done.is_unfinished() { done.not_run(format!("the target is gone: {}", death.exit)) } else { done }
}
