//! How packages are named and installed in each language.

use std::path::Path;
use std::process::Command;

use crate::machine;
use crate::tool::{self, ToolError};

/// What a target is written in, but for Rust.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Toolchain {
    /// `package-lock.json` into `node_modules`, by npm.
    Node,
    /// `requirements.txt` into `.venv`, by pip.
    Python,
    /// `go.sum`: a program, `.build/server`, by Go.
    Go,
    /// `pom.xml`: classes and libraries in `target/classes` and `target/lib`, by Maven.
    Java,
}

impl Toolchain {
    const ALL: [Self; 4] = [Self::Node, Self::Python, Self::Go, Self::Java];

    /// The one whose list of packages is in `dir`.
    #[must_use]
    pub fn of(dir: &Path) -> Option<Self> {
        Self::ALL.into_iter().find(|toolchain| dir.join(toolchain.manifest()).is_file())
    }

    /// Whether this machine has it.
    ///
    /// # Panics
    ///
    /// As [`machine::has`].
    #[must_use]
    pub fn is_there(self) -> bool {
        match self {
            Self::Node => machine::has_node(),
            Self::Python => {
                machine::runs("python", "python3", &["-c", "import sys; sys.exit(sys.version_info < (3, 11))"])
            }
            Self::Go => machine::runs("go", "go", &["version"]),
            Self::Java => machine::has_java() && machine::runs("maven", "mvn", &["--version"]),
        }
    }

    /// The list of packages with their versions.
    #[must_use]
    pub fn manifest(self) -> &'static str {
        match self {
            Self::Node => "package-lock.json",
            Self::Python => "requirements.txt",
            Self::Go => "go.sum",
            Self::Java => "pom.xml",
        }
    }

    /// What is there once all of it is installed.
    pub(super) fn record(self) -> &'static str {
        match self {
            Self::Node => "node_modules/.package-lock.json",
            Self::Python => ".venv/installed",
            Self::Go => ".build/installed",
            Self::Java => "target/installed",
        }
    }

    /// Whether it compiles sources, and knows by itself what is to be done again.
    pub(super) fn compiles(self) -> bool {
        matches!(self, Self::Go | Self::Java)
    }

    /// npm writes its own record, in which it says what it installed.
    pub(super) fn records_itself(self) -> bool {
        self == Self::Node
    }

    pub(super) fn install(self, dir: &Path) -> Result<(), ToolError> {
        for line in self.commands(dir) {
            let mut command = Command::new(line[0]);
            tool::run(command.args(&line[1..]).current_dir(dir))?;
        }
        Ok(())
    }

    fn commands(self, dir: &Path) -> Vec<Vec<&'static str>> {
        // Of a program that others wrote, `go.mod` has no more than its name.
        let package = if dir.join("main.go").is_file() { "." } else { "tool" };
        match self {
            Self::Node => vec![vec!["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]],
            Self::Python => vec![
                vec!["python3", "-m", "venv", "--clear", ".venv"],
                vec![".venv/bin/pip", "install", "--quiet", "--disable-pip-version-check", "-r", "requirements.txt"],
            ],
            Self::Go => vec![vec!["go", "build", "-trimpath", "-o", ".build/server", package]],
            Self::Java => {
                vec![vec!["mvn", "-q", "-B", "package", "dependency:copy-dependencies", "-DoutputDirectory=target/lib"]]
            }
        }
    }
}
