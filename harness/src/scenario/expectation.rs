use std::fmt;

use serde::{Deserialize, Serialize};

/// How binding an expectation is (RFC 2119).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Measured and reported, never failing.
    Observe,
    /// What the standard allows or leaves open.
    May,
    /// What the standard recommends; fails under `--strict`.
    Should,
    /// What the standard demands.
    Must,
}

impl Level {
    /// Every level with its word, the most binding first.
    pub const ALL: [(&'static str, Self); 4] =
        [("must", Self::Must), ("should", Self::Should), ("may", Self::May), ("observe", Self::Observe)];
}

/// How much a failure matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tier {
    /// Hygiene and measured values.
    Info,
    /// Protocol conformance: a wrong status, a missing challenge.
    Low,
    /// Availability: a 5xx, a death, a hang.
    Medium,
    /// A gap in the validation, a substitution, a disclosure.
    High,
    /// Authentication or authorisation is bypassed.
    Critical,
}

impl Tier {
    /// Every tier with its word, the gravest first.
    pub const ALL: [(&'static str, Self); 5] = [
        ("critical", Self::Critical),
        ("high", Self::High),
        ("medium", Self::Medium),
        ("low", Self::Low),
        ("info", Self::Info),
    ];
}

macro_rules! display_by_table {
    ($($kind:ty),+) => {$(
        impl fmt::Display for $kind {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let word = Self::ALL.iter().find(|(_, known)| known == self).map_or("", |(word, _)| word);
                f.write_str(word)
            }
        }
    )+};
}
display_by_table!(Level, Tier);

/// Whether the credential of a case is to get in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Access {
    /// The resource is to be served.
    Accepted,
    /// The resource is not to be served.
    Refused,
    /// Either is right; only a wrong refusal or an unavailable server is not.
    Either,
}

/// What a case's exchange is held against: acceptance and status apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expectation {
    /// Whether the credential is to get in.
    pub access: Access,
    /// How binding that is.
    pub level: Level,
    /// How much it matters when it is otherwise.
    pub tier: Tier,
    /// Statuses that are right for a refusal; empty for an acceptance, where
    /// any 2xx will do.
    pub status: Vec<u16>,
    /// How binding the status is. Defaults to `should` (RFC 6750, section 3.1).
    pub status_level: Level,
}

impl Expectation {
    /// The statuses as a phrase: `2xx`, `401`, `401 or 403`, `2xx or 401`.
    #[must_use]
    pub fn status_phrase(&self) -> String {
        let statuses = self.status.iter().map(ToString::to_string);
        let accepted = (self.access != Access::Refused).then(|| "2xx".to_owned());
        accepted.into_iter().chain(statuses).collect::<Vec<_>>().join(" or ")
    }
}
