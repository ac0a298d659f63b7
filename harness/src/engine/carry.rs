//! Carries the cases of a plan out, one scenario after the other.

use std::collections::HashMap;
use std::sync::Arc;

use super::control;
use super::exchange::{Carried, Prepared, Wire};
use super::judged::{case_result, check_result, unjudged};
use super::parallel::parallel;
use super::run::RunError;
use super::survive::{Health, health, recovers};
use crate::check::{CheckOutcome, Probe, Seen, alive_after, challenge_on_401};
use crate::event::{CaseResult, Event, Sink};
use crate::learn::Acceptance;
use crate::scenario::{Case, CheckKind, Plan};
use crate::target::Target;
use crate::verdict::{Cause, Death, Observation, VerdictKind};

/// A run on its way.
pub(super) struct Progress<'a> {
    wire: Wire,
    acceptance: Arc<Acceptance>,
    sink: &'a mut dyn Sink,
    results: HashMap<String, CaseResult>,
    seen: Vec<Seen>,
    probes: Vec<Probe>,
    /// Why nothing more can be judged.
    stopped: Option<(VerdictKind, String)>,
}

/// A case with what came of it.
struct Done {
    case: Case,
    changes: Vec<String>,
    carried: Carried,
}

impl<'a> Progress<'a> {
    pub(super) fn new(wire: Wire, acceptance: Acceptance, sink: &'a mut dyn Sink) -> Self {
        Self {
            wire,
            acceptance: Arc::new(acceptance),
            sink,
            results: HashMap::new(),
            seen: Vec::new(),
            probes: Vec::new(),
            stopped: None,
        }
    }

    /// Every case of the plan, then its checks.
    pub(super) async fn carry_out(&mut self, plan: &Plan, target: &mut Target) -> Result<(), RunError> {
        let mut deferred = Vec::new();
        for batch in plan.cases.chunk_by(|a, b| a.scenario.id == b.scenario.id) {
            deferred.extend(self.scenario(batch, target).await?);
        }
        // What may make the target fetch keys comes last and serially: a limit
        // on its fetches must not colour anything else.
        for case in deferred {
            if self.stopped.is_none() && target.is_owned() {
                self.renew(target).await?;
            }
            self.alone(case, target).await?;
        }
        for check in &plan.checks {
            self.check(check);
        }
        Ok(())
    }

    /// The rows, in the order of the plan.
    pub(super) fn into_results(mut self, plan: &Plan) -> Vec<CaseResult> {
        plan.all().filter_map(|case| self.results.remove(&case.name())).collect()
    }

    /// One scenario's variants in parallel, then the control. Gives back the
    /// cases that must wait for the end.
    async fn scenario(&mut self, batch: &[Case], target: &mut Target) -> Result<Vec<Case>, RunError> {
        let (ready, deferred) = self.prepare(batch).await?;
        if ready.is_empty() {
            return Ok(deferred);
        }
        let done = self.send(ready).await;
        let done = match health(&self.wire, target, &self.acceptance).await? {
            Health::Gone(death) => self.pin(death, done, target).await?,
            Health::Well => {
                self.probe(batch, None);
                done
            }
            Health::Refusing(fault) => {
                self.probe(batch, Some(fault));
                self.recover(batch, target).await?;
                done
            }
        };
        for done in done {
            self.record(done);
        }
        self.stop_if_asked();
        Ok(deferred)
    }

    /// Mints what can be sent now; what can't be is recorded at once.
    async fn prepare(&mut self, batch: &[Case]) -> Result<(Vec<(Case, Prepared)>, Vec<Case>), RunError> {
        let (mut ready, mut deferred) = (Vec::new(), Vec::new());
        for case in batch {
            if let Some((kind, why)) = self.stopped.clone() {
                self.emit(unjudged(case, kind, &why, &self.wire.settings));
                continue;
            }
            if let Some(why) = &case.unsupported {
                self.emit(unjudged(case, VerdictKind::Skipped, why, &self.wire.settings));
                continue;
            }
            let prepared = self.wire.prepare(case).await?;
            if prepared.minted.may_cause_fetch {
                deferred.push(case.clone());
            } else {
                ready.push((case.clone(), prepared));
            }
        }
        Ok((ready, deferred))
    }

