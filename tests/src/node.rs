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
//! # Ok::<(), conformance_tests::packages::PackagesError>(())
//! ```

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::packages::{self, PackagesError, Toolchain};
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
/// # Errors
///
/// As [`packages::install`].
pub fn installed(variant: Variant) -> Result<NodeApp, PackagesError> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("targets/node-okta-express");
    let folder = dir.join(variant.folder());
    packages::install(Toolchain::Node, &folder)?;
    Ok(NodeApp { node_modules: folder.join("node_modules"), dir })
}

/// Folder of another Node target, `targets/{name}`, whose packages are in it; they are
/// installed first unless they are there.
///
/// # Errors
///
/// As [`installed`].
pub fn packages(name: &str) -> Result<PathBuf, PackagesError> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("targets").join(name);
    packages::install(Toolchain::Node, &dir)?;
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

#[cfg(test)]
mod tests {
    use super::*;

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
