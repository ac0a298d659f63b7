use crate::input::InputError;

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
    /// A flag says what is of no use.
    #[error("--{0}")]
    Flag(Box<InputError>),
}
