use std::fmt;

use serde::{Deserialize, Serialize};

/// The eight verdicts, from the lightest to the gravest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VerdictKind {
    /// Nothing to judge, or not possible here; always with the reason.
    Skipped,
    /// As expected.
    Pass,
    /// Worth saying, never failing.
    Note,
    /// The control failed, 429, or the request was never sent.
    Inconclusive,
    /// Nobody got in who shouldn't, but the answer breaks the protocol.
    Deviates,
    /// A credential that must be accepted was refused, or the target died or hung.
    Broken,
    /// A bad credential got in where refusing it is a MUST.
    Vulnerable,
    /// A fault of the harness itself.
    Error,
}

impl VerdictKind {
    /// Every verdict, from the lightest to the gravest.
    pub const ALL: [Self; 8] = [
        Self::Skipped,
        Self::Pass,
        Self::Note,
        Self::Inconclusive,
        Self::Deviates,
        Self::Broken,
        Self::Vulnerable,
        Self::Error,
    ];

    /// Whether it tells of something that the target does wrong.
    #[must_use]
    pub fn is_found(self) -> bool {
        matches!(self, Self::Vulnerable | Self::Broken | Self::Deviates)
    }

    /// The verdict of that word.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// Its word in reports.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Skipped => "skipped",
            Self::Pass => "pass",
            Self::Note => "note",
            Self::Inconclusive => "inconclusive",
            Self::Deviates => "deviates",
            Self::Broken => "broken",
            Self::Vulnerable => "vulnerable",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for VerdictKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}
