//! The snapshot that a run is held against, or that it leaves behind.

use std::path::PathBuf;

use super::args::RunArgs;
use crate::engine::RunReport;
use crate::error::Failure;
use crate::exit;
use crate::snapshot::Snapshot;

/// A snapshot file with what stood in it before the run.
#[derive(Debug)]
pub(super) struct Recording {
    path: PathBuf,
    recorded: Snapshot,
    update: bool,
    strict: bool,
}

impl Recording {
    /// Reads the file of `--snapshot`, where one is named; it may be missing
    /// where it is about to be written.
    ///
    /// # Errors
    ///
    /// [`Failure`] when it can't be read or is no snapshot.
    pub(super) fn read(args: &RunArgs) -> Result<Option<Self>, Failure> {
        let update = args.update_snapshot;
        let Some(path) = args.snapshot.clone() else {
            let lost =
                update.then(|| Failure::usage("--update-snapshot needs --snapshot FILE: which one is to be written?"));
            return lost.map_or(Ok(None), Err);
        };
        let recorded = if update && !path.exists() {
            Snapshot::default()
        } else {
            Snapshot::read(&path).map_err(Failure::usage)?
        };
        Ok(Some(Self { path, recorded, update, strict: args.strict }))
    }

    /// Writes the snapshot, or compares with it: a difference that fails becomes
    /// the exit code of the report. Gives back what a person is told of it.
    ///
    /// # Errors
    ///
    /// [`Failure`] when it can't be written.
    pub(super) fn settle(&self, report: &mut RunReport, partial: bool) -> Result<String, Failure> {
        let drift = self.recorded.drift(report, partial);
        let shown = self.path.display();
        if self.update {
            self.recorded.updated(report, partial).write(&self.path).map_err(Failure::usage)?;
            return Ok(format!("snapshot {shown} written\n{drift}"));
        }
        if drift.fails(self.strict) && report.finished.exit == exit::SUCCESS {
            report.finished.exit = exit::FINDINGS;
        }
        if drift.is_empty() {
            return Ok(String::new());
        }
        Ok(format!("snapshot {shown} differs:\n{drift}accept with --update-snapshot\n"))
    }
}
