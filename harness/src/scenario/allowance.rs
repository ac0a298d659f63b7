use std::fmt;

use super::capability::Capability;
use super::plan::Case;
use super::request::RequestEdit;

/// More requests than this in one case are many for a server that others use, too.
const MANY: usize = 20;
/// And more at the same time.
const AT_ONCE: usize = 4;

/// What the owner of a target that stands elsewhere allows besides, with
/// `--allow`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Allowance {
    /// What weighs by its size or its number alone.
    Heavy,
    /// Methods that may change something.
    Writes,
    /// Many requests in a row, or at the same time.
    Floods,
    /// Tokens that ask the target to call somewhere.
    Listener,
}

impl Allowance {
    /// Every allowance with its word.
    pub const ALL: [(&'static str, Self); 4] =
        [("writes", Self::Writes), ("heavy", Self::Heavy), ("floods", Self::Floods), ("listener", Self::Listener)];

    /// What a case needs to be allowed before it is sent to a target elsewhere.
    pub fn needed_by(case: &Case) -> impl Iterator<Item = Self> {
        let (variant, delivery) = (&case.variant, &case.variant.delivery);
        let writes = variant.needs_declared(Capability::Writes) || variant.request.iter().any(RequestEdit::may_write);
        let needs = [
            (Self::Heavy, case.is_heavy()),
            (Self::Floods, delivery.requests() > MANY || delivery.at_once > AT_ONCE),
            (Self::Writes, writes),
            (Self::Listener, variant.uses("listener") || variant.uses("listener_host")),
        ];
        needs.into_iter().filter(|(_, needed)| *needed).map(|(allowance, _)| allowance)
    }

    /// Why a case that needs it is left out.
    #[must_use]
    pub fn missing(self) -> String {
        let why = match self {
            Self::Heavy => "it is heavy",
            Self::Writes => "it sends a method that may change something",
            Self::Floods => "it sends many requests at once or in a row",
            Self::Listener => {
                return "it makes the target call back, which is not on this machine: \
                        name an address that it can reach with --listener ADDR:PORT"
                    .to_owned();
            }
        };
        format!("{why}, and the target is not on this machine: add --allow {}", self.word())
    }

    /// Its word on the command line.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(_, allowance)| *allowance == self).map_or("heavy", |(word, _)| word)
    }
}

impl fmt::Display for Allowance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// When a word is no allowance.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{word}\" can't be allowed: expected {}", Allowance::ALL.map(|(word, _)| word).join(", "))]
pub struct AllowanceError {
    /// What was given.
    pub word: String,
}

impl std::str::FromStr for Allowance {
    type Err = AllowanceError;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        let known = Self::ALL.into_iter().find(|(known, _)| *known == word);
        known.map(|(_, allowance)| allowance).ok_or_else(|| AllowanceError { word: word.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_an_allowance_or_an_error_that_names_them() {
        for (word, allowance) in Allowance::ALL {
            assert_eq!((word.parse(), allowance.to_string().as_str()), (Ok(allowance), word));
        }
        let error = "havy".parse::<Allowance>().unwrap_err();
        assert_eq!(error.to_string(), "\"havy\" can't be allowed: expected writes, heavy, floods, listener");
    }
}
