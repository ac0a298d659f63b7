//! The checks at the end of a run.

use crate::check::{CheckOutcome, Probe, alive_after};
use crate::engine::bench::{Before, Bench};
use crate::engine::exchange::{Reading, patience};
use crate::engine::record::{Blame, Record, check_result};
use crate::engine::run::RunError;
use crate::scenario::{Actor, Case, CheckKind, Plan};
use crate::verdict::{Cause, VerdictKind};

/// Every check of the plan.
pub(in crate::engine) async fn checks(
    bench: &mut Bench<'_>,
    record: &mut Record<'_>,
    plan: &Plan,
    before: &Before,
) -> Result<(), RunError> {
    bench.look_at_log("the last of a process");
    record.take_all();
    let unreadable = read_declared_log(record, before).err();
    record.fetches(&bench.wire.minter.fetches(before.fetch).await?);
    for check in &plan.checks {
        let Some((kind, _)) = check.check() else { continue };
        if check.misfit(&bench.wire.settings.api.carrier).is_some() {
            // Tells why.
            drop(bench.runnable(check.clone()));
            continue;
        }
        let scenario = check.scenario.id.clone();
        let (outcome, cause) = match kind {
            CheckKind::AliveAfter => {
                let cause = shared_cause_of_probes(&record.probes).unwrap_or(Cause::Check { scenario });
                (alive_after(&record.probes), cause)
            }
            CheckKind::LatencyBound => (confirmed_latency(bench, record, plan).await?, Cause::Check { scenario }),
            CheckKind::TellsWhichCheck => (told_apart(bench, record, plan).await?, Cause::Check { scenario }),
            kind => {
                let outcome = record.tally.outcome(kind);
                let cause = shared_cause(kind, &outcome).unwrap_or(Cause::Check { scenario });
                (outcome, cause)
            }
        };
        let unread = unreadable.clone().filter(|_| matches!(kind, CheckKind::LogToken | CheckKind::LogLines));
        let actor = match kind {
            CheckKind::AliveAfter => worst_of_probes(&record.probes, plan),
            kind => record.tally.worst(kind),
        };
        settle(bench, check, outcome, Blame { cause, actor: actor.unwrap_or(Actor::AnyHolder) }, unread);
    }
    Ok(())
}

/// `unread`: why a part of what it is about was not seen.
fn settle(bench: &Bench<'_>, check: &Case, outcome: CheckOutcome, blame: Blame, unread: Option<String>) {
    match (outcome, unread) {
        (CheckOutcome::NothingToJudge, _) if bench.runnable(check.clone()).is_none() => {}
        (CheckOutcome::NothingToJudge | CheckOutcome::Sound { .. }, Some(why)) => {
            bench.reporter.unjudged(check, VerdictKind::Inconclusive, &why);
        }
        (outcome, _) => bench.reporter.row(check_result(check, outcome, blame, &bench.wire.settings)),
    }
}

/// Who could bring the gravest of the failed probes about.
fn worst_of_probes(probes: &[Probe], plan: &Plan) -> Option<Actor> {
    let failed = |id: &str| probes.iter().any(|probe| probe.fault.is_some() && probe.after == id);
    plan.cases.iter().filter(|case| failed(&case.scenario.id)).map(Case::actor).max()
}

/// The cause of the failed probes where all of them are of one kind: deaths that
/// say the same, or an acceptance that comes and goes.
fn shared_cause_of_probes(probes: &[Probe]) -> Option<Cause> {
    let mut failed = probes.iter().filter(|probe| probe.fault.is_some());
    if failed.clone().all(|probe| probe.intermittent) {
        return failed.next().map(|_| Cause::Intermittent);
    }
    let first = failed.next()?.death.clone()?;
    failed.all(|probe| probe.death.as_ref() == Some(&first)).then_some(Cause::Died { signature: first })
}

/// Whether refusals tell which check failed: more than one text does, unless
/// the text is another each time.
async fn told_apart(bench: &Bench<'_>, record: &Record<'_>, plan: &Plan) -> Result<CheckOutcome, RunError> {
    let judged = record.told.len();
    let mut names: Vec<&String> = record.told.values().collect();
    names.sort_unstable();
    let first = names.first().and_then(|name| plan.cases.iter().find(|case| case.name() == **name));
    let Some(first) = first else { return Ok(CheckOutcome::NothingToJudge) };
    if judged == 1 {
        return Ok(CheckOutcome::Sound { judged });
    }
    if refusal_of(bench, first).await? != refusal_of(bench, first).await? {
        return Ok(CheckOutcome::NothingToJudge);
    }
    let fault = format!("{judged} different texts in refusals tell which check a token failed");
    let examples = names.into_iter().map(|name| (name.clone(), fault.clone())).collect();
    Ok(CheckOutcome::Failed { judged, failed: judged, examples })
}

/// What the refusal of a case says now.
async fn refusal_of(bench: &Bench<'_>, case: &Case) -> Result<Option<String>, RunError> {
    let prepared = bench.wire.prepare(case).await?;
    let reading = Reading { acceptance: &bench.acceptance, issuer_broken: false };
    Ok(bench.wire.once(case, &prepared, reading).await.refusal)
}

/// A slow answer is a finding only if it is slow again, three times of three,
/// each beside a control that is not.
async fn confirmed_latency(bench: &Bench<'_>, record: &Record<'_>, plan: &Plan) -> Result<CheckOutcome, RunError> {
    let outcome = record.tally.outcome(CheckKind::LatencyBound);
    let CheckOutcome::Failed { judged, examples, .. } = outcome else { return Ok(outcome) };
    let mut confirmed = Vec::new();
    for (name, fault) in examples {
        let Some(case) = plan.cases.iter().find(|case| case.name() == name) else { continue };
        if !case.is_staged() && is_slow_again(bench, case).await? {
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

async fn is_slow_again(bench: &Bench<'_>, case: &Case) -> Result<bool, RunError> {
    if bench.is_dead().await {
        return Ok(false);
    }
    for _ in 0..REPEATS {
        let prepared = bench.wire.prepare(case).await?;
        let reading = Reading { acceptance: &bench.acceptance, issuer_broken: false };
        let slow = bench.wire.once(case, &prepared, reading).await.elapsed;
        let control = match bench.wire.send_control(&bench.wire.minter).await? {
            Ok(answer) => answer.elapsed,
            Err(_) => return Ok(false),
        };
        if slow <= patience(control) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// What came into the log file that the owner of the target has declared, or
/// why it can't be read.
fn read_declared_log(record: &mut Record<'_>, before: &Before) -> Result<(), String> {
    let Some(log) = &before.log else { return Ok(()) };
    record.log("the declared log", &log.new_lines()?);
    Ok(())
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
            Some(Cause::WrongStatus { status: first, expected: vec![401] })
        }
        CheckKind::ScopeNot401 => Some(Cause::WrongStatus { status: first, expected: vec![403] }),
        _ => None,
    }
}
