use std::fmt;

use serde::{Serialize, Serializer};

use crate::scenario::Level;

/// One normative sentence of an RFC, in words of our own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    /// Where it stands.
    pub id: RequirementId,
    /// How binding it is: must, should or may; what is forbidden is a must.
    pub level: Level,
    /// Whom it binds. Defaults to the resource server.
    pub binds: Party,
    /// What it asks for, in one sentence.
    pub says: String,
    /// What holds a server to it.
    pub standing: Standing,
}

/// Whether scenarios hold a server to a requirement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// These do, never none.
    Covered(Vec<ScenarioName>),
    /// None does, and this is why.
    Uncovered(String),
}

impl Requirement {
    /// The scenarios that hold a server to it.
    #[must_use]
    pub fn scenarios(&self) -> &[ScenarioName] {
        match &self.standing {
            Standing::Covered(names) => names,
            Standing::Uncovered(_) => &[],
        }
    }
}

/// A place in an RFC: `RFC7515-5.2-03` is the third requirement of its section 5.2.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RequirementId {
    /// The number of the RFC.
    pub rfc: u32,
    /// The section, such as `4.1.11`.
    pub section: String,
    /// Its place among the requirements of the section, from 1.
    pub number: u32,
}

impl RequirementId {
    /// Reads `RFC<number>-<section>-<two digits>`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (rfc, rest) = text.strip_prefix("RFC")?.split_once('-')?;
        let (section, number) = rest.split_once('-')?;
        let is_section = section.split('.').all(|part| !part.is_empty() && is_digits(part));
        let id = Self { rfc: rfc.parse().ok()?, section: section.to_owned(), number: number.parse().ok()? };
        (is_section && id.to_string() == text).then_some(id)
    }

    /// Whether it stands in `section` or below.
    #[must_use]
    pub fn is_in(&self, section: &str) -> bool {
        self.section.strip_prefix(section).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    }

    /// Where the section can be read.
    #[must_use]
    pub fn url(&self) -> String {
        format!("https://www.rfc-editor.org/rfc/rfc{}#section-{}", self.rfc, self.section)
    }
}

fn is_digits(part: &str) -> bool {
    part.bytes().all(|byte| byte.is_ascii_digit())
}

impl fmt::Display for RequirementId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RFC{}-{}-{:02}", self.rfc, self.section, self.number)
    }
}

/// Whom a requirement binds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Party {
    /// Who verifies the token, with its library.
    ResourceServer,
    /// Who issues access tokens.
    AuthorizationServer,
    /// Who sends them.
    Client,
    /// Who makes a JWS or a JWT of any kind.
    Producer,
}

impl Party {
    /// Every party with its word.
    pub const ALL: [(&'static str, Self); 4] = [
        ("resource-server", Self::ResourceServer),
        ("authorization-server", Self::AuthorizationServer),
        ("client", Self::Client),
        ("producer", Self::Producer),
    ];
}

impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ResourceServer => "resource server",
            Self::AuthorizationServer => "authorization server",
            Self::Client => "client",
            Self::Producer => "producer",
        })
    }
}

/// A scenario, or one variant of it: `time/expired` or `time/expired@one-hour`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ScenarioName {
    /// The scenario's id.
    pub scenario: String,
    /// The variant's slug; all variants without.
    pub variant: Option<String>,
}

impl ScenarioName {
    pub(super) fn parse(text: &str) -> Self {
        match text.split_once('@') {
            Some((scenario, slug)) => Self { scenario: scenario.to_owned(), variant: Some(slug.to_owned()) },
            None => Self { scenario: text.to_owned(), variant: None },
        }
    }
}

impl fmt::Display for ScenarioName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.variant {
            Some(slug) => write!(f, "{}@{slug}", self.scenario),
            None => f.write_str(&self.scenario),
        }
    }
}

macro_rules! serialize_as_text {
    ($($kind:ty),+) => {$(
        impl Serialize for $kind {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
    )+};
}
serialize_as_text!(RequirementId, ScenarioName);

#[cfg(test)]
mod tests {
    use super::RequirementId;

    #[test]
    fn an_id_is_read_as_it_is_written() {
        let id = RequirementId::parse("RFC7515-4.1.11-03").unwrap();
        assert_eq!((id.rfc, id.section.as_str(), id.number), (7515, "4.1.11", 3));
        assert_eq!(id.to_string(), "RFC7515-4.1.11-03");
        assert_eq!(id.url(), "https://www.rfc-editor.org/rfc/rfc7515#section-4.1.11");
    }

    #[test]
    fn what_is_no_id_is_none() {
        for text in ["RFC7515-4.1-3", "7515-4.1-03", "RFC7515-4..1-03", "RFC7515-03", "RFC7515--03", "RFC07515-4-03"] {
            assert_eq!(RequirementId::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_section_holds_what_is_below_it_and_no_namesake() {
        let id = RequirementId::parse("RFC7515-4.1.11-03").unwrap();
        assert!(id.is_in("4") && id.is_in("4.1") && id.is_in("4.1.11"));
        assert!(!id.is_in("4.1.1") && !id.is_in("5.2"));
    }
}
