use std::fmt::Write as _;

use super::Style;
use super::excused::{write_beside, write_excused, write_outdated};
use crate::engine::RunReport;
use crate::event::{CaseResult, RunStarted};
use crate::findings::{Finding, fold};
use crate::printable::counted;
use crate::scenario::Reference;
use crate::verdict::{Cause, Strictness, VerdictKind};
use crate::wrap::wrap;

/// Names of variants that stand in one line before the rest is counted.
const NAMED: usize = 3;
/// Columns of a verdict, with the space behind the longest one.
pub(super) const WORD: usize = 14;

/// The findings and the totals, for a person: the gravest first, what has one
/// root cause as one.
#[must_use]
pub fn terminal(report: &RunReport, strictness: Strictness, style: Style) -> String {
    let mut out = String::new();
    let (measured, findings): (Vec<_>, Vec<_>) =
        fold(&report.results).into_iter().partition(|finding| matches!(finding.cause, Cause::Measured { .. }));
    for finding in &findings {
        match finding.excuse {
            None => write_finding(&mut out, finding, strictness, style),
            Some(excuse) => write_excused(&mut out, finding, excuse, style),
        }
    }
    write_outdated(&mut out, &report.finished.outdated, style);
    let failing: Vec<String> =
        findings.iter().filter(|finding| finding.fails(strictness)).map(|finding| weight(finding, style)).collect();
    write_measured(&mut out, &measured, style);
    write_key_times(&mut out, report, style);
    write_skipped(&mut out, &report.results, style);
    write_left_out(&mut out, &report.started, style);
    write_totals(&mut out, report, &failing, style);
    out
}

fn write_finding(out: &mut String, finding: &Finding<'_>, strictness: Strictness, style: Style) {
    let Some(first) = finding.results.first() else { return };
    let word = style.kind(finding.kind, &finding.kind.word().to_uppercase());
    let pad = " ".repeat(WORD.saturating_sub(finding.kind.word().len()));
    let title = title(finding, first);
    let _ = writeln!(out, "{word}{pad}{}   {}", style.bold(&title), style.tier(finding.tier));
    write_evidence(out, finding, first, style);
    if matches!(finding.kind, VerdictKind::Deviates | VerdictKind::Broken) && !finding.fails(strictness) {
        let _ = writeln!(
            out,
            "  {}",
            style.dim("does not fail the run: the standard only recommends it (--strict makes it fail)")
        );
    }
    out.push('\n');
}

