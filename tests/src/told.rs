//! A run of the real binary, and what its report tells row by row.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use crate::binary;

/// A run that came to a report.
pub struct Told {
    /// The report as JSON.
    pub report: Value,
    /// What else was written, and how it ended.
    pub output: Output,
    /// Its rows, in their order.
    pub rows: Vec<Row>,
}

/// One variant in a report.
#[derive(Debug, Clone)]
pub struct Row {
    /// `id@slug`.
    pub name: String,
    /// The verdict's word.
    pub verdict: String,
    /// What it is said to rest on.
    pub reason: String,
    /// The status of the answer, where there was one.
    pub status: Option<u64>,
}

impl Row {
    fn of(row: &Value) -> Self {
        let text = |member: &str| row[member].as_str().unwrap_or_default().to_owned();
        Self {
            name: format!("{}@{}", text("id"), text("variant")),
            verdict: text("verdict"),
            reason: text("reason"),
            status: row["observed"]["status"].as_u64(),
        }
    }
}

impl Told {
    /// The row of that name.
    ///
    /// # Panics
    ///
    /// When there is none.
    #[must_use]
    pub fn row(&self, name: &str) -> &Row {
        self.rows.iter().find(|row| row.name == name).unwrap_or_else(|| panic!("no row {name}"))
    }

    /// The verdict of the row of that name.
    #[must_use]
    pub fn verdict(&self, name: &str) -> &str {
        &self.row(name).verdict
    }

    /// What neither passed nor was skipped.
    #[must_use]
    pub fn found(&self) -> Vec<&Row> {
        self.rows.iter().filter(|row| !["pass", "skipped"].contains(&row.verdict.as_str())).collect()
    }
}

/// `badpenny run` in a folder, with the arguments and variables that `tell` adds.
///
/// # Panics
///
/// When it comes to no report.
pub fn run(folder: &Path, tell: impl FnOnce(&mut Command)) -> Told {
    let path = folder.join("report.json");
    let mut command = binary::command("badpenny", folder);
    tell(command.arg("run").arg("--report").arg(format!("json={}", path.display())));
    let output = command.output().unwrap_or_else(|error| panic!("{error}"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|_| panic!("{}", binary::transcript(&output)));
    let report: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    let rows = report["results"].as_array().into_iter().flatten().map(Row::of).collect();
    Told { report, output, rows }
}
