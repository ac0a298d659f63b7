//! The reports of a run. Where they go is settled before it begins, so that no
//! verdict is lost to a wrong path.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::output;
use crate::engine::RunReport;
use crate::error::Failure;
use crate::report::{Format, ReportTarget, Style};
use crate::verdict::Strictness;

/// Reports with the places that they will be written to.
#[derive(Debug)]
pub(super) struct Reports(Vec<(Format, Place)>);

#[derive(Debug)]
enum Place {
    Stdout,
    File(ReportFile),
}

impl Reports {
    /// Opens every file. A file alone leaves the terminal as it is.
    ///
    /// # Errors
    ///
    /// [`Failure`] when a file can't be written, or two reports go to one place.
    pub(super) fn open(targets: &[ReportTarget]) -> Result<Self, Failure> {
        if let Some(twice) = targets.iter().enumerate().find(|(index, target)| is_taken(target, &targets[..*index])) {
            return Err(collision(twice.1));
        }
        let mut reports = Vec::new();
        if targets.iter().all(|target| target.file.is_some()) {
            reports.push((Format::Terminal, Place::Stdout));
        }
        for target in targets {
            let place = match &target.file {
                Some(path) => Place::File(ReportFile::open(path)?),
                None => Place::Stdout,
            };
            reports.push((target.format, place));
        }
        Ok(Self(reports))
    }

    /// Whether a person reads standard output.
    pub(super) fn include_terminal(&self) -> bool {
        self.0.iter().any(|(format, place)| *format == Format::Terminal && matches!(place, Place::Stdout))
    }

    /// Writes all of them, whatever happens to one.
    ///
    /// # Errors
    ///
    /// The first [`Failure`].
    pub(super) fn write(self, report: &RunReport, strictness: Strictness, all: bool) -> Result<(), Failure> {
        let written = self.0.into_iter().map(|(format, place)| {
            let colour = matches!(place, Place::Stdout) && output::colour();
            let text = format.render(report, strictness, Style { colour, all }).map_err(Failure::fault)?;
            match place {
                Place::Stdout => output::print(&text),
                Place::File(file) => file.write(&text),
            }
        });
        let outcomes: Vec<Result<(), Failure>> = written.collect();
        outcomes.into_iter().collect()
    }
}

fn is_taken(target: &ReportTarget, before: &[ReportTarget]) -> bool {
    before.iter().any(|other| other.file == target.file)
}

fn collision(target: &ReportTarget) -> Failure {
    match &target.file {
        None => Failure::usage(
            "only one report can go to standard output: give the others a file, as in --report junit=junit.xml",
        ),
        Some(path) => Failure::usage(format!("two reports go to {}: give each a file of its own", path.display())),
    }
}

/// A file that is open, and as it was until it is written.
#[derive(Debug)]
struct ReportFile {
    path: PathBuf,
    file: File,
    /// An empty file of this run's: to be removed where no report comes.
    unused: bool,
}

impl ReportFile {
    fn open(path: &Path) -> Result<Self, Failure> {
        let unused = !path.exists();
        let file = OpenOptions::new().write(true).create(true).truncate(false).open(path);
        let file = file.map_err(|error| unwritable(path, &error))?;
        Ok(Self { path: path.to_owned(), file, unused })
    }

    fn write(mut self, text: &str) -> Result<(), Failure> {
        self.unused = false;
        self.replace(text).map_err(|error| unwritable(&self.path, &error))
    }

    fn replace(&mut self, text: &str) -> std::io::Result<()> {
        // A pipe or a device has no length.
        if self.file.metadata()?.is_file() {
            self.file.set_len(0)?;
        }
        self.file.write_all(text.as_bytes())?;
        self.file.flush()
    }
}

impl Drop for ReportFile {
    fn drop(&mut self) {
        if self.unused {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::usage(format!("{} cannot be written: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(texts: &[String]) -> Result<Reports, Failure> {
        let targets: Vec<ReportTarget> = texts.iter().map(|text| text.parse().unwrap()).collect();
        Reports::open(&targets)
    }

    #[test]
    fn a_file_is_as_it_was_until_a_report_comes() {
        let folder = tempfile::tempdir().unwrap();
        let (old, new) = (folder.path().join("old.json"), folder.path().join("new.json"));
        std::fs::write(&old, "old").unwrap();
        drop(open(&[format!("json={}", old.display()), format!("json={}", new.display())]).unwrap());
        assert_eq!(std::fs::read_to_string(&old).unwrap(), "old");
        assert!(!new.exists());
        ReportFile::open(&old).unwrap().write("n").unwrap();
        assert_eq!(std::fs::read_to_string(&old).unwrap(), "n");
    }

    #[test]
    fn a_file_alone_leaves_the_terminal_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let reports = open(&[format!("json={}", folder.path().join("x").display())]).unwrap();
        assert!(reports.include_terminal());
        assert!(!open(&["json".to_owned()]).unwrap().include_terminal());
    }
}
