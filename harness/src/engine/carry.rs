//! Carries the cases of a plan out: the harmless ones in parallel, the others
//! alone, the heavy ones last.

use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

use super::before::Before;
use super::carried::{Carried, Reading};
use super::judged::{case_result, unjudged};
use super::parallel::parallel;
use super::run::RunError;
use super::survive::{Health, health};
use super::wire::{Prepared, Wire};
use crate::check::{Probe, Tally};
use crate::event::{CaseResult, Event, Sink};
use crate::learn::Acceptance;
use crate::scenario::{Access, Case, EffectKind, Manner, Plan};
use crate::target::Target;
use crate::verdict::{Cause, Death, Evidence, VerdictKind};

/// A run on its way.
pub(super) struct Progress<'a> {
    pub(super) wire: Wire,
    pub(super) acceptance: Arc<Acceptance>,
    pub(super) sink: &'a mut dyn Sink,
    pub(super) tally: Tally,
    pub(super) probes: Vec<Probe>,
    /// Refusals that told something, by what they told.
    pub(super) told: HashMap<String, String>,
    /// Where the run began.
    pub(super) before: Before,
    /// Lines of the target's log that were looked at.
    pub(super) log_lines: u64,
    /// Why nothing more can be judged.
    pub(super) stopped: Option<(VerdictKind, String)>,
    results: HashMap<String, CaseResult>,
    control_subject: Option<String>,
}

/// A case with what came of it.
pub(super) struct Done {
    pub(super) case: Case,
    pub(super) changes: Vec<String>,
    pub(super) curl: Option<String>,
    pub(super) carried: Carried,
}

/// Whether a case that is about its token holds an honest one: the upper case
/// of an audience without letters, say.
fn changes_nothing(case: &Case, prepared: &Prepared) -> bool {
    let variant = &case.variant;
    let is_refused = case.expectation().is_some_and(|expectation| expectation.access != Access::Accepted);
    let is_about_token = !variant.token.is_control() && variant.request.is_empty() && variant.issuer.is_empty();
    is_refused && is_about_token && prepared.minted.changes.is_empty()
}

impl<'a> Progress<'a> {
    pub(super) fn new(wire: Wire, acceptance: Acceptance, before: Before, sink: &'a mut dyn Sink) -> Self {
        Self {
            before,
            control_subject: None,
            wire,
            acceptance: Arc::new(acceptance),
            sink,
            tally: Tally::default(),
            probes: Vec::new(),
            told: HashMap::new(),
            log_lines: 0,
            stopped: None,
            results: HashMap::new(),
        }
    }