/// What was measured: a line each.
fn write_measured(out: &mut String, measured: &[Finding<'_>], style: Style) {
    let rows: Vec<_> =
        measured.iter().flat_map(|finding| &finding.results).filter(|result| result.fact.is_none()).collect();
    for result in &rows {
        let word = style.kind(VerdictKind::Note, "NOTE");
        let _ = writeln!(out, "{word}{}{}   {}", " ".repeat(WORD - 4), result.reason, style.dim(&result.name()));
    }
    if !rows.is_empty() {
        out.push('\n');
    }
}

/// What the target does with its issuer's keys, in one paragraph.
fn write_key_times(out: &mut String, report: &RunReport, style: Style) {
    let Some(times) = report.key_times() else { return };
    let word = style.kind(VerdictKind::Note, "KEYS");
    let paragraph = wrap(&times.to_string(), WORD);
    let _ = writeln!(out, "{word}{}\n", paragraph.get("KEYS".len()..).unwrap_or_default());
}

/// What the finding is about: a variant, a scenario, or a cause that spans several.
pub(super) fn title(finding: &Finding<'_>, first: &CaseResult) -> String {
    match finding.results.len() {
        1 => first.name(),
        count if finding.is_of_one_scenario() => format!("{} ({count} variants)", first.id),
        count => format!("{} ({count} variants)", finding.headline()),
    }
}

fn write_evidence(out: &mut String, finding: &Finding<'_>, first: &CaseResult, style: Style) {
    if finding.is_of_one_scenario() {
        let is_remark = finding.kind == VerdictKind::Note;
        let status =
            if is_a_status(&first.expected) && !is_remark { format!(" ({})", first.expected) } else { String::new() };
        let _ = writeln!(out, "  expected   {}{status}", lower_first(&first.title));
        let _ = writeln!(out, "  got        {}", finding.headline());
    }
    if matches!(finding.kind, VerdictKind::Vulnerable | VerdictKind::Broken | VerdictKind::Deviates) {
        let _ = writeln!(out, "  who        {}", finding.cause.who(finding.who));
    }
    if finding.results.len() > 1 {
        let _ = writeln!(out, "  variants   {}{}", mixture(&finding.results), names(&finding.results, style));
    }
    if shows_token(finding) {
        for change in &first.changes {
            let _ = writeln!(out, "  token      {change}");
        }
    }
    if let Some(line) = telling(finding.cause) {
        let _ = writeln!(out, "  log        {line}");
    }
    let _ = writeln!(out, "  explain    badpenny why {}", first.id);
    let references: Vec<String> = first.references.iter().take(2).map(Reference::phrase).collect();
    if !references.is_empty() {
        let _ = writeln!(out, "  read       {}", references.join(", "));
    }
    let _ = writeln!(out, "  reproduce  {}", first.replay);
    if let Some(curl) = &first.curl {
        let _ = writeln!(out, "  or         {curl}");
    }
}

/// `401`, or `401 or 403`.
fn is_a_status(expected: &str) -> bool {
    expected.split(" or ").all(|status| !status.is_empty() && status.bytes().all(|byte| byte.is_ascii_digit()))
}

/// How much it matters; what could not be judged matters for itself.
fn weight(finding: &Finding<'_>, style: Style) -> String {
    match finding.kind {
        VerdictKind::Inconclusive | VerdictKind::Error => finding.kind.word().to_owned(),
        _ => style.tier(finding.tier),
    }
}

/// Of how many scenarios the rows are, and what they are, where that is not one thing.
pub(super) fn mixture(results: &[&CaseResult]) -> String {
    let mut ids: Vec<&str> = results.iter().map(|result| result.id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    let of_kind = |kind: VerdictKind| results.iter().filter(|result| result.verdict == kind).count();
    let kinds = [VerdictKind::Vulnerable, VerdictKind::Broken, VerdictKind::Deviates, VerdictKind::Note];
    let counts: Vec<String> = kinds
        .into_iter()
        .filter(|kind| of_kind(*kind) > 0)
        .map(|kind| format!("{} {}", of_kind(kind), kind.word()))
        .collect();
    let mut parts = Vec::new();
    parts.extend((ids.len() > 1).then(|| format!("of {} scenarios", ids.len())));
    parts.extend((counts.len() > 1).then(|| counts.join(", ")));
    if parts.is_empty() { String::new() } else { format!("{}: ", parts.join(", ")) }
}

/// A title in the middle of a line; an abbreviation at its head stays.
fn lower_first(title: &str) -> String {
    let mut letters = title.chars();
    match (letters.next(), letters.next()) {
        (Some(first), Some(second)) if !second.is_uppercase() => {
            first.to_lowercase().chain(std::iter::once(second)).chain(letters).collect()
        }
        _ => title.to_owned(),
    }
}

/// A diff of tokens says something where the token was the cause.
fn shows_token(finding: &Finding<'_>) -> bool {
    matches!(
        finding.cause,
        Cause::Accepted { .. } | Cause::Refused { .. } | Cause::Died { .. } | Cause::Hung | Cause::NoAnswer
    )
}

fn telling(cause: &Cause) -> Option<&str> {
    match cause {
        Cause::Died { signature } => Some(signature),
        _ => None,
    }
}

pub(super) fn names(results: &[&CaseResult], style: Style) -> String {
    let shown = if style.all { results.len() } else { NAMED };
    let mut names: Vec<String> = results.iter().take(shown).map(|result| result.name()).collect();
    if results.len() > shown {
        names.push("... (--all)".to_owned());
    }
    names.join(", ")
}

/// What was skipped in one line; with `--all` one line a reason.
fn write_skipped(out: &mut String, results: &[CaseResult], style: Style) {
    let mut skipped: Vec<&CaseResult> =
        results.iter().filter(|result| result.verdict == VerdictKind::Skipped).collect();
    skipped.sort_by(|a, b| a.reason.cmp(&b.reason));
    let reasons = skipped.chunk_by(|a, b| a.reason == b.reason).count();
    if reasons > 1 && !style.all {
        let count = counted(skipped.len(), "variant");
        let line = format!("{:WORD$}{count}, for {reasons} reasons (run with --all to list them)", "SKIPPED");
        let _ = writeln!(out, "{}\n", style.dim(&line));
        return;
    }
    for alike in skipped.chunk_by(|a, b| a.reason == b.reason) {
        let told = match alike {
            [one] => format!("{}: {}", one.name(), one.reason),
            _ => format!("{}, {} variants: {}", alike[0].reason, alike.len(), names(alike, style)),
        };
        let line = format!("{:WORD$}{told}", "SKIPPED");
        let _ = writeln!(out, "{}\n", style.dim(&line));
    }
}

/// What a real token alone is not enough for, in one line.
fn write_left_out(out: &mut String, started: &RunStarted, style: Style) {
    let all: usize = started.left_out.iter().map(|left| left.variants).sum();
    if all == 0 {
        return;
    }
    let needs: Vec<String> =
        started.left_out.iter().map(|left| format!("{} need {}", left.variants, left.need.phrase())).collect();
    let line = format!("{:WORD$}{}: {}", "LEFT OUT", counted(all, "variant"), needs.join(", "));
    let _ = writeln!(out, "{}\n", style.dim(&line));
}

fn write_totals(out: &mut String, report: &RunReport, failing: &[String], style: Style) {
    let counts: Vec<String> = report
        .finished
        .summary
        .counts()
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .map(|(kind, count)| format!("{} {}", style.kind(kind, &count.to_string()), kind.word()))
        .collect();
    if let Some(line) = report.finished.partial_line(&report.results) {
        let _ = writeln!(out, "{}\n", style.bold(&line));
    }
    if !failing.is_empty() {
        let verb = if failing.len() == 1 { "fails" } else { "fail" };
        let tiers: Vec<String> =
            failing.chunk_by(|a, b| a == b).map(|alike| format!("{} {}", alike.len(), alike[0])).collect();
        let _ = writeln!(out, "{} {verb} the run: {}", counted(failing.len(), "finding"), tiers.join(", "));
    }
    write_beside(out, report);
    let started = &report.started;
    let _ = writeln!(
        out,
        "{} of {}: {}   {:.1} s   exit {}",
        counted(started.variants, "variant"),
        counted(started.scenarios, "scenario"),
        counts.join(", "),
        report.finished.duration_ms / 1000.0,
        report.finished.exit
    );
}
