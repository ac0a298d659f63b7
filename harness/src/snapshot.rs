//! The recorded outcome of every variant for one target. Drift shows as a diff.
//!
//! By itself a snapshot excuses no verdict: it only tells what changed. Whoever
//! asks for what is new alone (`--only-new`) takes it for what is known.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::engine::RunReport;
use crate::event::CaseResult;
use crate::verdict::VerdictKind;

/// First line of a snapshot file.
const SCHEMA: &str = "# badpenny snapshot 1";

/// A snapshot: a row per variant, by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Snapshot {
    profile: String,
    revision: String,
    rows: BTreeMap<String, String>,
}

/// What is different between a snapshot and a run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Drift {
    /// Rows that changed: name, recorded, now.
    pub changed: Vec<(String, String, String)>,
    /// Rows that the snapshot does not have.
    pub new: Vec<(String, String)>,
    /// Recorded rows that a whole run no longer has.
    pub gone: Vec<(String, String)>,
}

/// A snapshot file with what stood in it before a run; one that is missing is
/// made by the run.
#[derive(Debug, Clone)]
pub struct SnapshotFile {
    path: PathBuf,
    recorded: Option<Snapshot>,
    update: bool,
}

/// What a run comes to beside a snapshot file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Held {
    /// The file was not there and was written.
    Made,
    /// It was to be brought up to date, and this is what changed in it.
    Updated(Drift),
    /// This is what the run does differently; nothing, it may be.
    Compared(Drift),
}

/// Why a snapshot can't be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SnapshotError {
    /// The file can't be read.
    #[error("the snapshot {} cannot be read: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file can't be written.
    #[error("the snapshot {} cannot be written: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is no snapshot.
    #[error("{} is no snapshot (line {line}): delete it, and the next run writes it anew", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The line that is wrong, from 1.
        line: usize,
    },
}

impl Snapshot {
    /// The snapshot of a run. What could not be judged leaves no row, nor does what
    /// was measured of its time with keys.
    #[must_use]
    pub fn of(report: &RunReport) -> Self {
        let judged = |result: &&CaseResult| {
            !result.not_run
                && result.fact.is_none()
                && !matches!(result.verdict, VerdictKind::Inconclusive | VerdictKind::Error)
        };
        Self {
            profile: report.started.profile.clone(),
            revision: report.started.revision.clone(),
            rows: report.results.iter().filter(judged).map(|result| (result.name(), outcome(result))).collect(),
        }
    }

    /// Reads a snapshot file.
    ///
    /// # Errors
    ///
    /// [`SnapshotError`] when it can't be read or is no snapshot.
    pub fn read(path: &Path) -> Result<Self, SnapshotError> {
        let text =
            std::fs::read_to_string(path).map_err(|source| SnapshotError::Read { path: path.to_owned(), source })?;
        Self::parse(&text).map_err(|line| SnapshotError::Unreadable { path: path.to_owned(), line })
    }

    /// Writes the file whole, or leaves the old one as it was.
    ///
    /// # Errors
    ///
    /// [`SnapshotError::Write`] when it can't.
    pub fn write(&self, path: &Path) -> Result<(), SnapshotError> {
        let failed = |source| SnapshotError::Write { path: path.to_owned(), source };
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder).map_err(failed)?;
        let file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
        std::fs::write(file.path(), self.to_text()).map_err(failed)?;
        // A temporary file is private; a snapshot is for the repository.
        #[cfg(unix)]
        std::fs::set_permissions(file.path(), std::os::unix::fs::PermissionsExt::from_mode(0o644)).map_err(failed)?;
        file.persist(path).map(drop).map_err(|error| failed(error.error))
    }

    /// This snapshot with the rows of a newer run in place of its own.
    ///
    /// Of a `partial` run the other rows stay; of a whole one they go, but for
    /// those that it could not judge.
    #[must_use]
    pub fn updated(&self, report: &RunReport, partial: bool) -> Self {
        let mut new = Self::of(report);
        let named: Vec<String> = report.results.iter().map(CaseResult::name).collect();
        for (name, row) in &self.rows {
            let unjudged = named.contains(name) && !new.rows.contains_key(name);
            if unjudged || partial && !named.contains(name) {
                new.rows.insert(name.clone(), row.clone());
            }
        }
        new
    }

    /// What a newer run does differently.
    #[must_use]
    pub fn drift(&self, report: &RunReport, partial: bool) -> Drift {
        let now = Self::of(report);
        let named: Vec<String> = report.results.iter().map(CaseResult::name).collect();
        let mut drift = Drift::default();
        for (name, row) in &now.rows {
            match self.rows.get(name) {
                Some(recorded) if recorded != row => drift.changed.push((name.clone(), recorded.clone(), row.clone())),
                Some(_) => {}
                None => drift.new.push((name.clone(), row.clone())),
            }
        }
        if !partial {
            let gone = self.rows.iter().filter(|(name, _)| !named.contains(name));
            drift.gone = gone.map(|(name, row)| (name.clone(), row.clone())).collect();
        }
        drift
    }

    /// What it has found: the verdict of each row that tells of something wrong, by name.
    #[must_use]
    pub fn found(&self) -> BTreeMap<String, VerdictKind> {
        let verdict = |row: &String| VerdictKind::of_word(row.split_whitespace().next_back()?);
        let found = |row| verdict(row).filter(|verdict| verdict.is_found());
        self.rows.iter().filter_map(|(name, row)| Some((name.clone(), found(row)?))).collect()
    }

    /// The file's text.
    #[must_use]
    pub fn to_text(&self) -> String {
        let width = self.rows.keys().map(String::len).max().unwrap_or(0);
        let mut text = format!("{SCHEMA}\n# profile {}\n# catalogue {}\n", self.profile, self.revision);
        for (name, row) in &self.rows {
            let _ = writeln!(text, "{name:width$}  {row}");
        }
        text
    }

    fn parse(text: &str) -> Result<Self, usize> {
        let mut lines = text.lines().enumerate();
        if lines.next().is_none_or(|(_, line)| line != SCHEMA) {
            return Err(1);
        }
        let mut snapshot = Self::default();
        for (index, line) in lines {
            if let Some(profile) = line.strip_prefix("# profile ") {
                profile.clone_into(&mut snapshot.profile);
            } else if let Some(revision) = line.strip_prefix("# catalogue ") {
                revision.clone_into(&mut snapshot.revision);
            } else if !line.trim().is_empty() {
                let (name, row) = line.split_once("  ").ok_or(index + 1)?;
                snapshot.rows.insert(name.trim().to_owned(), row.trim().to_owned());
            }
        }
        Ok(snapshot)
    }
}

