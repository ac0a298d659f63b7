//! Why a command of `badpenny` ends without verdicts, with its exit code.

use crate::exit;

/// An error with the exit code that it ends the program with.
#[derive(Debug)]
pub struct Failure {
    /// The exit code; see [`crate::exit`].
    pub code: u8,
    /// What happened and what to do next.
    pub message: String,
}

impl Failure {
    /// Wrong usage or configuration.
    #[must_use]
    pub fn usage(error: impl std::fmt::Display) -> Self {
        Self { code: exit::USAGE, message: error.to_string() }
    }

    /// The target can't be started, reached, or made to accept the control.
    #[must_use]
    pub fn target(error: impl std::fmt::Display) -> Self {
        Self { code: exit::TARGET, message: error.to_string() }
    }

    /// The selection is empty.
    #[must_use]
    pub fn nothing_selected(error: impl std::fmt::Display) -> Self {
        Self { code: exit::NOTHING_SELECTED, message: error.to_string() }
    }

    /// The user asked for an end.
    #[must_use]
    pub fn interrupted() -> Self {
        Self { code: exit::INTERRUPTED, message: "interrupted".to_owned() }
    }

    /// A fault of the harness.
    #[must_use]
    pub fn fault(error: impl std::fmt::Display) -> Self {
        Self { code: exit::HARNESS_FAULT, message: error.to_string() }
    }
}
