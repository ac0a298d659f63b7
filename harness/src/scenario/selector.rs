use std::fmt;
use std::str::FromStr;

use super::expectation::Level;
use super::tag::Tag;
use super::types::{Scenario, Variant};

/// Chooses variants:
///
/// - by name: `time/expired`, `time/expired@one-hour`, or with `*` for any text,
///   such as `signature/*` or `*@one-hour`;
/// - by what asks for them: `rfc6750`, or `rfc6750/3` with the sections below it;
/// - by how binding they are in the chosen profile: `level:must`;
/// - by what is known of them: `tag:anyone`, `tag:slow`, `tag:CVE-2015-9235`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selector {
    text: String,
    by: By,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum By {
    /// The text is the pattern.
    Name,
    Section {
        rfc: u32,
        section: Option<String>,
    },
    Level(Level),
    Tag(Tag),
}

/// Why a text is no selector.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SelectorError {
    /// The text is empty.
    #[error("an empty selector selects nothing: write an id such as \"time/expired\", or \"signature/*\"")]
    Empty,
    /// No tag has that word.
    #[error("there is no tag \"{tag}\"{}: known are {}, and a CVE such as CVE-2015-9235", nearest.as_ref().map(|tag| format!("; did you mean \"tag:{tag}\"?")).unwrap_or_default(), known.join(", "))]
    UnknownTag {
        /// What was asked for.
        tag: String,
        /// The one that it most resembles.
        nearest: Option<String>,
        /// Every tag with a fixed word.
        known: Vec<&'static str>,
    },
    /// No level has that word.
    #[error("there is no level \"{level}\": known are must, should, may, observe")]
    UnknownLevel {
        /// What was asked for.
        level: String,
    },
}

impl Selector {
    /// As it was written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it is a name, or a pattern of names.
    #[must_use]
    pub fn is_by_name(&self) -> bool {
        self.by == By::Name
    }

    /// The RFC whose sections it chooses, where it does.
    pub(super) fn rfc(&self) -> Option<u32> {
        match self.by {
            By::Section { rfc, .. } => Some(rfc),
            _ => None,
        }
    }

    /// Whether it chooses by the level.
    pub(super) fn is_by_level(&self) -> bool {
        matches!(self.by, By::Level(_))
    }

    /// Whether it names the variant `slug` of the scenario `id`; no for one that
    /// chooses by something else than the name.
    #[must_use]
    pub fn matches(&self, id: &str, slug: &str) -> bool {
        if !self.is_by_name() {
            return false;
        }
        let name = format!("{id}@{slug}");
        if self.text.contains('@') { glob(&self.text, &name) } else { glob(&self.text, id) }
    }

    /// Whether it chooses a variant that is so binding.
    #[must_use]
    pub fn chooses(&self, scenario: &Scenario, variant: &Variant, level: Level) -> bool {
        match &self.by {
            By::Name => self.matches(&scenario.id, &variant.slug),
            By::Section { rfc, section } => {
                scenario.references.iter().any(|reference| reference.is_within(*rfc, section.as_deref()))
            }
            By::Level(wanted) => *wanted == level,
            By::Tag(tag) => tag.is_of(scenario, variant),
        }
    }
}

impl FromStr for Selector {
    type Err = SelectorError;

