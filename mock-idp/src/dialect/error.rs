use super::Shape;
use crate::input::{InputError, nearest};

/// Why a text of a dialect can't be used.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DialectError {
    /// It names no claim.
    #[error(
        "\"{text}\" names no claim: write its name, such as roles, or the way to it as a JSON Pointer, such as /realm_access/roles"
    )]
    NoPath {
        /// What was written.
        text: String,
    },
    /// A pair of `--claim` is none; it is not repeated.
    #[error("--claim: there is no `=`: write NAME=JSON, such as tenant='\"acme\"' or groups='[\"a\"]'")]
    NoPair,
    /// The value of a pair is no JSON; it is not repeated.
    #[error("--claim {name}: the value is not JSON ({reason}): a text has quotes, such as {name}='\"acme\"'")]
    NoJson {
        /// The claim.
        name: String,
        /// What the parser said.
        reason: String,
    },
    /// A pair is about the claim that holds the scopes, which each scenario says anew.
    #[error(
        "--claim {name}: this claim holds the scopes, which the scenario says: --scope names them, --scope-claim another claim"
    )]
    HoldsScopes {
        /// The claim.
        name: String,
    },
    /// No shape is called so.
    #[error("--shape: \"{word}\" is not known here{}", suggestion(word))]
    NoShape {
        /// What was written.
        word: String,
    },
    /// A flag says what is of no use.
    #[error("--{0}")]
    Flag(Box<InputError>),
}

fn suggestion(word: &str) -> String {
    let known = Shape::ALL.map(|(word, _)| word);
    match nearest(word, known) {
        Some(meant) => format!(": did you mean {meant}?"),
        None => format!(": known are {}", known.join(", ")),
    }
}
