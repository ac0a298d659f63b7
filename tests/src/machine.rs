//! What a machine may lack. It is said by name; where `BADPENNY_REQUIRE` names
//! it (as in CI), its lack is a failure.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::Command;

use crate::tool;

/// Whether a test that needs `tool` can run: `present` tells if it is there.
///
/// # Panics
///
/// When it is not there and `BADPENNY_REQUIRE` names it.
#[must_use]
pub fn has(tool: &str, present: bool) -> bool {
    if present {
        return true;
    }
    let required = std::env::var("BADPENNY_REQUIRE").unwrap_or_default();
    assert!(
        !required.split(',').any(|name| name.trim() == tool),
        "this machine has no {tool}, which BADPENNY_REQUIRE asks for"
    );
    // Straight to the stream: a test's captured output would hide it.
    let _ = writeln!(std::io::stderr(), "skipped: this machine has no {tool}");
    false
}

/// Whether Node is there.
#[must_use]
pub fn has_node() -> bool {
    has("node", crate::node::executable().is_ok())
}

/// Whether there is a Java that runs a source file as it is: 11 or newer.
#[must_use]
pub fn has_java() -> bool {
    runs("java", "java", &["--version"])
}

/// A Chromium, or a Chrome, that Node can drive.
///
/// # Panics
///
/// As [`has`].
#[must_use]
pub fn chromium() -> Option<PathBuf> {
    let search = "command -v chromium || command -v google-chrome";
    let found = tool::run(Command::new("sh").args(["-c", search])).ok();
    has("chromium", found.is_some()).then_some(found?.into())
}

/// Whether a program can be run so, and ends well; `name` is what a person calls it.
///
/// # Panics
///
/// As [`has`].
#[must_use]
pub fn runs(name: &str, program: &str, arguments: &[&str]) -> bool {
    let found = Command::new(program).args(arguments).output();
    has(name, found.is_ok_and(|output| output.status.success()))
}

/// Whether a Docker engine answers.
#[must_use]
pub fn has_docker() -> bool {
    has("docker", crate::images::engine_answers())
}
