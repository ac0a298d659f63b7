//! What failed last, for `--last-failed`: a small file for each target, profile
//! and working folder.
//!
//! It lies in the user's cache (`$XDG_CACHE_HOME/badpenny`, else
//! `~/.cache/badpenny`): a run leaves nothing in the folder of a project that was
//! not asked for, and what is lost costs no more than a whole run. The snapshot is
//! no place for it: it tells what was agreed to, not what the last run found.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use crate::engine::RunReport;
use crate::event::CaseResult;
use crate::verdict::{Strictness, VerdictKind};

/// First line of the file.
const SCHEMA: &str = "# badpenny last failed 1";

/// What is remembered of one target with one profile.
#[derive(Debug)]
pub(super) struct Memory {
    /// `None` where this machine has no place for it.
    file: Option<PathBuf>,
    target: String,
    profile: String,
}

/// Why there is nothing to run again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum MemoryError {
    /// There is no place for it.
    #[error("--last-failed has no place to remember: set XDG_CACHE_HOME or HOME")]
    NoPlace,
    /// No run that failed was remembered.
    #[error(
        "no run of {target} with {profile} that failed is remembered for this folder: run once without --last-failed"
    )]
    NothingRemembered {
        /// The target's name.
        target: String,
        /// The profile's id.
        profile: String,
    },
    /// All that failed before passed since.
    #[error("nothing of {target} with {profile} failed last: run without --last-failed")]
    NothingFailed {
        /// The target's name.
        target: String,
        /// The profile's id.
        profile: String,
    },
}

impl Memory {
    /// Of a target of that name with the profile of that id, run from here.
    pub(super) fn of(target: &str, profile: &str) -> Self {
        let file = place().map(|place| place.join(key(target, profile)));
        Self { file, target: target.to_owned(), profile: profile.to_owned() }
    }

    /// Names of the variants that failed last; never none.
    ///
    /// # Errors
    ///
    /// [`MemoryError`] when nothing failed, or nothing is remembered.
    pub(super) fn failed(&self) -> Result<BTreeSet<String>, MemoryError> {
        let (target, profile) = (self.target.clone(), self.profile.clone());
        let file = self.file.as_deref().ok_or(MemoryError::NoPlace)?;
        match read(file) {
            None => Err(MemoryError::NothingRemembered { target, profile }),
            Some(failed) if failed.is_empty() => Err(MemoryError::NothingFailed { target, profile }),
            Some(failed) => Ok(failed),
        }
    }

    /// Remembers what failed in a run; what it did not judge stays as it was, and
    /// so does what it passed without proof. A file that can't be written is one
    /// that is not there: the run is what was asked for.
    pub(super) fn keep(&self, report: &RunReport, strictness: Strictness, unproven: &[String]) {
        let Some(file) = self.file.as_deref() else { return };
        let before = read(file);
        let now = updated(before.clone().unwrap_or_default(), &report.results, strictness, unproven);
        if before.is_some() || !now.is_empty() {
            let lines = std::iter::once(SCHEMA.to_owned()).chain(now);
            let text: String = lines.map(|line| line + "\n").collect();
            let folder = file.parent().unwrap_or(Path::new("."));
            let _ = std::fs::create_dir_all(folder).and_then(|()| std::fs::write(file, text));
        }
    }
}

fn updated(
    mut failed: BTreeSet<String>,
    rows: &[CaseResult],
    strictness: Strictness,
    unproven: &[String],
) -> BTreeSet<String> {
    for row in rows {
        let name = row.name();
        let is_judged = !row.not_run && row.verdict != VerdictKind::Inconclusive;
        if row.fails(strictness) {
            failed.insert(name);
        } else if is_judged && !unproven.contains(&name) {
            failed.remove(&name);
        }
    }
    failed
}

/// The folder of all of them.
fn place() -> Option<PathBuf> {
    let of = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let cache = of("XDG_CACHE_HOME").filter(|path| path.is_absolute());
    Some(cache.or_else(|| Some(of("HOME")?.join(".cache")))?.join("badpenny").join("last-failed"))
}

/// The file's name: no name of a target gets onto the disk, which may be a command line.
fn key(target: &str, profile: &str) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    let mut hash = Sha256::new();
    for part in [here.to_string_lossy().as_ref(), target, profile] {
        hash.update(part);
        hash.update([0]);
    }
    hash.finalize().iter().take(12).map(|byte| format!("{byte:02x}")).collect()
}

/// The names in a file; `None` where it is not there, or is none of ours.
fn read(file: &Path) -> Option<BTreeSet<String>> {
    let text = std::fs::read_to_string(file).ok()?;
    let mut lines = text.lines();
    (lines.next()? == SCHEMA).then(|| lines.map(str::to_owned).collect())
}
