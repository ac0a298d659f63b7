//! What a target is built from, made ready once: the packages that its folder
//! names, fetched from their registry by the ordinary tool of its language.

mod held;
mod toolchain;

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::tool::ToolError;
pub use toolchain::Toolchain;

/// Makes the target in `dir` ready to start, and tells whether it is: not where this
/// machine lacks what it is written in, which is said by name.
///
/// Tests that run at the same time wait for the one that installs.
///
/// # Errors
///
/// [`PackagesError`] when the folder names no packages, or they can't be installed.
///
/// # Panics
///
/// As [`crate::machine::has`].
pub fn ready(dir: &Path) -> Result<bool, PackagesError> {
    let toolchain = Toolchain::of(dir).ok_or_else(|| PackagesError::NoManifest { dir: dir.to_owned() })?;
    if !toolchain.is_there() {
        return Ok(false);
    }
    install(toolchain, dir).map(|()| true)
}

/// Installs what `dir` names, unless that was done since its manifest was written.
///
/// # Errors
///
/// As [`ready`].
pub fn install(toolchain: Toolchain, dir: &Path) -> Result<(), PackagesError> {
    let path = dir.join(toolchain.manifest());
    let held = held::hold(dir).map_err(|source| PackagesError::Folder { path: dir.to_owned(), source })?;
    let record = dir.join(toolchain.record());
    if toolchain.compiles() || !held::is_newer(&record, &path) {
        toolchain.install(dir)?;
        if !toolchain.records_itself() {
            std::fs::write(&record, "").map_err(|source| PackagesError::Record { path: record, source })?;
        }
    }
    drop(held);
    Ok(())
}

/// Why a target is not ready.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum PackagesError {
    /// When a folder has no list of packages.
    #[error("{} names no packages: it has none of package-lock.json, requirements.txt, go.sum, pom.xml", dir.display())]
    NoManifest {
        /// The folder.
        dir: PathBuf,
    },
    /// When the folder is missing or can't be held.
    #[error("cannot hold {}: restore it from git", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// When it can't be written down that they are installed.
    #[error("cannot write {}", path.display())]
    Record {
        /// Where it would stand.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// When the tool can't be started or fails.
    #[error("cannot install the packages of a target")]
    Install(#[from] ToolError),
}
