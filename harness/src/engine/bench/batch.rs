//! Carries cases out that leave the issuer as it is: some at the same time, or
//! one alone.

use std::sync::Arc;
use std::time::Instant;

use super::health::Health;
use super::{Bench, Start};
use crate::engine::exchange::{Carried, Prepared, Wire, parallel};
use crate::engine::record::Done;
use crate::engine::run::RunError;
use crate::engine::settings::RunSettings;
use crate::scenario::{Access, Case};
use crate::target::Target;
use crate::verdict::VerdictKind;

/// What a target wrote before a case, as it stands in a transcript.
const BEFORE: &str = "what came before";

/// Whether a case that is about its token holds an honest one: the upper case
/// of an audience without letters, say.
fn changes_nothing(case: &Case, prepared: &Prepared) -> bool {
    let variant = &case.variant;
    let is_refused = case.expectation().is_some_and(|expectation| expectation.access != Access::Accepted);
    let is_about_token = !variant.token.is_control() && variant.request.is_empty() && variant.issuer.is_empty();
    is_refused && is_about_token && prepared.minted.changes.is_empty()
}

impl Bench<'_> {
    /// One case on its own, with the control after it, and with what the target
    /// fetched meanwhile.
    pub(in crate::engine) async fn alone(&mut self, case: Case, start: Start) -> Result<(), RunError> {
        let Some(case) = self.runnable(case) else { return Ok(()) };
        if start == Start::Fresh {
            self.renew().await;
        }
        let Some(case) = self.runnable(case) else { return Ok(()) };
        let Some(prepared) = self.mint(&case).await? else { return Ok(()) };
        self.carry_batch(vec![(case, prepared)]).await
    }

    /// Sends cases of one scenario, looks at the target, and records what came;
    /// where others use the target as well, it is looked at after a few of them.
    pub(in crate::engine) async fn carry_batch(&mut self, ready: Vec<(Case, Prepared)>) -> Result<(), RunError> {
        if !self.wire.settings.elsewhere {
            return self.carry_part(ready).await;
        }
        let mut ready = ready.into_iter();
        loop {
            let part: Vec<_> = ready.by_ref().take(RunSettings::BEFORE_A_LOOK).collect();
            let part: Vec<_> =
                part.into_iter().filter_map(|(case, prepared)| Some((self.runnable(case)?, prepared))).collect();
            if part.is_empty() && ready.len() == 0 {
                return Ok(());
            }
            self.carry_part(part).await?;
        }
    }

    async fn carry_part(&mut self, ready: Vec<(Case, Prepared)>) -> Result<(), RunError> {
        let Some(after) = ready.first().map(|(case, _)| case.scenario.id.clone()) else { return Ok(()) };
        self.look_at_log_closely(BEFORE).await;
        let (written, lapsed) = (self.subject.lines_written(), self.wire.sessions.lapsed());
        let done = self.send(ready).await;
        self.look_at_log_closely(&after).await;
        let done = match self.health().await? {
            Health::Gone(death) => {
                let death = death.with_last_lines(self.subject.lines_written_since(written));
                self.pin(&after, &death, done).await?
            }
            Health::Limited => {
                self.slow_down();
                done
            }
            Health::Well => {
                self.reporter.probe(&after, None);
                // What was refused may have been refused for a session that the target has forgotten.
                if self.wire.sessions.lapsed() > lapsed { self.redo(done).await? } else { done }
            }
            Health::Wavering(fault) => {
                self.reporter.probe_wavering(&after, fault);
                self.redo(done).await?
            }
            Health::Refusing(fault) => {
                self.reporter.probe(&after, Some(fault));
                self.recover(&after).await?;
                self.redo(done).await?
            }
        };
        let done = self.confirm_refusals(done).await?;
        done.into_iter().for_each(|done| self.record(done));
        self.look_at_log(&after);
        Ok(())
    }

    /// Sends cases that only wait, all at the same time.
    pub(in crate::engine) async fn carry_waiting(&mut self, ready: Vec<(Case, Prepared)>) -> Result<(), RunError> {
        let settings = Arc::clone(&self.wire.settings);
        self.wire.settings = Arc::new(RunSettings { jobs: ready.len().max(1), ..(*settings).clone() });
        let outcome = self.carry_batch(ready).await;
        self.wire.settings = settings;
        outcome
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
    pub(in crate::engine) async fn prepare(
        &mut self,
        batch: &[Case],
    ) -> Result<(Vec<(Case, Prepared)>, Vec<Case>), RunError> {
        let (mut ready, mut deferred) = (Vec::new(), Vec::new());
        for case in batch {
            let Some(case) = self.runnable(case.clone()) else { continue };
            let Some(prepared) = self.mint(&case).await? else { continue };
            if prepared.minted.may_cause_fetch && self.wire.settings.verification.fetches() {
                deferred.push(case);
            } else {
                ready.push((case, prepared));
            }
        }
        Ok((ready, deferred))
    }

    /// The case's request; none where the issuer can't make its token, which is
    /// recorded.
    pub(in crate::engine) async fn mint(&mut self, case: &Case) -> Result<Option<Prepared>, RunError> {
        match self.wire.prepare(case).await {
            Ok(prepared) if changes_nothing(case, &prepared) => {
                let why = "with this issuer, algorithm, audience and scope its token is the control itself";
                self.reporter.unjudged(case, VerdictKind::Skipped, why);
                Ok(None)
            }
            Ok(prepared) => Ok(Some(prepared)),
            Err(error) if error.is_about_the_token() => {
                self.reporter.unjudged(case, VerdictKind::Skipped, &error.to_string());
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn send(&self, ready: Vec<(Case, Prepared)>) -> Vec<Done> {
        let jobs = self.wire.settings.jobs;
        let meter = self.subject.target().and_then(Target::cpu_meter);
        parallel(ready, jobs, |(case, prepared)| {
            let wire = Wire { meter, ..self.wire.clone() };
            let acceptance = Arc::clone(&self.acceptance);
            let reporter = self.reporter.clone();
            async move {
                let begin = Instant::now();
                let waited = wire.longest_wait(&case);
                let _waiting = waited.map(|at_most| reporter.waiting(&case, "as the case asks", at_most));
                let carried = wire.carry_counted(&case, &prepared, &acceptance).await;
                let curl = wire.curl(&case, &prepared);
                let carried = Carried { elapsed: begin.elapsed(), ..carried };
                Done { case, changes: prepared.minted.changes, curl, carried }
            }
        })
        .await
    }
}
