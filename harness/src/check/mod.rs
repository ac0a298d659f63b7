//! Checks over the exchanges of a whole run, one a file.

mod alive_after;
mod challenge_on_401;

pub use alive_after::{Probe, alive_after};
pub use challenge_on_401::{challenge_class, challenge_on_401};

/// One answer of the run, as far as checks look at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The case that it answered.
    pub case: String,
    /// Its status.
    pub status: u16,
    /// What its challenge is.
    pub challenge: crate::verdict::ChallengeClass,
}

/// What a check comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CheckOutcome {
    /// There was no exchange to judge.
    NothingToJudge,
    /// All of that many exchanges are as they should be.
    Sound {
        /// How many were judged.
        judged: usize,
    },
    /// Some are not.
    Failed {
        /// How many were judged.
        judged: usize,
        /// The cases that are not, with what is wrong.
        examples: Vec<(String, String)>,
    },
}
