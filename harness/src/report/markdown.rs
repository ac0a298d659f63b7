use std::fmt::Write as _;

use super::excused::excused_line;
use crate::engine::RunReport;
use crate::findings::{Finding, fold};
use crate::printable::counted;
use crate::verdict::Strictness;

/// The run as Markdown, for a CI step summary: the totals, the findings, each
/// with its variants folded away.
#[must_use]
pub fn markdown(report: &RunReport, strictness: Strictness) -> String {
    let mut out = String::new();
    let started = &report.started;
    let mark = if report.finished.exit == 0 { "passed" } else { "failed" };
    let _ = writeln!(out, "## Badpenny: {} against {} {mark}\n", started.profile, escape(&started.target));
    if let Some(line) = report.finished.partial_line(&report.results) {
        let _ = writeln!(out, "**{line}**\n");
    }
    let _ = writeln!(out, "| verdict | variants |\n|---|---|");
    for (kind, count) in report.finished.summary.counts().into_iter().filter(|(_, count)| *count > 0) {
        let _ = writeln!(out, "| {kind} | {count} |");
    }
    if let Some(line) = excused_line(report) {
        let _ = writeln!(out, "\n{line}");
    }
    for entry in &report.finished.outdated {
        let _ = writeln!(out, "\n**accept `{}`** {}", entry.id, escape(&entry.to_string()));
    }
    let is_key_time = |finding: &Finding<'_>| finding.results.iter().all(|result| result.fact.is_some());
    for finding in fold(&report.results).iter().filter(|finding| !is_key_time(finding)) {
        section(&mut out, finding, strictness);
    }
    if let Some(times) = report.key_times() {
        let _ = writeln!(out, "\n### Keys\n\n{times}");
    }
    out
}

fn section(out: &mut String, finding: &Finding<'_>, strictness: Strictness) {
    let Some(first) = finding.results.first() else { return };
    let fails = match finding.excuse {
        Some(excuse) => format!(" ({})", excuse.word()),
        None if finding.fails(strictness) => String::new(),
        None => " (does not fail the run)".to_owned(),
    };
    let _ = writeln!(out, "\n### {} `{}`: {}{fails}\n", finding.kind, first.id, escape(&finding.headline()));
    if let Some(excuse) = finding.excuse {
        let _ = writeln!(out, "{}\n", escape(&excuse.to_string()));
    }
    let references: Vec<String> =
        first.references.iter().map(|reference| format!("[{reference}]({})", reference.url())).collect();
    let who = finding.cause.who(finding.who);
    let _ = writeln!(out, "{} ({}), {who}; {}\n", finding.tier, finding.level, references.join(", "));
    for change in &first.changes {
        let _ = writeln!(out, "- `{}`", change.replace('`', "'"));
    }
    let _ = writeln!(out, "\n<details><summary>{}</summary>\n", counted(finding.results.len(), "variant"));
    for result in &finding.results {
        let _ = writeln!(out, "- `{}`: {}", result.name(), escape(&result.reason));
    }
    let _ = writeln!(out, "\n</details>\n\nReproduce: `{}`", first.replay.replace('`', "'"));
}

/// Text from a target must not become markup.
fn escape(text: &str) -> String {
    text.chars()
        .flat_map(|character| {
            let escaped = matches!(character, '<' | '>' | '|' | '*' | '_' | '`' | '[' | ']' | '\\').then_some('\\');
            escaped.into_iter().chain([if character == '\n' { ' ' } else { character }])
        })
        .collect()
}
