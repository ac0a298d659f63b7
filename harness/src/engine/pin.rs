//! Pins the death of a target on the case that caused it, and brings the
//! target back.

use super::carried::Carried;
use super::carry::{Done, Progress};
use super::control;
use super::run::RunError;
use super::survive::{Health, health, recovers};
use crate::event::Event;
use crate::target::Target;
use crate::verdict::{Death, Observation, VerdictKind};

impl Progress<'_> {
    /// The target died during a batch: every case without an answer (else every
    /// case) is run again alone on a fresh target, and the death is the one's
    /// that repeats it.
    pub(super) async fn pin(
        &mut self,
        after: &str,
        death: &Death,
        done: Vec<Done>,
        target: &mut Target,
    ) -> Result<Vec<Done>, RunError> {
        self.sink.on(&Event::TargetDied(death.clone()));
        if !self.revive(death, target).await? {
            self.probe_death(after, death, format!("the process died ({})", death.exit));
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
            let (case, died) = self.again(case, target).await?;
            repeated |= died;
            judged.push(case);
        }
        let once = if repeated { "" } else { " once and not again" };
        self.probe_death(after, death, format!("the process died{once} ({})", death.exit));
        Ok(judged)
    }

    /// The target refused the control after a batch: a refusal in it proves
    /// nothing. Each case is run again, right after a control that was accepted.
    pub(super) async fn redo(&mut self, done: Vec<Done>, target: &mut Target) -> Result<Vec<Done>, RunError> {
        let mut judged = Vec::new();
        for case in done {
            if case.got_in() {
                judged.push(case);
            } else if let Some((_, why)) = &self.stopped {
                judged.push(case.not_run(why.clone()));
            } else {
                judged.push(self.again(case, target).await?.0);
            }
        }
        Ok(judged)
    }

    /// Runs a suspect alone; tells whether the target died of it again.
    async fn again(&mut self, suspect: Done, target: &mut Target) -> Result<(Done, bool), RunError> {
        let prepared = self.wire.prepare(&suspect.case).await?;
        let carried = self.wire.carry_counted(&suspect.case, &prepared, &self.acceptance).await;
        let changes = prepared.minted.changes;
        let after = suspect.case.scenario.id.clone();
        match health(&self.wire, target, &self.acceptance).await? {
            Health::Gone(death) => {
                let carried = carried.died(death.clone(), &suspect.case);
                self.revive(&death, target).await?;
                return Ok((Done { carried, changes, ..suspect }, true));
            }
            Health::Well | Health::Limited => {}
            Health::Refusing(fault) => {
                self.probe(&after, Some(fault));
                self.recover(&after, target).await?;
            }
        }
        Ok((Done { carried, changes, ..suspect }, false))
    }

    /// A fresh target, or the same one back again; else nothing more is judged.
    async fn revive(&mut self, death: &Death, target: &mut Target) -> Result<bool, RunError> {
        if target.is_owned() {
            return Ok(self.renew(target).await);
        }
        let back = recovers(&self.wire, &self.acceptance).await?;
        if !back {
            let why = format!("the target is gone: {}; with --command it would be started again", death.exit);
            self.stopped = Some((VerdictKind::Inconclusive, why));
        }
        Ok(back)
    }

    /// The target refuses the control: a fresh one, or patience.
    pub(super) async fn recover(&mut self, after: &str, target: &mut Target) -> Result<(), RunError> {
        if target.is_owned() {
            self.renew(target).await;
        } else if !recovers(&self.wire, &self.acceptance).await? {
            let why = format!("the target refuses the control since {after}");
            self.stopped = Some((VerdictKind::Inconclusive, why));
        }
        Ok(())
    }

    /// A fresh target that accepts the control. What was judged before is kept
    /// where there is none: the rest is left unjudged.
    pub(super) async fn renew(&mut self, target: &mut Target) -> bool {
        let outcome = self.fresh(target).await;
        self.renewed(outcome, target)
    }

    /// A fresh target that has fetched nothing yet.
    pub(super) async fn renew_cold(&mut self, target: &mut Target) -> bool {
        let outcome = self.started(target).await;
        self.renewed(outcome, target)
    }

    fn renewed(&mut self, outcome: Result<(), RunError>, target: &Target) -> bool {
        match outcome {
            Ok(()) => {
                self.sink.on(&Event::TargetRestarted { url: self.wire.endpoint.to_string() });
                true
            }
            Err(error) => {
                let log = target.log();
                let said = log.last().map(|line| format!("; it said: {line}")).unwrap_or_default();
                let why = format!("the target does not start again: {error}{said}");
                self.stopped = Some((VerdictKind::Inconclusive, why));
                false
            }
        }
    }

    async fn fresh(&mut self, target: &mut Target) -> Result<(), RunError> {
        self.started(target).await?;
        control::accepted_control(&self.wire).await?;
        Ok(())
    }

    async fn started(&mut self, target: &mut Target) -> Result<(), RunError> {
        self.look_at_log("the last of a process", target);
        target.renew().await?;
        self.log_lines = 0;
        self.wire.client.close_idle();
        self.wire.endpoint = target.endpoint()?;
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
