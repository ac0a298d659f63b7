//! From an observation to a row of the report.

use std::time::Duration;

use super::settings::RunSettings;
use crate::check::CheckOutcome;
use crate::event::{CaseResult, Observed};
use crate::scenario::{Case, Level, Tier};
use crate::verdict::{Cause, Observation, Verdict, VerdictKind, judge};

/// The row of a case with an exchange of its own.
pub(super) fn case_result(
    case: &Case,
    observation: &Observation,
    elapsed: Duration,
    settings: &RunSettings,
) -> CaseResult {
    let verdict = case.expectation().map_or_else(
        || skipped(Level::Observe, Tier::Info, "a check has no exchange of its own"),
        |expectation| judge(&case.scenario.id, expectation, observation),
    );
    let log = match observation {
        Observation::Died(death) => death.log.clone(),
        _ => Vec::new(),
    };
    CaseResult { log, observed: observed(observation), ..row(case, verdict, elapsed, settings) }
}

/// The row of a case that was not carried out.
pub(super) fn unjudged(case: &Case, kind: VerdictKind, why: &str, settings: &RunSettings) -> CaseResult {
    let (level, tier) = weight(case);
    let verdict = Verdict { kind, ..skipped(level, tier, why) };
    CaseResult { not_run: true, ..row(case, verdict, Duration::ZERO, settings) }
}

/// The row of a check.
pub(super) fn check_result(case: &Case, outcome: CheckOutcome, cause: Cause, settings: &RunSettings) -> CaseResult {
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
        CheckOutcome::Failed { judged, examples } => Verdict {
            kind: case.check().map_or(VerdictKind::Deviates, |(kind, _, _)| kind.failure()),
            level,
            tier,
            cause,
            reason: failed_reason(judged, &examples),
        },
    };
    row(case, verdict, Duration::ZERO, settings)
}

fn failed_reason(judged: usize, examples: &[(String, String)]) -> String {
    let first = examples.first().map_or("", |(_, fault)| fault.as_str());
    let names: Vec<&str> = examples.iter().take(3).map(|(name, _)| name.as_str()).collect();
    let more = if examples.len() > 3 { ", ..." } else { "" };
    format!("{first}: {} of {judged} ({}{more})", examples.len(), names.join(", "))
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
        variant: case.slug.clone(),
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
        Observation::NotRun { .. } => failure("not run"),
    }
}
