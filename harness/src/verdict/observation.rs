use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// What was seen of one case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Observation {
    /// A complete answer came.
    Answered(Answered),
    /// None came.
    Lost(Lost),
    /// The target died of it: alone on a fresh target it does so again.
    Died(Death),
    /// A boundary or a time was measured, and nothing was judged.
    Measured {
        /// The figure, for a person.
        figure: String,
    },
    /// There was nothing to carry it out on.
    Skipped {
        /// Why.
        why: String,
    },
    /// The target did not fetch what the case is about within the time that it has.
    Unfetched {
        /// What it did not fetch, and within which time.
        why: String,
    },
    /// It was not, or could not be, carried out.
    NotRun {
        /// Why.
        why: String,
    },
}

/// A complete answer, as far as it is judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// Its status.
    pub status: u16,
    /// Whether the resource was served, as learned from the control.
    pub accepted: bool,
    /// What its challenge is.
    pub challenge: ChallengeClass,
    /// How long it took.
    pub elapsed: Duration,
    /// Whether the request is larger than 8 KB where the control's is not: other
    /// refusals are right too (RFC 6585, section 5).
    pub large: bool,
    /// Whether it refuses in the body of a success, as the API's protocol does, so
    /// that its status says nothing of that.
    pub in_body: bool,
    /// Whether the API takes its token elsewhere than in `Authorization`: 401 is no more
    /// right than 403 then, since HTTP has no challenge for it (RFC 9110, section 15.5.4).
    pub elsewhere: bool,
}

/// An exchange without a complete answer from a target that lives on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lost {
    /// What went wrong, for a person.
    pub what: String,
    /// Whether the deadline passed.
    pub hung: bool,
    /// Whether the target can have seen the request.
    pub may_have_arrived: bool,
    /// Whether it was never sent, since the call that must come before it brought
    /// no session.
    pub unopened: bool,
    /// The status, where the answer broke off after its head.
    pub status: Option<u16>,
    /// Whether that answer had begun to serve the resource.
    pub served: bool,
    /// Whether the connection was closed or reset before the answer was complete.
    pub closed: bool,
    /// How long it took.
    pub elapsed: Duration,
    /// Whether the request is larger than 8 KB where the control's is not.
    pub large: bool,
    /// Whether the issuer was made to fail at that time.
    pub issuer_broken: bool,
}

/// How the target's process ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Death {
    /// Its exit status, such as `exit code 1`.
    pub exit: String,
    /// Its last lines of output, redacted.
    pub log: Vec<String>,
}

impl Death {
    /// The same with the last so many lines of its output only: those since the
    /// request that it died of.
    #[must_use]
    pub fn with_last_lines(mut self, count: usize) -> Self {
        self.log.drain(..self.log.len().saturating_sub(count));
        self
    }

    /// What tells most of it: an error's name and text, else the last line that is
    /// no trace and no banner, else that it ended without a word.
    #[must_use]
    pub fn last_words(&self) -> String {
        let lines: Vec<&str> = self.log.iter().map(|line| line.trim()).filter(|line| !line.is_empty()).collect();
        let error = lines.iter().position(|line| names_error(line)).map(|at| match lines.get(at + 1) {
            // Rust says where, and below it what.
            Some(what) if lines[at].contains("panicked at") && lines[at].ends_with(':') => {
                format!("{} {what}", lines[at])
            }
            _ => lines[at].to_owned(),
        });
        let last = || lines.iter().rev().find(|line| !is_banner(line)).map(ToString::to_string);
        error.or_else(last).unwrap_or_else(|| format!("it ended without a word ({})", self.exit))
    }
}

/// `TypeError: ...`, `TypeError [ERR_CODE]: ...`, `java.lang.StackOverflowError`,
/// `thread 'main' panicked at ...`, `panic: runtime error: ...`.
fn names_error(line: &str) -> bool {
    const BEGINS: [&str; 6] = [
        "panic: ",
        "fatal error: ",
        "PHP Fatal error",
        "Unhandled exception",
        "terminate called",
        "Segmentation fault",
    ];
    if BEGINS.iter().any(|begin| line.starts_with(begin)) || line.contains("panicked at") {
        return true;
    }
    let first = line.split(':').next().unwrap_or_default();
    let name = first.split(" [").next().unwrap_or_default();
    let is_word = !name.contains(' ') || name.starts_with("Uncaught ") || name.starts_with("Exception in thread");
    is_word && (name.ends_with("Error") || name.ends_with("Exception"))
}

/// A frame of a trace, or what a runtime says of itself at its end.
fn is_banner(line: &str) -> bool {
    line.starts_with("at ") || line.starts_with("Node.js v")
}

/// The `WWW-Authenticate` field of an answer, as a class for snapshots.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChallengeClass {
    /// There is none.
    None,
    /// A Bearer challenge without a parameter.
    Bare,
    /// A Bearer challenge without an error code.
    Bearer,
    /// A Bearer challenge with this error code.
    Error(String),
    /// A Bearer challenge whose error is no code; its text stays out of reports.
    OddError,
    /// Challenges, none of them Bearer.
    OtherScheme,
    /// A field that is no challenge (RFC 9110, section 11.6.1).
    Malformed,
}

impl fmt::Display for ChallengeClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("-"),
            Self::Bare => f.write_str("bearer-bare"),
            Self::Bearer => f.write_str("bearer"),
            Self::Error(code) => write!(f, "bearer:{code}"),
            Self::OddError => f.write_str("bearer:other"),
            Self::OtherScheme => f.write_str("other-scheme"),
            Self::Malformed => f.write_str("malformed"),
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(&["x.js:1", "TypeError [ERR_INVALID_ARG_TYPE]: The argument is none", "    at a (b.js:1:2)", "", "Node.js v20.1.0"], "TypeError [ERR_INVALID_ARG_TYPE]: The argument is none")]
    #[case(&["RangeError: too deep", "    at a", "Node.js v20.1.0"], "RangeError: too deep")]
    #[case(&["thread 'main' panicked at src/main.rs:1:1:", "boom"], "thread 'main' panicked at src/main.rs:1:1: boom")]
    #[case(&["GET /", "panic: index out of range", "", "goroutine 1 [running]:"], "panic: index out of range")]
    #[case(&["serving", "out of memory", "    at a", "Node.js v20.1.0"], "out of memory")]
    #[case(&["Node.js v20.1.0", ""], "it ended without a word (exit code 1)")]
    #[case(&[], "it ended without a word (exit code 1)")]
    fn the_error_tells_more_than_the_last_line(#[case] log: &[&str], #[case] telling: &str) {
        let log = log.iter().map(|line| (*line).to_owned()).collect();
        assert_eq!(Death { exit: "exit code 1".into(), log }.last_words(), telling);
    }
}
