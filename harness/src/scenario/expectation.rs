use std::fmt;

use serde::{Deserialize, Serialize};

use super::grade::{Form, Gap, Outcome};

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
    /// A wrong status, a missing challenge, a spelling that only odd clients use.
    Low,
    /// A server error, a gap that is enforced nonetheless, a latent fault.
    Medium,
    /// The server goes down or calls out, a user is kept out, a latent bypass.
    High,
    /// Authentication or authorization is bypassed by who needs no issuer for it.
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
    /// What it comes to when a token gets in that is to be refused.
    pub gap: Gap,
    /// Who sends honest tokens of that form.
    pub form: Form,
    /// Statuses that are right for a refusal; empty for an acceptance, where
    /// any 2xx will do.
    pub status: Vec<u16>,
    /// How binding the status is. Defaults to `should` (RFC 6750, section 3.1).
    pub status_level: Level,
}

impl Expectation {
    /// What it comes to when it is otherwise.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        match self.access {
            Access::Refused => Outcome::GotIn(self.gap),
            Access::Accepted => Outcome::KeptOut(self.form),
            Access::Either => Outcome::Protocol,
        }
    }

    /// The statuses as a phrase: `2xx`, `401`, `401 or 403`, `2xx or 401`.
    #[must_use]
    pub fn status_phrase(&self) -> String {
        let statuses = self.status.iter().map(ToString::to_string);
        let accepted = (self.access != Access::Refused).then(|| "2xx".to_owned());
        accepted.into_iter().chain(statuses).collect::<Vec<_>>().join(" or ")
    }
}
