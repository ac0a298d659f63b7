//! Where a run begins: what a log and the issuer's journal held before is none
//! of its target's doing.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::PathBuf;

use crate::engine::minter::Minter;
use crate::engine::witness::WitnessError;
use crate::scenario::{Capability, Declared};

/// What was there when the run began.
#[derive(Debug, Default)]
pub(in crate::engine) struct Before {
    /// The number of the last request in the issuer's journal.
    pub(in crate::engine) fetch: u64,
    /// The declared log.
    pub(in crate::engine) log: Option<DeclaredLog>,
}

impl Before {
    /// Looks before anything is sent.
    pub(in crate::engine) async fn look(minter: &Minter, declared: &Declared) -> Result<Self, WitnessError> {
        let log = declared.value(Capability::Log).map(DeclaredLog::at_end_of);
        Ok(Self { fetch: minter.last_entry().await?, log })
    }
}

/// The log file that the target's owner has declared, from a place on.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::engine) struct DeclaredLog {
    path: PathBuf,
    from: u64,
}

impl DeclaredLog {
    /// From its end on; from its beginning where it is not there yet.
    fn at_end_of(path: &str) -> Self {
        let from = std::fs::metadata(path).map_or(0, |file| file.len());
        Self { path: path.into(), from }
    }

    /// What was written since; all of it where it was begun anew.
    ///
    /// # Errors
    ///
    /// Why it can't be read, and what to do.
    pub(in crate::engine) fn new_lines(&self) -> Result<Vec<String>, String> {
        let new = self.new_bytes().map_err(|error| {
            format!("the declared log {} cannot be read: {error}; correct --declare log=...", self.path.display())
        })?;
        Ok(String::from_utf8_lossy(&new).lines().map(str::to_owned).collect())
    }

    fn new_bytes(&self) -> io::Result<Vec<u8>> {
        let mut file = File::open(&self.path)?;
        if file.metadata()?.len() >= self.from {
            file.seek(SeekFrom::Start(self.from))?;
        }
        let mut new = Vec::new();
        file.read_to_end(&mut new)?;
        Ok(new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_written_since_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("server.log");
        std::fs::write(&path, "old\n").unwrap();
        let log = DeclaredLog::at_end_of(path.to_str().unwrap());
        std::fs::write(&path, "old\nnew\n").unwrap();
        assert_eq!(log.new_lines().unwrap(), ["new"]);
        // Rotated meanwhile.
        std::fs::write(&path, "b\n").unwrap();
        assert_eq!(log.new_lines().unwrap(), ["b"]);
    }

    #[test]
    fn a_log_that_is_not_there_is_told_with_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let log = DeclaredLog::at_end_of(folder.path().join("none.log").to_str().unwrap());
        let error = log.new_lines().unwrap_err();
        assert!(error.contains("none.log") && error.contains("--declare log="), "{error}");
    }
}