    fn from_str(text: &str) -> Result<Self, SelectorError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(SelectorError::Empty);
        }
        let by = if let Some(word) = text.strip_prefix("level:") {
            let level = Level::ALL.iter().find(|(known, _)| *known == word).map(|(_, level)| *level);
            By::Level(level.ok_or_else(|| SelectorError::UnknownLevel { level: word.to_owned() })?)
        } else if let Some(word) = text.strip_prefix("tag:") {
            By::Tag(Tag::parse(word)?)
        } else {
            section(text).unwrap_or(By::Name)
        };
        Ok(Self { text: text.to_owned(), by })
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// `rfc6750`, `rfc6750/3.1` or `rfc7519/A.1`; a scenario of a user's own may be
/// called `rfc6750/realm`.
fn section(text: &str) -> Option<By> {
    let digits = text.strip_prefix("rfc").or_else(|| text.strip_prefix("RFC"))?;
    let (number, section) = match digits.split_once('/') {
        Some((number, section)) => (number, Some(section)),
        None => (digits, None),
    };
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let is_appendix = |part: &str| part.len() == 1 && part.bytes().all(|byte| byte.is_ascii_uppercase());
    let is_section = |section: &str| {
        section.split('.').enumerate().all(|(index, part)| is_number(part) || index == 0 && is_appendix(part))
    };
    let stands = is_number(number) && section.is_none_or(is_section);
    let rfc = number.parse().ok().filter(|_| stands)?;
    Some(By::Section { rfc, section: section.map(str::to_owned) })
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
    use rstest::rstest;

    use super::*;
    use crate::scenario::Catalogue;

    #[test]
    fn a_selector_takes_what_is_printed_and_globs() {
        let matches = |pattern: &str| pattern.parse::<Selector>().unwrap().matches("time/expired", "one-hour");
        for pattern in ["time/expired", "time/expired@one-hour", "time/*", "*/expired", "*@one-*", "time/exp*@*", "*"] {
            assert!(matches(pattern), "{pattern}");
        }
        for pattern in ["time", "time/expire", "time/expired@one", "*@two", "issuer/*", "time/*x", "level:must"] {
            assert!(!matches(pattern), "{pattern}");
        }
        assert_eq!(" ".parse::<Selector>(), Err(SelectorError::Empty));
    }

    #[rstest]
    #[case("rfc6750", "response/challenge-present", true)]
    #[case("rfc6750/3", "response/challenge-present", true)]
    #[case("RFC6750/3", "response/challenge-present", true)]
    #[case("rfc6750/9", "response/challenge-present", false)]
    #[case("rfc7519/4.1", "time/expired", true)]
    #[case("rfc7519/4.1.4", "time/expired", true)]
    #[case("rfc7519/4.1.40", "time/expired", false)]
    #[case("rfc751", "time/expired", false)]
    #[case("level:must", "time/expired", true)]
    #[case("level:should", "time/expired", false)]
    #[case("tag:any-holder", "time/expired", true)]
    #[case("tag:signing-key", "time/expired", true)]
    #[case("tag:anyone", "time/expired", false)]
    #[case("tag:anyone", "signature/alg-none", true)]
    #[case("tag:CVE-2015-9235", "signature/hs256-pubkey-pem", true)]
    #[case("tag:cve-2015-9235", "signature/hs256-pubkey-pem", true)]
    #[case("tag:no-token", "transport/no-credentials", true)]
    #[case("tag:anyone", "response/challenge-present", false)]
    #[case("tag:issuer-control", "keys/rotation-new-key", true)]
    fn a_selector_chooses_by_section_level_and_tag(#[case] text: &str, #[case] id: &str, #[case] chosen: bool) {
        let catalogue = Catalogue::embedded().unwrap();
        let scenario = catalogue.scenario(id).unwrap();
        let variant = &scenario.variants[0];
        let selector: Selector = text.parse().unwrap();
        assert_eq!(selector.chooses(scenario, variant, scenario.judgement_of(variant).level()), chosen);
    }

    #[test]
    fn a_name_that_only_begins_like_a_standard_stays_a_name() {
        for name in ["rfc6750/realm", "rfc6750/3.x", "rfc/1", "rfc6750/*", "rfc6750/", "rfcs"] {
            assert!(name.parse::<Selector>().unwrap().is_by_name(), "{name}");
        }
    }

    #[rstest]
    #[case("tag:slowly", "there is no tag \"slowly\": known are anyone, ")]
    #[case("tag:anyon", "there is no tag \"anyon\"; did you mean \"tag:anyone\"?: known are anyone, ")]
    #[case("level:musst", "there is no level \"musst\": known are must, should, may, observe")]
    fn a_word_that_is_none_is_told_with_those_that_are(#[case] text: &str, #[case] told: &str) {
        let error = text.parse::<Selector>().unwrap_err().to_string();
        assert!(error.starts_with(told), "{error}");
    }
}
