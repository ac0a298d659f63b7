//! The binaries of this workspace, as `cargo test --workspace` built them.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

/// The binary of that name, in the folder that this test was built into.
///
/// `cargo test --workspace` builds all of them; where one is missing (a test of
/// this package alone), it is built now.
///
/// # Panics
///
/// When it can't be built.
#[must_use]
pub fn path(name: &str) -> PathBuf {
    let path = folder().join(name);
    if !path.exists() {
        build_all();
    }
    assert!(path.exists(), "{} is missing: run `cargo build --workspace --bins`", path.display());
    path
}

/// A command that runs the binary in a folder of its own, away from any settings of this machine.
#[must_use]
pub fn command(name: &str, folder: &Path) -> Command {
    let mut command = Command::new(path(name));
    command.current_dir(folder).env("NO_COLOR", "1").env("CI", "1").env("XDG_CACHE_HOME", cache());
    for (variable, _) in std::env::vars().filter(|(variable, _)| variable.starts_with("BADPENNY_")) {
        command.env_remove(variable);
    }
    command
}

/// Standard output, standard error and the exit code, as one text for a snapshot.
#[must_use]
pub fn transcript(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let code = output.status.code().map_or("none".to_owned(), |code| code.to_string());
    let mut transcript = format!("exit {code}\n--- stdout\n{}", text(&output.stdout));
    if !output.stderr.is_empty() {
        transcript.push_str(&format!("--- stderr\n{}", text(&output.stderr)));
    }
    crate::redact::text(&transcript)
}

/// Where what failed last is remembered, in place of the user's own cache: by the
/// folder that a command runs in.
fn cache() -> PathBuf {
    folder().join("cache-of-tests")
}

/// `target/debug` of the running test.
fn folder() -> PathBuf {
    let test = std::env::current_exe().unwrap_or_default();
    let deps = test.parent().unwrap_or(Path::new("."));
    let profile = if deps.ends_with("deps") { deps.parent().unwrap_or(deps) } else { deps };
    profile.to_owned()
}

fn build_all() {
    static BUILT: OnceLock<()> = OnceLock::new();
    BUILT.get_or_init(|| {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let built = Command::new(cargo).args(["build", "--workspace", "--bins", "--quiet"]).status();
        assert!(built.is_ok_and(|status| status.success()), "the binaries could not be built");
    });
}