impl SnapshotFile {
    /// Reads the file; with `update` it is to be written whatever stands in it.
    ///
    /// # Errors
    ///
    /// [`SnapshotError`] when it is there and can't be read, or is no snapshot.
    pub fn read(path: &Path, update: bool) -> Result<Self, SnapshotError> {
        let recorded = match Snapshot::read(path) {
            Ok(snapshot) => Some(snapshot),
            Err(SnapshotError::Read { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        Ok(Self { path: path.to_owned(), recorded, update })
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What stood in it; `None` where it was not there.
    #[must_use]
    pub fn recorded(&self) -> Option<&Snapshot> {
        self.recorded.as_ref()
    }

    /// Holds a run against it, of a part of the profile where it is `partial`;
    /// writes it where it was missing or is to be updated.
    ///
    /// # Errors
    ///
    /// [`SnapshotError::Write`] when it can't be written.
    pub fn hold(&self, report: &RunReport, partial: bool) -> Result<Held, SnapshotError> {
        let Some(recorded) = &self.recorded else {
            Snapshot::of(report).write(&self.path)?;
            return Ok(Held::Made);
        };
        let drift = recorded.drift(report, partial);
        if self.update {
            recorded.updated(report, partial).write(&self.path)?;
            return Ok(Held::Updated(drift));
        }
        Ok(Held::Compared(drift))
    }
}

/// Status, challenge class and verdict of a variant.
fn outcome(result: &CaseResult) -> String {
    let observed = &result.observed;
    let status = observed.status.map(|status| status.to_string()).or_else(|| observed.failure.clone());
    let challenge = observed.challenge.as_deref().unwrap_or("-");
    format!("{}  {challenge}  {}", status.as_deref().unwrap_or("-"), result.verdict)
}

impl Drift {
    /// Whether nothing is different.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changed.is_empty() && self.new.is_empty() && self.gone.is_empty()
    }

    /// Whether it makes the run fail: a change always, new and gone rows under `--strict`.
    #[must_use]
    pub fn fails(&self, strict: bool) -> bool {
        !self.changed.is_empty() || strict && !self.is_empty()
    }
}

impl std::fmt::Display for Drift {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (name, recorded, now) in &self.changed {
            writeln!(f, "  {name}\n    - {recorded}\n    + {now}")?;
        }
        for (name, row) in &self.new {
            writeln!(f, "  {name} (new)\n    + {row}")?;
        }
        for (name, row) in &self.gone {
            writeln!(f, "  {name} (gone)\n    - {row}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# badpenny snapshot 1\n# profile core@1\n# catalogue 12345678\na/b@c     401  bearer  pass\na/b@long  200  -  vulnerable\n";

    #[test]
    fn a_snapshot_reads_what_it_writes() {
        let snapshot = Snapshot::parse(TEXT).unwrap();
        assert_eq!(snapshot.to_text(), TEXT);
        assert_eq!(snapshot.found(), BTreeMap::from([("a/b@long".to_owned(), VerdictKind::Vulnerable)]));
    }

    #[test]
    fn text_that_is_no_snapshot_is_refused_with_its_line() {
        assert_eq!(Snapshot::parse("hello"), Err(1));
        assert_eq!(Snapshot::parse("# badpenny snapshot 1\n# profile x\nnonsense\n"), Err(3));
    }
}