    async fn send(&self, ready: Vec<(Case, Prepared)>) -> Vec<Done> {
        let jobs = self.wire.settings.jobs;
        parallel(ready, jobs, |(case, prepared)| {
            let (wire, acceptance) = (self.wire.clone(), Arc::clone(&self.acceptance));
            async move {
                let carried = wire.carry(&case, &prepared, &acceptance).await;
                Done { case, changes: prepared.minted.changes, carried }
            }
        })
        .await
    }

    /// One case on its own, with the control after it.
    async fn alone(&mut self, case: Case, target: &mut Target) -> Result<(), RunError> {
        let batch = [case];
        if let Some((kind, why)) = self.stopped.clone() {
            self.emit(unjudged(&batch[0], kind, &why, &self.wire.settings));
            return Ok(());
        }
        let prepared = self.wire.prepare(&batch[0]).await?;
        let done = self.send(vec![(batch[0].clone(), prepared)]).await;
        let done = match health(&self.wire, target, &self.acceptance).await? {
            Health::Gone(death) => self.pin(death, done, target).await?,
            Health::Well => {
                self.probe(&batch, None);
                done
            }
            Health::Refusing(fault) => {
                self.probe(&batch, Some(fault));
                self.recover(&batch, target).await?;
                done
            }
        };
        done.into_iter().for_each(|done| self.record(done));
        self.stop_if_asked();
        Ok(())
    }

    /// The target died during this batch: every case without an answer (else
    /// every case) is run again alone on a fresh target, and the death is the
    /// one's that repeats it.
    async fn pin(&mut self, death: Death, done: Vec<Done>, target: &mut Target) -> Result<Vec<Done>, RunError> {
        self.sink.on(&Event::TargetDied(death.clone()));
        let after = done.first().map(|done| done.case.scenario.id.clone()).unwrap_or_default();
        if !self.revive(&death, target).await? {
            self.probe_death(&after, &death);
            return Ok(done.into_iter().map(|done| gone(done, &death)).collect());
        }
        let unfinished = |done: &Done| matches!(done.carried.observation, Observation::Lost(_));
        let suspects_only = done.iter().any(unfinished);
        let mut judged = Vec::new();
        let mut repeated = false;
        for suspect in done {
            if suspects_only && !unfinished(&suspect) || self.stopped.is_some() {
                judged.push(suspect);
                continue;
            }
            let (suspect, died) = self.again(suspect, target).await?;
            repeated |= died;
            judged.push(suspect);
        }
        if repeated {
            self.probe_death(&after, &death);
        } else {
            let fault = format!("the process died once ({}) and not again", death.exit);
            self.probes.push(Probe { after, fault: Some(fault), death: death.telling_line().map(str::to_owned) });
        }
        Ok(judged)
    }

    /// Runs a suspect alone; tells whether the target died of it again.
    async fn again(&mut self, suspect: Done, target: &mut Target) -> Result<(Done, bool), RunError> {
        let prepared = self.wire.prepare(&suspect.case).await?;
        let carried = self.wire.carry(&suspect.case, &prepared, &self.acceptance).await;
        let changes = prepared.minted.changes;
        match health(&self.wire, target, &self.acceptance).await? {
            Health::Gone(death) => {
                let carried = Carried { observation: Observation::Died(death.clone()), seen: None, ..carried };
                self.revive(&death, target).await?;
                Ok((Done { carried, changes, ..suspect }, true))
            }
            Health::Well => Ok((Done { carried, changes, ..suspect }, false)),
            Health::Refusing(fault) => {
                self.probe(std::slice::from_ref(&suspect.case), Some(fault));
                self.recover(std::slice::from_ref(&suspect.case), target).await?;
                Ok((Done { carried, changes, ..suspect }, false))
            }
        }
    }

