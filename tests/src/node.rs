//! The Node target, `targets/node-okta-express`, made ready to be spawned.
//!
//! ```no_run
//! use conformance_tests::node::{self, Script, Variant};
//! use std::process::Command;
//!
//! let app = node::installed(Variant::Current)?;
//! let server = Command::new("node")
//!     .arg(Script::Secured.file())
//!     .current_dir(app.dir())
//!     .envs(app.env())
//!     .env("ISSUER", "https://127.0.0.1:9443/oauth2/default")
//!     .spawn();
//! # Ok::<(), node::NodeError>(())
//! ```

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use thiserror::Error;

use crate::tool::{self, ToolError};

/// The app with its packages, ready to run.
#[derive(Debug, Clone)]
pub struct NodeApp {
    dir: PathBuf,
    node_modules: PathBuf,
}

impl NodeApp {
    /// Folder of the sources, which is the working directory of the app.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Folder of the variant's packages.
    #[must_use]
    pub fn node_modules(&self) -> &Path {
        &self.node_modules
    }

    /// The command that runs `script` in [`NodeApp::dir`], as one line: `node index.js`.
    #[must_use]
    pub fn command_line(&self, script: Script) -> String {
        format!("node {}", script.file())
    }

    /// What the environment needs besides a target's settings: where the packages are.
    #[must_use]
    pub fn env(&self) -> [(&'static str, &Path); 1] {
        [("NODE_PATH", &self.node_modules)]
    }
}

/// Which releases of its packages the app runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Variant {
    /// Those of the article, spring 2021: express 4.17.1, @okta/jwt-verifier 2.1.0.
    Year2021,
    /// Today's: express 5, @okta/jwt-verifier 4.
    Current,
}

impl Variant {
    fn folder(self) -> &'static str {
        match self {
            Self::Year2021 => "deps-2021",
            Self::Current => "deps-current",
        }
    }
}

/// Which of the article's two apps to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Script {
    /// The app behind its middleware.
    Secured,
    /// The app as it was before: open to everybody.
    Unsecured,
}

impl Script {
    /// Name of the file in [`NodeApp::dir`].
    #[must_use]
    pub fn file(self) -> &'static str {
        match self {
            Self::Secured => "index.js",
            Self::Unsecured => "unsecured.js",
        }
    }
}

/// The app on the packages of `variant`, which are installed first unless they are there.
///
/// Tests that run at the same time wait for the one that installs.
///
/// # Errors
///
/// [`NodeError::Install`] if `npm ci` fails, [`NodeError::LockFile`] if the lock file can't be
/// read.
pub fn installed(variant: Variant) -> Result<NodeApp, NodeError> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("targets/node-okta-express");
    let packages = dir.join(variant.folder());
    install(&packages)?;
    Ok(NodeApp { node_modules: packages.join("node_modules"), dir })
}

/// Folder of another Node target, `targets/{name}`, whose packages are in it; they are
/// installed first unless they are there.
///
/// # Errors
///
/// As [`installed`].
pub fn packages(name: &str) -> Result<PathBuf, NodeError> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("targets").join(name);
    install(&dir)?;
    Ok(dir)
}

/// Path of the `node` that runs here, behind any shim of a version manager.
///
/// # Errors
///
/// [`ToolError::Start`] if there is no `node` on the `PATH`.
pub fn executable() -> Result<PathBuf, ToolError> {
    tool::run(Command::new("node").args(["--print", "process.execPath"])).map(PathBuf::from)
}

/// Why the app is not ready.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum NodeError {
    /// When the lock file of the packages is missing or can't be held.
    #[error("cannot hold {}: restore it from git", path.display())]
    LockFile {
        /// The lock file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// When `npm ci` can't be started or fails.
    #[error("cannot install the packages of the Node target")]
    Install(#[from] ToolError),
}

fn install(packages: &Path) -> Result<(), NodeError> {
    let path = packages.join("package-lock.json");
    let held = hold(&path).map_err(|source| NodeError::LockFile { path: path.clone(), source })?;
    if !is_installed(packages) {
        tool::run(
            Command::new("npm").args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(packages),
        )?;
    }
    drop(held);
    Ok(())
}

/// Opens a file and waits until nobody else holds it. To close it is to let go.
fn hold(path: &Path) -> io::Result<File> {
    let file = File::open(path)?;
    // SAFETY: `flock` takes two integers, and the descriptor stays open as long as `file`.
    if unsafe { libc::flock(file.as_raw_fd(), libc::LOCK_EX) } == -1 {
        return Err(io::Error::last_os_error());
    }
    Ok(file)
}

/// npm writes its own record of what it installed last, so an install cut short doesn't count.
fn is_installed(packages: &Path) -> bool {
    let wanted = modified(&packages.join("package-lock.json"));
    let record = modified(&packages.join("node_modules/.package-lock.json"));
    record.is_some() && record >= wanted
}

fn modified(path: &Path) -> Option<SystemTime> {
    path.metadata().and_then(|file| file.modified()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn packages_count_as_installed_once_npm_has_recorded_them() {
        let packages = tempfile::tempdir().expect("a folder");
        fs::write(packages.path().join("package-lock.json"), "{}").expect("lock file");
        assert!(!is_installed(packages.path()));

        fs::create_dir(packages.path().join("node_modules")).expect("node_modules");
        assert!(!is_installed(packages.path()));

        fs::write(packages.path().join("node_modules/.package-lock.json"), "{}").expect("record");
        assert!(is_installed(packages.path()));
    }

    #[test]
    fn a_newer_lock_file_asks_for_another_install() {
        let packages = tempfile::tempdir().expect("a folder");
        fs::create_dir(packages.path().join("node_modules")).expect("node_modules");
        fs::write(packages.path().join("node_modules/.package-lock.json"), "{}").expect("record");
        let wanted = File::create(packages.path().join("package-lock.json")).expect("lock file");
        let record = modified(&packages.path().join("node_modules/.package-lock.json"));
        let later = record.expect("a time") + std::time::Duration::from_secs(1);
        wanted.set_modified(later).expect("a later time");

        assert!(!is_installed(packages.path()));
    }

    #[test]
    fn both_variants_run_from_the_same_sources() {
        let old = installed(Variant::Year2021).expect("the packages of 2021");
        let new = installed(Variant::Current).expect("today's packages");

        assert_eq!(old.dir(), new.dir());
        assert_ne!(old.node_modules(), new.node_modules());
        assert!(new.dir().join(Script::Secured.file()).is_file());
        assert!(new.dir().join(Script::Unsecured.file()).is_file());
    }
}
