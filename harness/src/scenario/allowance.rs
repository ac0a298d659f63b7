use std::fmt;

/// What the owner of a target that stands elsewhere allows besides, with
/// `--allow`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Allowance {
    /// What weighs by its size or its number alone.
    Heavy,
}

impl Allowance {
    /// Every allowance with its word.
    pub const ALL: [(&'static str, Self); 1] = [("heavy", Self::Heavy)];

    /// Its word on the command line.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Heavy => "heavy",
        }
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
        assert_eq!(error.to_string(), "\"havy\" can't be allowed: expected heavy");
    }
}
