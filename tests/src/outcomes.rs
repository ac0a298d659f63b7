//! The outcomes of a run as a snapshot that catches every change, and tells of
//! other people's software no more than it has to.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// The rows of these names one by one; all others as counts per category,
/// status and verdict, with one digest over the whole list.
#[must_use]
pub fn summary(report: &Value, shown: &[&str]) -> String {
    let rows: Vec<Row> = report["results"].as_array().into_iter().flatten().map(Row::of).collect();
    let mut out = String::new();
    let mut counts: BTreeMap<(&str, &str, &str), usize> = BTreeMap::new();
    for row in &rows {
        if shown.contains(&row.name.as_str()) {
            let _ = writeln!(out, "{}  {}  {}", row.name, row.status, row.verdict);
        } else {
            *counts.entry((row.category(), &row.status, &row.verdict)).or_default() += 1;
        }
    }
    for ((category, status, verdict), count) in counts {
        let _ = writeln!(out, "{category}: {count} x {status} {verdict}");
    }
    let _ = writeln!(out, "all {} rows: sha256 {}", rows.len(), digest(&whole(&rows)));
    out
}

/// Writes the whole list beside the binaries, as `NAME.outcomes.txt`, for whoever
/// wants to see what has changed.
///
/// # Panics
///
/// When it can't be written.
pub fn write(report: &Value, name: &str) {
    let rows: Vec<Row> = report["results"].as_array().into_iter().flatten().map(Row::of).collect();
    let path = crate::binary::path("badpenny").with_file_name(format!("{name}.outcomes.txt"));
    std::fs::write(&path, whole(&rows)).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}

struct Row {
    name: String,
    status: String,
    verdict: String,
}

impl Row {
    fn of(row: &Value) -> Self {
        let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
        let status = row["observed"]["status"].as_u64().map(|status| status.to_string());
        Self {
            name: format!("{}@{}", text(&row["id"]), text(&row["variant"])),
            status: status.unwrap_or_else(|| "no answer".to_owned()),
            verdict: text(&row["verdict"]),
        }
    }

    fn category(&self) -> &str {
        self.name.split('/').next().unwrap_or_default()
    }
}

fn whole(rows: &[Row]) -> String {
    rows.iter().fold(String::new(), |mut out, row| {
        let _ = writeln!(out, "{}  {}  {}", row.name, row.status, row.verdict);
        out
    })
}

fn digest(text: &str) -> String {
    Sha256::digest(text).iter().take(8).fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn report(status: u16) -> Value {
        let row = |id: &str, status: u16| json!({ "id": id, "variant": "a", "verdict": "pass", "observed": { "status": status } });
        json!({ "results": [row("time/expired", 401), row("signature/one", status), row("signature/two", 401)] })
    }

    #[test]
    fn what_is_not_shown_is_counted_and_every_change_is_seen() {
        let summary_of = |status| summary(&report(status), &["time/expired@a"]);
        assert!(summary_of(401).starts_with("time/expired@a  401  pass\nsignature: 2 x 401 pass\nall 3 rows: sha256 "));
        assert!(summary_of(500).contains("signature: 1 x 500 pass"));
        let swapped =
            json!({ "results": [report(500)["results"][0], report(500)["results"][2], report(500)["results"][1]] });
        assert_ne!(summary(&swapped, &[]), summary(&report(500), &[]), "an exchange of two rows is a change");
    }
}
