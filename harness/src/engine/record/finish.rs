//! What can be said only at the end: totals and the exit code.

use std::time::Duration;

use crate::event::{CaseResult, Partial, RunFinished, Summary};
use crate::excuse::Outdated;
use crate::exit;
use crate::scenario::Level;
use crate::verdict::{Strictness, VerdictKind};

/// The totals, and the exit code that they ask for.
pub(in crate::engine) fn totals(
    results: &[CaseResult],
    elapsed: Duration,
    strictness: Strictness,
    partial: Option<Partial>,
    outdated: Vec<Outdated>,
) -> RunFinished {
    let errors = results.iter().any(|result| result.verdict == VerdictKind::Error);
    let unreached = |result: &CaseResult| result.not_reached && result.level == Level::Must;
    let fails = results.iter().any(|result| result.fails(strictness))
        || !outdated.is_empty()
        || !strictness.allow_inconclusive && results.iter().any(unreached);
    RunFinished {
        summary: Summary::of(results),
        duration_ms: elapsed.as_secs_f64() * 1000.0,
        partial,
        outdated,
        exit: if partial == Some(Partial::Interrupted) {
            exit::INTERRUPTED
        } else if partial == Some(Partial::Trouble) {
            exit::TARGET
        } else if errors {
            exit::HARNESS_FAULT
        } else if fails {
            exit::FINDINGS
        } else {
            exit::SUCCESS
        },
    }
}
