//! Carries the cases of a plan out, one scenario after the other.

use std::collections::HashMap;
use std::sync::Arc;

use super::exchange::{Carried, Prepared, Wire};
use super::judged::{case_result, check_result, unjudged};
use super::parallel::parallel;
use super::run::RunError;
use super::survive::{Health, health};
use crate::check::{CheckOutcome, Probe, Seen, alive_after, challenge_on_401};
use crate::event::{CaseResult, Event, Sink};
use crate::learn::Acceptance;
use crate::scenario::{Case, CheckKind, Plan};
use crate::target::Target;
use crate::verdict::{Cause, Death, VerdictKind};

/// A run on its way.
pub(super) struct Progress<'a> {
    pub(super) wire: Wire,
    pub(super) acceptance: Arc<Acceptance>,
    pub(super) sink: &'a mut dyn Sink,
    results: HashMap<String, CaseResult>,
    seen: Vec<Seen>,
    probes: Vec<Probe>,
    /// Why nothing more can be judged.
    pub(super) stopped: Option<(VerdictKind, String)>,
}

/// A case with what came of it.
pub(super) struct Done {
    pub(super) case: Case,
    pub(super) changes: Vec<String>,
    pub(super) curl: Option<String>,
    pub(super) carried: Carried,
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
                self.renew(target).await;
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
        self.carry_batch(ready, target).await?;
        Ok(deferred)
    }

    /// One case on its own, with the control after it.
    async fn alone(&mut self, case: Case, target: &mut Target) -> Result<(), RunError> {
        let Some(case) = self.runnable(case) else { return Ok(()) };
        let Some(prepared) = self.mint(&case).await? else { return Ok(()) };
        self.carry_batch(vec![(case, prepared)], target).await
    }

    /// Sends cases of one scenario, looks at the target, and records what came.
    async fn carry_batch(&mut self, ready: Vec<(Case, Prepared)>, target: &mut Target) -> Result<(), RunError> {
        let Some(after) = ready.first().map(|(case, _)| case.scenario.id.clone()) else { return Ok(()) };
        let done = self.send(ready).await;
        let done = match health(&self.wire, target, &self.acceptance).await? {
            Health::Gone(death) => self.pin(&after, &death, done, target).await?,
            Health::Limited => done,
            Health::Well => {
                self.probe(&after, None);
                done
            }
            Health::Refusing(fault) => {
                self.probe(&after, Some(fault));
                self.recover(&after, target).await?;
                self.redo(done, target).await?
            }
        };
        done.into_iter().for_each(|done| self.record(done));
        self.stop_if_asked();
        Ok(())
    }

    /// Mints what can be sent now; what can't be is recorded at once.
    async fn prepare(&mut self, batch: &[Case]) -> Result<(Vec<(Case, Prepared)>, Vec<Case>), RunError> {
        let (mut ready, mut deferred) = (Vec::new(), Vec::new());
        for case in batch {
            let Some(case) = self.runnable(case.clone()) else { continue };
            let Some(prepared) = self.mint(&case).await? else { continue };
            if prepared.minted.may_cause_fetch {
                deferred.push(case);
            } else {
                ready.push((case, prepared));
            }
        }
        Ok((ready, deferred))
    }

    /// The case's request; none where the issuer can't make its token, which is
    /// recorded.
    async fn mint(&mut self, case: &Case) -> Result<Option<Prepared>, RunError> {
        match self.wire.prepare(case).await {
            Ok(prepared) => Ok(Some(prepared)),
            Err(error) if error.is_about_the_token() => {
                self.emit(unjudged(case, VerdictKind::Skipped, &error.to_string(), &self.wire.settings));
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The case, unless there is a reason not to run it, which is recorded.
    fn runnable(&mut self, case: Case) -> Option<Case> {
        let unsupported = case.unsupported.clone().map(|why| (VerdictKind::Skipped, why));
        let Some((kind, why)) = self.stopped.clone().or(unsupported) else { return Some(case) };
        self.emit(unjudged(&case, kind, &why, &self.wire.settings));
        None
    }

    async fn send(&self, ready: Vec<(Case, Prepared)>) -> Vec<Done> {
        let jobs = self.wire.settings.jobs;
        parallel(ready, jobs, |(case, prepared)| {
            let (wire, acceptance) = (self.wire.clone(), Arc::clone(&self.acceptance));
            async move {
                let carried = wire.carry(&case, &prepared, &acceptance).await;
                let curl = wire.curl(&case, &prepared);
                Done { case, changes: prepared.minted.changes, curl, carried }
            }
        })
        .await
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

    pub(super) fn probe(&mut self, after: &str, fault: Option<String>) {
        self.probes.push(Probe { after: after.to_owned(), fault, death: None });
    }

    pub(super) fn probe_death(&mut self, after: &str, death: &Death, fault: String) {
        let telling = death.telling_line().unwrap_or(&death.exit).to_owned();
        self.probes.push(Probe { after: after.to_owned(), fault: Some(fault), death: Some(telling) });
    }

    fn record(&mut self, done: Done) {
        self.seen.extend(done.carried.seen);
        let settings = &self.wire.settings;
        let mut result = case_result(&done.case, &done.carried.observation, done.carried.elapsed, settings);
        // On an open route every bad token gets in for one reason: nobody is asked.
        if self.acceptance.is_open() && matches!(result.cause, Cause::Accepted { .. }) {
            result.cause = Cause::OpenRoute;
        }
        self.emit(CaseResult { changes: done.changes, curl: done.curl, ..result });
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
            self.stopped = Some((
                VerdictKind::Skipped,
                "stopped after the first scenario with a finding (--fail-fast)".to_owned(),
            ));
        }
    }
}

/// The cause of the failed probes where all of them are deaths of one kind.
fn death_cause(probes: &[Probe]) -> Option<Cause> {
    let mut failed = probes.iter().filter(|probe| probe.fault.is_some());
    let first = failed.next()?.death.clone()?;
    failed.all(|probe| probe.death.as_ref() == Some(&first)).then_some(Cause::Died { signature: first })
}
