//! The hook between cases, for a target that keeps state.

use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;

use crate::engine::settings::RunSettings;

/// How long the command may take.
const LIMIT: Duration = Duration::from_secs(60);
/// How much of what it said is shown.
const SHOWN: usize = 300;

/// Why the target could not be brought back to where it was.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ResetError {
    /// The command can't be started, or did not end in a minute.
    #[error("the reset command `{command}` could not be carried out: {reason}")]
    NotDone {
        /// The command line.
        command: String,
        /// What the system said.
        reason: String,
    },
    /// It says that it failed.
    #[error("the reset command `{command}` ended with {status}: {said}; correct it, or leave --reset out")]
    Failed {
        /// The command line.
        command: String,
        /// How it ended.
        status: std::process::ExitStatus,
        /// The end of what it wrote on standard error.
        said: String,
    },
}

/// Runs the command of `--reset`, where there is one, as `sh` reads it.
///
/// # Errors
///
/// [`ResetError`] when it fails: a target that was not brought back would be
/// judged wrongly.
pub(super) async fn reset(settings: &RunSettings) -> Result<(), ResetError> {
    let Some(command) = &settings.reset else { return Ok(()) };
    let not_done = |reason: String| ResetError::NotDone { command: command.clone(), reason };
    let mut shell = Command::new("/bin/sh");
    shell.args(["-c", command]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).kill_on_drop(true);
    for name in settings.withheld.variables() {
        shell.env_remove(name);
    }
    let output = tokio::time::timeout(LIMIT, shell.output()).await;
    let output = output.map_err(|_| not_done(format!("it did not end within {} s", LIMIT.as_secs())))?;
    let output = output.map_err(|error| not_done(error.to_string()))?;
    if output.status.success() {
        return Ok(());
    }
    let said = settings.withheld.redactor().text(String::from_utf8_lossy(&output.stderr).trim());
    let said = crate::printable::printable(&said).chars().take(SHOWN).collect();
    Err(ResetError::Failed { command: command.clone(), status: output.status, said })
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn run(command: &str) -> Result<(), String> {
        let settings = RunSettings { reset: Some(command.to_owned()), ..RunSettings::default() };
        reset(&settings).await.map_err(|error| error.to_string())
    }

    #[tokio::test]
    async fn a_reset_that_fails_is_told_with_what_it_said() {
        assert_eq!(run("true").await, Ok(()));
        assert_eq!(
            run("echo no such table >&2; exit 3").await.unwrap_err(),
            "the reset command `echo no such table >&2; exit 3` ended with exit status: 3: no such table; \
             correct it, or leave --reset out"
        );
    }
}
