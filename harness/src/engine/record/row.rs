//! From an observation to a row of the report.

use std::time::Duration;

use super::super::exchange::Carried;
use crate::check::CheckOutcome;
use crate::engine::settings::RunSettings;
use crate::event::{CaseResult, Observed};
use crate::scenario::{Actor, Case, Judgement, Level};
use crate::verdict::{Cause, Evidence, Held, Observation, Verdict, VerdictKind, judge_case};

/// The row of a case with an exchange of its own.
pub(super) fn case_result(case: &Case, carried: &Carried, evidence: &Evidence, settings: &RunSettings) -> CaseResult {
    let observation = &carried.observation;
    let verdict = Held::of(case).map_or_else(
        || skipped(case, "a check has no exchange of its own"),
        |held| judge_case(&held, observation, evidence),
    );
    let log = match observation {
        Observation::Died(death) => death.log.clone(),
        _ => Vec::new(),
    };
    let not_run = matches!(observation, Observation::Skipped { .. });
    CaseResult {
        log,
        not_run,
        fact: carried.fact.clone(),
        observed: observed(observation),
        ..row(case, verdict, carried.elapsed, settings)
    }
}

/// The row of a case that was not carried out.
pub(super) fn unjudged(case: &Case, kind: VerdictKind, why: &str, settings: &RunSettings) -> CaseResult {
    let verdict = Verdict { kind, ..skipped(case, why) };
    CaseResult { not_run: true, ..row(case, verdict, Duration::ZERO, settings) }
}

/// What is behind the failure of a check.
pub(in crate::engine) struct Blame {
    pub(in crate::engine) cause: Cause,
    /// Who could bring the gravest of the failed exchanges about.
    pub(in crate::engine) actor: Actor,
}

/// The row of a check.
pub(in crate::engine) fn check_result(
    case: &Case,
    outcome: CheckOutcome,
    Blame { cause, actor }: Blame,
    settings: &RunSettings,
) -> CaseResult {
    let (level, tier) = (level(case), case.judgement.tier(actor));
    let verdict = match outcome {
        CheckOutcome::NothingToJudge => skipped(case, "nothing to judge"),
        CheckOutcome::Sound { judged } => Verdict {
            kind: VerdictKind::Pass,
            level,
            tier,
            actor,
            cause: Cause::None,
            reason: format!("all {judged} as they should be"),
        },
        CheckOutcome::Failed { judged, failed, examples } => Verdict {
            kind: failing(case, level),
            level,
            tier,
            actor,
            cause: if level == Level::Observe { Cause::Measured { figure: String::new() } } else { cause },
            reason: failed_reason(judged, failed, &examples),
        },
    };
    row(case, verdict, Duration::ZERO, settings)
}

/// What a failed check comes to at that level.
fn failing(case: &Case, level: Level) -> VerdictKind {
    match level {
        Level::Must => case.check().map_or(VerdictKind::Deviates, |(kind, _)| kind.failure()),
        Level::Should => VerdictKind::Deviates,
        Level::May | Level::Observe => VerdictKind::Note,
    }
}

fn failed_reason(judged: usize, failed: usize, examples: &[(String, String)]) -> String {
    let first = examples.first().map_or("", |(_, fault)| fault.as_str());
    let names: Vec<&str> = examples.iter().take(3).map(|(name, _)| name.as_str()).collect();
    let more = if examples.len() > 3 { ", ..." } else { "" };
    format!("{first}: {failed} of {judged} ({}{more})", names.join(", "))
}

fn level(case: &Case) -> Level {
    match &case.judgement {
        Judgement::Exchange(expectation) => expectation.level,
        Judgement::Check { level, .. } => *level,
    }
}

fn skipped(case: &Case, why: &str) -> Verdict {
    Verdict {
        kind: VerdictKind::Skipped,
        level: level(case),
        tier: case.judgement.tier(case.actor()),
        actor: case.actor(),
        cause: Cause::Unjudged { why: why.to_owned() },
        reason: why.to_owned(),
    }
}

fn row(case: &Case, verdict: Verdict, elapsed: Duration, settings: &RunSettings) -> CaseResult {
    CaseResult {
        id: case.scenario.id.clone(),
        variant: case.variant.slug.clone(),
        title: case.title.clone(),
        category: case.scenario.category().to_owned(),
        level: verdict.level,
        tier: verdict.tier,
        who: verdict.actor,
        verdict: verdict.kind,
        excuse: None,
        expected: case
            .expectation()
            .map_or_else(|| "every exchange".to_owned(), crate::scenario::Expectation::status_phrase),
        observed: Observed { status: None, challenge: None, failure: None },
        reason: verdict.reason,
        cause: verdict.cause,
        references: case.scenario.references.clone(),
        changes: Vec::new(),
        log: Vec::new(),
        duration_ms: elapsed.as_secs_f64() * 1000.0,
        replay: settings.replay.command(&case.name()),
        curl: None,
        not_run: false,
        not_reached: false,
        fact: None,
    }
}

fn observed(observation: &Observation) -> Observed {
    let failure = |text: &str| Observed { status: None, challenge: None, failure: Some(text.to_owned()) };
    match observation {
        Observation::Answered(answered) => {
            Observed { status: Some(answered.status), challenge: Some(answered.challenge.to_string()), failure: None }
        }
        Observation::Lost(lost) if lost.hung => failure("hung"),
        Observation::Lost(_) => failure("no answer"),
        Observation::Died(_) => failure("died"),
        Observation::Measured { .. } => failure("measured"),
        Observation::Skipped { .. } | Observation::Unfetched { .. } | Observation::NotRun { .. } => failure("not run"),
    }
}
