//! What a person reads of findings that do not fail the run, and of entries that
//! do.

use std::fmt::Write as _;

use super::Style;
use super::terminal::{WORD, mixture, names, title};
use crate::engine::RunReport;
use crate::excuse::{Excuse, Outdated};
use crate::findings::Finding;
use crate::printable::counted;
use crate::verdict::VerdictKind;

/// What is accepted or known: that it is there, and why it does not fail the run.
pub(super) fn write_excused(out: &mut String, finding: &Finding<'_>, excuse: &Excuse, style: Style) {
    let Some(first) = finding.results.first() else { return };
    let (word, title) = (excuse.word().to_uppercase(), title(finding, first));
    let line = format!("{word:WORD$}{title}   {}", finding.tier);
    let _ = writeln!(out, "{}", style.dim(&line));
    let _ = writeln!(out, "  got        {}: {}", finding.kind, finding.headline());
    let _ = writeln!(out, "  excused    {excuse}");
    if finding.results.len() > 1 {
        let _ = writeln!(out, "  variants   {}{}", mixture(&finding.results), names(&finding.results, style));
    }
    out.push('\n');
}

/// Entries of what is accepted that no longer hold.
pub(super) fn write_outdated(out: &mut String, outdated: &[Outdated], style: Style) {
    for entry in outdated {
        let word = style.kind(VerdictKind::Error, "ACCEPT");
        let _ = writeln!(out, "{word}{}{} {entry}\n", " ".repeat(WORD - 6), style.bold(&entry.id));
    }
}

/// What the count of findings leaves out: what fails besides, and what does not fail.
pub(super) fn write_beside(out: &mut String, report: &RunReport) {
    let outdated = report.finished.outdated.len();
    if outdated > 0 {
        let (entries, verb) = if outdated == 1 { ("entry", "fails") } else { ("entries", "fail") };
        let _ = writeln!(out, "{outdated} outdated {entries} of [[accept]] {verb} the run");
    }
    if let Some(line) = excused_line(report) {
        let _ = writeln!(out, "{line}");
    }
}

/// How many rows are accepted or known; `None` where none is.
pub(super) fn excused_line(report: &RunReport) -> Option<String> {
    let of = |word: &str| {
        let excused = report.results.iter().filter_map(|result| result.excuse.as_ref());
        excused.filter(|excuse| excuse.word() == word).count()
    };
    let counts: Vec<String> = ["accepted", "known"]
        .into_iter()
        .filter(|word| of(word) > 0)
        .map(|word| format!("{} {word}", counted(of(word), "variant")))
        .collect();
    (!counts.is_empty()).then(|| format!("{}: not failing the run", counts.join(", ")))
}
