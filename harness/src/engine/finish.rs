//! What can be said only at the end: folding, totals, the exit code.

use std::time::Duration;

use crate::event::{CaseResult, RunFinished, Summary};
use crate::exit;
use crate::verdict::{Cause, Strictness, VerdictKind};

/// On an open route every bad token "gets in" for one reason: nobody is asked.
pub(super) fn fold_open_route(results: &mut [CaseResult], open: bool) {
    if !open {
        return;
    }
    for result in results {
        if result.verdict == VerdictKind::Vulnerable {
            result.cause = Cause::OpenRoute;
        }
    }
}

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
