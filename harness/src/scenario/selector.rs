use std::fmt;
use std::str::FromStr;

/// Chooses variants by name: `time/expired`, `time/expired@one-hour`, or with
/// `*` for any text, such as `signature/*` or `*@one-hour`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selector {
    pattern: String,
}

/// Why a text is no selector.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SelectorError {
    /// The text is empty.
    #[error("an empty selector selects nothing: write an id such as \"time/expired\", or \"signature/*\"")]
    Empty,
}

impl Selector {
    /// Whether it chooses the variant `slug` of the scenario `id`.
    #[must_use]
    pub fn matches(&self, id: &str, slug: &str) -> bool {
        let name = format!("{id}@{slug}");
        if self.pattern.contains('@') { glob(&self.pattern, &name) } else { glob(&self.pattern, id) }
    }
}

impl FromStr for Selector {
    type Err = SelectorError;

    fn from_str(text: &str) -> Result<Self, SelectorError> {
        if text.trim().is_empty() {
            return Err(SelectorError::Empty);
        }
        Ok(Self { pattern: text.trim().to_owned() })
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.pattern)
    }
}

/// `*` stands for any text, all else for itself.
fn glob(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else { return false };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_selector_takes_what_is_printed_and_globs() {
        let matches = |pattern: &str| pattern.parse::<Selector>().unwrap().matches("time/expired", "one-hour");
        for pattern in ["time/expired", "time/expired@one-hour", "time/*", "*/expired", "*@one-*", "time/exp*@*", "*"] {
            assert!(matches(pattern), "{pattern}");
        }
        for pattern in ["time", "time/expire", "time/expired@one", "*@two", "issuer/*", "time/*x"] {
            assert!(!matches(pattern), "{pattern}");
        }
        assert_eq!(" ".parse::<Selector>(), Err(SelectorError::Empty));
    }
}