    /// A fresh target, or the same one back again; else the run stops.
    async fn revive(&mut self, death: &Death, target: &mut Target) -> Result<bool, RunError> {
        if target.is_owned() {
            self.renew(target).await?;
            return Ok(true);
        }
        if recovers(&self.wire, &self.acceptance).await? {
            return Ok(true);
        }
        self.stopped = Some((VerdictKind::Inconclusive, format!("the target is gone: {}", death.exit)));
        Ok(false)
    }

    /// The target refuses the control: a fresh one, or patience.
    async fn recover(&mut self, batch: &[Case], target: &mut Target) -> Result<(), RunError> {
        if target.is_owned() {
            return self.renew(target).await;
        }
        if !recovers(&self.wire, &self.acceptance).await? {
            let after = batch.first().map(|case| case.scenario.id.as_str()).unwrap_or_default();
            let why = format!("the target refuses the control since {after}");
            self.stopped = Some((VerdictKind::Inconclusive, why));
        }
        Ok(())
    }

    async fn renew(&mut self, target: &mut Target) -> Result<(), RunError> {
        target.renew().await?;
        self.wire.client.close_idle();
        self.wire.endpoint = target.endpoint()?;
        control::accepted_control(&self.wire).await?;
        self.sink.on(&Event::TargetRestarted { url: self.wire.endpoint.to_string() });
        Ok(())
    }

    fn check(&mut self, case: &Case) {
        let Some((kind, _, _)) = case.check() else { return };
        let scenario = case.scenario.id.clone();
        let (outcome, cause) = match kind {
            CheckKind::ChallengeOn401 => (challenge_on_401(&self.seen), Cause::Check { scenario }),
            CheckKind::AliveAfter => {
                let outcome = alive_after(&self.probes);
                let cause = death_cause(&self.probes).unwrap_or(Cause::Check { scenario });
                (outcome, cause)
            }
        };
        let result = match (&self.stopped, &outcome) {
            (Some((kind, why)), CheckOutcome::NothingToJudge) => unjudged(case, *kind, why, &self.wire.settings),
            _ => check_result(case, outcome, cause, &self.wire.settings),
        };
        self.emit(result);
    }

    fn probe(&mut self, batch: &[Case], fault: Option<String>) {
        let after = batch.first().map(|case| case.scenario.id.clone()).unwrap_or_default();
        self.probes.push(Probe { after, fault, death: None });
    }

    fn probe_death(&mut self, after: &str, death: &Death) {
        self.probes.push(Probe {
            after: after.to_owned(),
            fault: Some(format!("the process died ({})", death.exit)),
            death: Some(death.telling_line().unwrap_or(&death.exit).to_owned()),
        });
    }

    fn record(&mut self, done: Done) {
        self.seen.extend(done.carried.seen);
        let result =
            case_result(&done.case, &done.carried.observation, done.changes, done.carried.elapsed, &self.wire.settings);
        self.emit(result);
    }

    fn emit(&mut self, result: CaseResult) {
        self.sink.on(&Event::CaseFinished(Box::new(result.clone())));
        self.results.insert(result.name(), result);
    }

    fn stop_if_asked(&mut self) {
        let settings = &self.wire.settings;
        if settings.fail_fast
            && self.stopped.is_none()
            && self.results.values().any(|result| result.verdict().fails(settings.strictness))
        {
            self.stopped = Some((VerdictKind::Skipped, "stopped at the first finding (--fail-fast)".to_owned()));
        }
    }
}

/// A case whose target went away for good: only one that got no answer is unjudged.
fn gone(done: Done, death: &Death) -> Done {
    match done.carried.observation {
        Observation::Lost(_) => {
            let observation = Observation::NotRun { why: format!("the target is gone: {}", death.exit) };
            Done { carried: Carried { observation, ..done.carried }, ..done }
        }
        _ => done,
    }
}

/// The cause of the failed probes where all of them are deaths of one kind.
fn death_cause(probes: &[Probe]) -> Option<Cause> {
    let mut failed = probes.iter().filter(|probe| probe.fault.is_some());
    let first = failed.next()?.death.clone()?;
    failed.all(|probe| probe.death.as_ref() == Some(&first)).then_some(Cause::Died { signature: first })
}
