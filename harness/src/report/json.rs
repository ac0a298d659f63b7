use serde::Serialize;

use crate::engine::RunReport;
use crate::event::{CaseResult, Partial, Summary, Tool};
use crate::excuse::Outdated;
use crate::key_times::KeyTimes;

/// The stable fields of the JSON report.
#[derive(Serialize)]
struct Document<'a> {
    schema: &'a str,
    tool: &'a Tool,
    target: &'a str,
    issuer: &'a str,
    profile: &'a str,
    revision: &'a str,
    /// Why the run ended before all was judged: `interrupted` or `max-time`;
    /// null where it did not.
    partial: Option<Partial>,
    summary: Summary,
    exit: u8,
    duration_ms: f64,
    /// Entries of what is accepted that no longer hold.
    outdated: &'a [Outdated],
    /// What was measured of the target's time with keys; null where nothing was.
    key_times: Option<KeyTimes>,
    results: &'a [CaseResult],
}

/// The run as JSON: every variant with its verdict, in the order of the run.
#[must_use]
pub fn json(report: &RunReport) -> String {
    let document = Document {
        schema: &report.started.schema,
        tool: &report.started.tool,
        target: &report.started.target,
        issuer: &report.started.issuer,
        profile: &report.started.profile,
        revision: &report.started.revision,
        partial: report.finished.partial,
        summary: report.finished.summary,
        exit: report.finished.exit,
        duration_ms: report.finished.duration_ms,
        outdated: &report.finished.outdated,
        key_times: report.key_times(),
        results: &report.results,
    };
    // Only a map with keys that are no strings could fail, and there is none.
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    text
}
