use std::time::Duration;

use quick_junit::{NonSuccessKind, Property, Report, TestCase, TestCaseStatus, TestSuite, XmlString};

use crate::engine::RunReport;
use crate::event::CaseResult;
use crate::excuse::Outdated;
use crate::verdict::{Strictness, VerdictKind};

/// Why the JUnit report can't be written.
#[derive(Debug, thiserror::Error)]
#[error("the JUnit report could not be written as XML")]
pub struct JunitError(#[from] quick_junit::SerializeError);

/// The run as JUnit XML: a suite per scenario, a test case per variant.
///
/// What makes the run fail is a failure; `inconclusive` and `error` are errors;
/// what is accepted or known is skipped, with the reason; what else does not fail
/// passes with its text as output. Entries of what is accepted that no longer
/// hold are failures in a suite `accept`.
///
/// # Errors
///
/// [`JunitError`] when the XML writer fails.
pub fn junit(report: &RunReport, strictness: Strictness) -> Result<String, JunitError> {
    let partial = report.finished.partial_line(&report.results);
    let partial_name = partial.as_ref().map(|line| format!(" ({line})")).unwrap_or_default();
    let mut document = Report::new(format!("badpenny {}{partial_name}", report.started.profile));
    for results in report.results.chunk_by(|a, b| a.id == b.id) {
        let mut suite = TestSuite::new(results[0].id.as_str());
        if let Some(line) = &partial {
            suite.add_property(Property::new("partial", line.as_str()));
        }
        suite.add_test_cases(results.iter().map(|result| test_case(result, strictness)));
        document.add_test_suite(suite);
    }
    if !report.finished.outdated.is_empty() {
        let mut suite = TestSuite::new("accept");
        suite.add_test_cases(report.finished.outdated.iter().map(outdated));
        document.add_test_suite(suite);
    }
    Ok(document.to_string()?)
}

/// An entry of what is accepted that no longer holds.
fn outdated(entry: &Outdated) -> TestCase {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    status.set_message(format!("{} {entry}", entry.id));
    let mut case = TestCase::new(entry.id.as_str(), status);
    case.set_classname("accept");
    case
}

fn test_case(result: &CaseResult, strictness: Strictness) -> TestCase {
    let mut case = TestCase::new(result.variant.as_str(), status(result, strictness));
    case.set_classname(result.id.replace('/', "."));
    case.set_time(Duration::from_secs_f64((result.duration_ms / 1000.0).max(0.0)));
    if !matches!(result.verdict, VerdictKind::Pass | VerdictKind::Skipped) {
        case.set_system_out(XmlString::new(details(result)));
    }
    case
}

fn status(result: &CaseResult, strictness: Strictness) -> TestCaseStatus {
    if let Some(excuse) = &result.excuse {
        let mut status = TestCaseStatus::skipped();
        status.set_message(format!("{excuse} ({}: {})", result.verdict, result.reason));
        return status;
    }
    let mut status = match result.verdict {
        VerdictKind::Skipped => TestCaseStatus::skipped(),
        VerdictKind::Inconclusive | VerdictKind::Error => TestCaseStatus::non_success(NonSuccessKind::Error),
        _ if result.fails(strictness) => TestCaseStatus::non_success(NonSuccessKind::Failure),
        _ => return TestCaseStatus::success(),
    };
    status.set_message(format!("{}: {}", result.verdict, result.reason));
    status.set_type(result.tier.to_string());
    status
}

fn details(result: &CaseResult) -> String {
    let references: Vec<String> = result.references.iter().map(ToString::to_string).collect();
    let mut lines = Vec::from_iter(result.excuse.as_ref().map(ToString::to_string));
    lines.extend([
        format!("{}: {}", result.verdict, result.reason),
        format!("expected: {}", result.expected),
        format!("tier: {}, {}", result.tier, result.cause.who(result.who)),
        format!("see: {}", references.join(", ")),
    ]);
    lines.extend(result.changes.iter().map(|change| format!("token: {change}")));
    lines.extend(result.log.iter().map(|line| format!("log: {line}")));
    lines.push(format!("reproduce: {}", result.replay));
    lines.join("\n")
}
