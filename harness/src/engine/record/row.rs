//! From an observation to a row of the report.

use std::time::Duration;

use super::super::exchange::Carried;
use crate::check::CheckOutcome;
use crate::engine::settings::RunSettings;
use crate::event::{CaseResult, Observed};
use crate::scenario::{Case, Level, Tier};
use crate::verdict::{Cause, Evidence, Observation, Verdict, VerdictKind, judge_case};

/// The row of a case with an exchange of its own.
pub(super) fn case_result(case: &Case, carried: &Carried, evidence: &Evidence, settings: &RunSettings) -> CaseResult {
    let observation = &carried.observation;
    let verdict = case.expectation().map_or_else(
        || skipped(Level::Observe, Tier::Info, "a check has no exchange of its own"),
        |expectation| judge_case(&case.scenario.id, expectation, &case.effects, observation, evidence),
    );
    let log = match observation {
        Observation::Died(death) => death.log.clone(),
        _ => Vec::new(),
    };
    let not_run = matches!(observation, Observation::Skipped { .. });
    CaseResult { log, not_run, observed: observed(observation), ..row(case, verdict, carried.elapsed, settings) }
}

/// The row of a case that was not carried out.
pub(super) fn unjudged(case: &Case, kind: VerdictKind, why: &str, settings: &RunSettings) -> CaseResult {
    let (level, tier) = weight(case);
    let verdict = Verdict { kind, ..skipped(level, tier, why) };
    CaseResult { not_run: true, ..row(case, verdict, Duration::ZERO, settings) }
}

/// The row of a check.
pub(in crate::engine) fn check_result(
    case: &Case,
    outcome: CheckOutcome,
    cause: Cause,
    settings: &RunSettings,
) -> CaseResult {
    let (level, tier) = weight(case);
    let verdict = match outcome {
        CheckOutcome::NothingToJudge => skipped(level, tier, "nothing to judge"),
        CheckOutcome::Sound { judged } => Verdict {
            kind: VerdictKind::Pass,
            level,
            tier,
            cause: Cause::None,
            reason: format!("all {judged} as they should be"),
        },
        CheckOutcome::Failed { judged, failed, examples } => Verdict {
            kind: failing(case, level),
            level,
            tier,
            cause: if level == Level::Observe { Cause::Measured { figure: String::new() } } else { cause },
            reason: failed_reason(judged, failed, &examples),
        },
    };
    row(case, verdict, Duration::ZERO, settings)
}

/// What a failed check comes to at that level.
fn failing(case: &Case, level: Level) -> VerdictKind {
    match level {
        Level::Must => case.check().map_or(VerdictKind::Deviates, |(kind, _, _)| kind.failure()),
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

fn weight(case: &Case) -> (Level, Tier) {
    case.check().map_or_else(
        || case.expectation().map_or((Level::Observe, Tier::Info), |expected| (expected.level, expected.tier)),
        |(_, level, tier)| (level, tier),
    )
}

fn skipped(level: Level, tier: Tier, why: &str) -> Verdict {
    Verdict {
        kind: VerdictKind::Skipped,
        level,
        tier,
        cause: Cause::Unjudged { why: why.to_owned() },
        reason: why.to_owned(),
    }
}

fn row(case: &Case, verdict: Verdict, elapsed: Duration, settings: &RunSettings) -> CaseResult {
    CaseResult {
        id: case.scenario.id.clone(),
        variant: case.variant.slug.clone(),
        title: case.scenario.title.clone(),
        category: case.scenario.category().to_owned(),
        level: verdict.level,
        tier: verdict.tier,
        verdict: verdict.kind,
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
