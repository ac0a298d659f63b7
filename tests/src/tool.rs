//! Other programs that the tests call to their end: `docker`, `tar`, `npm`.

use std::io;
use std::process::{Command, ExitStatus, Stdio};

use thiserror::Error;

/// Runs `command`, without standard input, and returns what it printed on standard output.
///
/// # Errors
///
/// [`ToolError::Start`] if the program can't be started, [`ToolError::Failed`] if it ends with
/// another status than 0.
pub fn run(command: &mut Command) -> Result<String, ToolError> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|source| ToolError::Start { program: command.get_program().to_string_lossy().into_owned(), source })?;
    if !output.status.success() {
        return Err(ToolError::Failed {
            command: format!("{command:?}"),
            status: output.status,
            stderr: String::from_utf8_lossy(&output.stderr).trim().to_owned(),
        });
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Why another program gave no result.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ToolError {
    /// When the program is not there or may not be run.
    #[error("cannot start {program}: install it, or put it on the PATH")]
    Start {
        /// The program's name or path.
        program: String,
        /// What the system said.
        source: io::Error,
    },
    /// When the program ran and said that it failed.
    #[error("{command} ended with {status}: {stderr}")]
    Failed {
        /// The whole command, quoted.
        command: String,
        /// How it ended.
        status: ExitStatus,
        /// What it printed on standard error.
        stderr: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_returns_what_it_printed() {
        let printed = run(Command::new("echo").arg("good penny")).expect("echo");

        assert_eq!(printed, "good penny");
    }

    #[test]
    fn a_failure_tells_the_command_the_status_and_the_complaint() {
        let error = run(Command::new("sh").args(["-c", "echo no >&2; exit 3"])).expect_err("exit 3");

        let message = error.to_string();
        assert!(message.ends_with("ended with exit status: 3: no"), "{message}");
    }

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let error = run(&mut Command::new("no-such-program")).expect_err("no such program");

        assert!(matches!(error, ToolError::Start { program, .. } if program == "no-such-program"));
    }
}
