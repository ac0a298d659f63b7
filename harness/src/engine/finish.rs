//! What can be said only at the end: totals and the exit code.

use std::time::Duration;

use crate::event::{CaseResult, RunFinished, Summary};
use crate::exit;
use crate::verdict::{Strictness, VerdictKind};

/// The totals, and the exit code that they ask for.
pub(super) fn totals(results: &[CaseResult], elapsed: Duration, strictness: Strictness) -> RunFinished {
    let errors = results.iter().any(|result| result.verdict == VerdictKind::Error);
    let fails = results.iter().any(|result| result.verdict().fails(strictness));
    RunFinished {
        summary: Summary::of(results),
        duration_ms: elapsed.as_secs_f64() * 1000.0,
        exit: if errors {
            exit::HARNESS_FAULT
        } else if fails {
            exit::FINDINGS
        } else {
            exit::SUCCESS
        },
    }
}
