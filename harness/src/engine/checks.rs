//! The checks at the end of a run.

use super::carried::{Reading, patience};
use super::carry::Progress;
use super::judged::{check_result, unjudged};
use super::run::RunError;
use crate::check::{CheckOutcome, alive_after, fetch_fault, log_fault};
use crate::printable::printable;
use crate::scenario::{Case, CheckKind, Plan};
use crate::target::Target;
use crate::verdict::{Cause, VerdictKind};

impl Progress<'_> {
    /// Every check of the plan.
    pub(super) async fn checks(&mut self, plan: &Plan, target: &mut Target) -> Result<(), RunError> {
        self.look_at_log("the last of a process", target);
        let unreadable = self.read_declared_log().err();
        self.look_at_fetches().await?;
        for check in &plan.checks {
            let Some((kind, _, _)) = check.check() else { continue };
            let scenario = check.scenario.id.clone();
            let (outcome, cause) = match kind {
                CheckKind::AliveAfter => {
                    let cause = self.death_cause().unwrap_or(Cause::Check { scenario });
                    (alive_after(&self.probes), cause)
                }
                CheckKind::LatencyBound => (self.confirmed_latency(plan, target).await?, Cause::Check { scenario }),
                CheckKind::TellsWhichCheck => (self.told_apart(plan).await?, Cause::Check { scenario }),
                kind => {
                    let outcome = self.tally.outcome(kind);
                    let cause = shared_cause(kind, &outcome).unwrap_or(Cause::Check { scenario });
                    (outcome, cause)
                }
            };
            let unread = unreadable.clone().filter(|_| matches!(kind, CheckKind::LogToken | CheckKind::LogLines));
            self.settle(check, outcome, cause, unread);
        }
        Ok(())
    }

    /// `unread`: why a part of what it is about was not seen.
    fn settle(&mut self, check: &Case, outcome: CheckOutcome, cause: Cause, unread: Option<String>) {
        let settings = &self.wire.settings;
        let hindrance = settings.hindrance(check).map(|why| (VerdictKind::Skipped, why));
        let result = match (self.stopped.clone().or(hindrance), &outcome, unread) {
            (Some((kind, why)), CheckOutcome::NothingToJudge, _) => unjudged(check, kind, &why, settings),
            (_, CheckOutcome::NothingToJudge | CheckOutcome::Sound { .. }, Some(why)) => {
                unjudged(check, VerdictKind::Inconclusive, &why, settings)
            }
            _ => check_result(check, outcome, cause, settings),
        };
        self.emit(result);
    }

    /// The cause of the failed probes where all of them are deaths of one kind.
    fn death_cause(&self) -> Option<Cause> {
        let mut failed = self.probes.iter().filter(|probe| probe.fault.is_some());
        let first = failed.next()?.death.clone()?;
        failed.all(|probe| probe.death.as_ref() == Some(&first)).then_some(Cause::Died { signature: first })
    }

    /// Whether refusals tell which check failed: more than one text does, unless
    /// the text is another each time.
    async fn told_apart(&self, plan: &Plan) -> Result<CheckOutcome, RunError> {
        let judged = self.told.len();
        let mut names: Vec<&String> = self.told.values().collect();
        names.sort_unstable();
        let first = names.first().and_then(|name| plan.cases.iter().find(|case| case.name() == **name));
        let Some(first) = first else { return Ok(CheckOutcome::NothingToJudge) };
        if judged == 1 {
            return Ok(CheckOutcome::Sound { judged });
        }
        if self.refusal_of(first).await? != self.refusal_of(first).await? {
            return Ok(CheckOutcome::NothingToJudge);
        }
        let fault = format!("{judged} different texts in refusals tell which check a token failed");
        let examples = names.into_iter().map(|name| (name.clone(), fault.clone())).collect();
        Ok(CheckOutcome::Failed { judged, failed: judged, examples })
    }

    /// What the refusal of a case says now.
    async fn refusal_of(&self, case: &Case) -> Result<Option<String>, RunError> {
        let prepared = self.wire.prepare(case).await?;
        let reading = Reading { acceptance: &self.acceptance, issuer_broken: false };
        Ok(self.wire.once(case, &prepared, reading).await.refusal)
    }

    /// A slow answer is a finding only if it is slow again, three times of three,
    /// each beside a control that is not.
    async fn confirmed_latency(&mut self, plan: &Plan, target: &mut Target) -> Result<CheckOutcome, RunError> {
        let outcome = self.tally.outcome(CheckKind::LatencyBound);
        let CheckOutcome::Failed { judged, examples, .. } = outcome else { return Ok(outcome) };
        let mut confirmed = Vec::new();
        for (name, fault) in examples {
            let Some(case) = plan.cases.iter().find(|case| case.name() == name) else { continue };
            if !case.is_staged() && self.is_slow_again(case, target).await? {
                confirmed.push((name, fault));
            }
            if confirmed.len() == CONFIRMED {
                break;
            }
        }
        Ok(match confirmed.len() {
            0 => CheckOutcome::Sound { judged },
            failed => CheckOutcome::Failed { judged, failed, examples: confirmed },
        })
    }

    async fn is_slow_again(&mut self, case: &Case, target: &mut Target) -> Result<bool, RunError> {
        if target.death(false).await.is_some() {
            return Ok(false);
        }
        for _ in 0..REPEATS {
            let prepared = self.wire.prepare(case).await?;
            let reading = Reading { acceptance: &self.acceptance, issuer_broken: false };
            let slow = self.wire.once(case, &prepared, reading).await.elapsed;
            let control = match self.wire.send_control(&self.wire.minter).await? {
                Ok(answer) => answer.elapsed,
                Err(_) => return Ok(false),
            };
            if slow <= patience(control) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// What the target wrote since the last look.
    pub(super) fn look_at_log(&mut self, after: &str, target: &Target) {
        let (lines, total) = target.new_log_lines(self.log_lines);
        self.log_lines = total;
        self.look_at_lines(after, lines.iter().map(String::as_str));
    }

    /// What came into the log file that the owner of the target has declared,
    /// or why it can't be read.
    fn read_declared_log(&mut self) -> Result<(), String> {
        let Some(log) = &self.before.log else { return Ok(()) };
        let lines = log.new_lines()?;
        self.look_at_lines("the declared log", lines.iter().map(String::as_str));
        Ok(())
    }

    fn look_at_lines<'l>(&mut self, after: &str, lines: impl Iterator<Item = &'l str>) {
        for line in lines {
            for kind in [CheckKind::LogToken, CheckKind::LogLines] {
                self.tally.count(kind, after, log_fault(kind, line).map(str::to_owned));
            }
        }
    }

    async fn look_at_fetches(&mut self) -> Result<(), RunError> {
        for fetch in self.wire.minter.fetches(self.before.fetch).await? {
            for kind in [CheckKind::FetchCredentials, CheckKind::FetchKidInUrl, CheckKind::FetchUserAgent] {
                let name = printable(&format!("GET {}", fetch.path));
                self.tally.count(kind, &name, fetch_fault(kind, &fetch).map(str::to_owned));
            }
        }
        Ok(())
    }
}

/// How many slow answers are enough to tell of.
const CONFIRMED: usize = 3;
/// How often each.
const REPEATS: usize = 3;
/// A check that only repeats what rows say already is one finding with them.
fn shared_cause(kind: CheckKind, outcome: &CheckOutcome) -> Option<Cause> {
    let CheckOutcome::Failed { examples, .. } = outcome else { return None };
    let mut statuses = examples.iter().map(|(_, fault)| fault.split(' ').nth(1)?.parse::<u16>().ok());
    let first = statuses.next()??;
    if statuses.any(|status| status != Some(first)) {
        return None;
    }
    match kind {
        CheckKind::No5xx => Some(Cause::ServerError { status: first }),
        CheckKind::AuthenticationNot403 if !(200..300).contains(&first) => {
            Some(Cause::WrongStatus { status: first, due: vec![401] })
        }
        CheckKind::ScopeNot401 => Some(Cause::WrongStatus { status: first, due: vec![403] }),
        _ => None,
    }
}
