//! The snapshot that a run is held against, or that it leaves behind.

use std::collections::BTreeMap;

use super::args::RunArgs;
use crate::engine::RunReport;
use crate::error::Failure;
use crate::exit;
use crate::snapshot::{Held, Snapshot, SnapshotFile};
use crate::verdict::VerdictKind;

/// The snapshot file of a run, and how strictly it is held against it.
#[derive(Debug)]
pub(super) struct Recording {
    file: SnapshotFile,
    strict: bool,
    /// What stands in it is known, and a difference fails nothing.
    only_new: bool,
}

impl Recording {
    /// Reads the file of `--snapshot`, where one is named; one that is missing is
    /// about to be written.
    ///
    /// # Errors
    ///
    /// [`Failure`] when it can't be read or is no snapshot.
    pub(super) fn read(args: &RunArgs) -> Result<Option<Self>, Failure> {
        let Some(path) = &args.snapshot else {
            return match (args.update_snapshot, args.only_new) {
                (true, _) => {
                    Err(Failure::usage("--update-snapshot needs --snapshot FILE: which one is to be written?"))
                }
                (_, true) => Err(Failure::usage("--only-new needs --snapshot FILE: what is known stands there")),
                _ => Ok(None),
            };
        };
        let file = SnapshotFile::read(path, args.update_snapshot).map_err(Failure::usage)?;
        if args.only_new && file.recorded().is_none() {
            let path = path.display();
            return Err(Failure::usage(format!(
                "--only-new needs what was found before, and {path} is not there: run once without it, which writes {path}"
            )));
        }
        Ok(Some(Self { file, strict: args.strict, only_new: args.only_new }))
    }

    /// What was found before and is not to fail the run.
    pub(super) fn known(&self) -> BTreeMap<String, VerdictKind> {
        let recorded = self.file.recorded().filter(|_| self.only_new);
        recorded.map(Snapshot::found).unwrap_or_default()
    }

    /// Writes the snapshot, or compares with it: a difference that fails becomes
    /// the exit code of the report. Gives back what a person is told of it.
    ///
    /// # Errors
    ///
    /// [`Failure`] when it can't be written.
    pub(super) fn settle(&self, report: &mut RunReport, partial: bool) -> Result<String, Failure> {
        let shown = self.file.path().display();
        Ok(match self.file.hold(report, partial).map_err(Failure::usage)? {
            Held::Made => format!("snapshot {shown} written: it was not there before\n"),
            Held::Updated(drift) => format!("snapshot {shown} written\n{drift}"),
            Held::Compared(drift) => {
                if drift.fails(self.strict) && !self.only_new && report.finished.exit == exit::SUCCESS {
                    report.finished.exit = exit::FINDINGS;
                }
                match drift.is_empty() {
                    true => String::new(),
                    false => format!("snapshot {shown} differs:\n{drift}accept with --update-snapshot\n"),
                }
            }
        })
    }
}