    /// Every case of the plan, then its checks.
    pub(super) async fn carry_out(&mut self, plan: &Plan, target: &mut Target) -> Result<(), RunError> {
        self.control_subject = self.wire.control_subject().await;
        let of = |manner| plan.cases.iter().filter(move |case| case.manner() == manner).cloned().collect::<Vec<Case>>();
        let mut deferred = Vec::new();
        for batch in of(Manner::Together).chunk_by(|a, b| a.scenario.id == b.scenario.id) {
            deferred.extend(self.scenario(batch, target).await?);
        }
        // What may make the target fetch keys comes later and serially: a limit
        // on its fetches must not colour anything else.
        deferred.extend(of(Manner::Alone));
        deferred.extend(of(Manner::Heavy));
        for case in deferred {
            if case.is_staged() {
                self.staged(case, target).await?;
            } else {
                self.alone(case, target).await?;
            }
        }
        self.checks(plan, target).await
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

    /// One case on its own, on a fresh target where that can be had, with the
    /// control after it, and with what the target fetched meanwhile.
    async fn alone(&mut self, case: Case, target: &mut Target) -> Result<(), RunError> {
        let Some(case) = self.runnable(case) else { return Ok(()) };
        if target.is_owned() {
            self.renew(target).await;
        }
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
            Health::Limited => {
                self.slow_down();
                done
            }
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
        self.look_at_log(&after, target);
        self.stop_if_asked();
        Ok(())
    }

    /// A target that limits the rate gets one request at a time from then on.
    fn slow_down(&mut self) {
        if self.wire.settings.jobs > 1 {
            let mut settings = (*self.wire.settings).clone();
            settings.jobs = 1;
            self.wire.settings = Arc::new(settings);
        }
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
            Ok(prepared) if changes_nothing(case, &prepared) => {
                let why = "with this issuer, audience and scope its token is the control itself";
                self.emit(unjudged(case, VerdictKind::Skipped, why, &self.wire.settings));
                Ok(None)
            }
            Ok(prepared) => Ok(Some(prepared)),
            Err(error) if error.is_about_the_token() => {
                self.emit(unjudged(case, VerdictKind::Skipped, &error.to_string(), &self.wire.settings));
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The case, unless there is a reason not to run it, which is recorded.
    pub(super) fn runnable(&mut self, case: Case) -> Option<Case> {
        let hindrance = self.wire.settings.hindrance(&case).map(|why| (VerdictKind::Skipped, why));
        let Some((kind, why)) = self.stopped.clone().or(hindrance) else { return Some(case) };
        self.emit(unjudged(&case, kind, &why, &self.wire.settings));
        None
    }

    async fn send(&self, ready: Vec<(Case, Prepared)>) -> Vec<Done> {
        let jobs = self.wire.settings.jobs;
        parallel(ready, jobs, |(case, prepared)| {
            let (wire, acceptance) = (self.wire.clone(), Arc::clone(&self.acceptance));
            async move {
                let carried = wire.carry_counted(&case, &prepared, &acceptance).await;
                let curl = wire.curl(&case, &prepared);
                Done { case, changes: prepared.minted.changes, curl, carried }
            }
        })
        .await
    }

    pub(super) fn probe(&mut self, after: &str, fault: Option<String>) {
        self.probes.push(Probe { after: after.to_owned(), fault, death: None });
    }

    pub(super) fn probe_death(&mut self, after: &str, death: &Death, fault: String) {
        let telling = death.telling_line().unwrap_or(&death.exit).to_owned();
        self.probes.push(Probe { after: after.to_owned(), fault: Some(fault), death: Some(telling) });
    }

    pub(super) fn record(&mut self, mut done: Done) {
        let name = done.case.name();
        self.tally.take(&name, std::mem::take(&mut done.carried.looked));
        if let Some(told) = done.carried.refusal.take() {
            self.told.entry(told).or_insert(name);
        }
        done.carried.evidence.control_subject.clone_from(&self.control_subject);
        let mut result = case_result(&done.case, &done.carried, &self.wire.settings);
        // On an open route every bad token gets in for one reason: nobody is asked.
        if self.acceptance.is_open() && matches!(result.cause, Cause::Accepted { .. }) {
            result.cause = Cause::OpenRoute;
        }
        self.emit(CaseResult { changes: done.changes, curl: done.curl, ..result });
    }

    pub(super) fn emit(&mut self, result: CaseResult) {
        self.sink.on(&Event::CaseFinished(Box::new(result.clone())));
        self.results.insert(result.name(), result);
    }

    pub(super) fn stop_if_asked(&mut self) {
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

impl Wire {
    /// Carries a case out and counts what came to the issuer and the listener
    /// meanwhile, where the case asks for it.
    pub(super) async fn carry_counted(&self, case: &Case, prepared: &Prepared, acceptance: &Acceptance) -> Carried {
        let at_issuer = case.effects.iter().any(|effect| matches!(effect.kind, EffectKind::IssuerHits(_)));
        let (fetched, called) = (self.key_hits(at_issuer).await, self.listener_hits(case));
        let carried = self.carry(case, prepared, Reading { acceptance, issuer_broken: false }).await;
        let listener_hits = self.called_since(case, called).await;
        let issuer_hits =
            self.key_hits(at_issuer).await.zip(fetched).map(|(after, before)| after.saturating_sub(before));
        let evidence = Evidence { issuer_hits, listener_hits, ..carried.evidence };
        Carried { evidence, ..carried }
    }

    /// How often the listener was called so far, where the case asks for that.
    pub(super) fn listener_hits(&self, case: &Case) -> Option<u64> {
        let asks = case.effects.iter().any(|effect| matches!(effect.kind, EffectKind::ListenerHits(_)));
        self.listener.as_ref().filter(|_| asks).map(|listener| listener.hits())
    }

    /// How often it was called since; a call may still be on its way behind the answer.
    pub(super) async fn called_since(&self, case: &Case, before: Option<u64>) -> Option<u64> {
        let before = before?;
        self.client.pause(self.grace()).await;
        Some(self.listener_hits(case)?.saturating_sub(before))
    }

    fn grace(&self) -> Duration {
        (self.control_elapsed * GRACE_IN_CONTROLS).clamp(*GRACE.start(), *GRACE.end())
    }

    async fn key_hits(&self, wanted: bool) -> Option<u64> {
        if wanted { self.minter.seen().await.ok().map(|seen| seen.keys) } else { None }
    }
}

/// How long a fetch that a token caused may come after the answer: some times
/// what the target takes for the control, within these.
const GRACE: RangeInclusive<Duration> = Duration::from_millis(50)..=Duration::from_millis(250);
const GRACE_IN_CONTROLS: u32 = 5;
