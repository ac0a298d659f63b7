use super::date::Date;
use crate::scenario::Selector;

/// An entry of `[[accept]]`: findings that somebody answers for until a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accept {
    /// Which variants: an id, `id@variant`, or a pattern of either.
    pub id: Selector,
    /// Why they are accepted. One line, never blank.
    pub reason: String,
    /// Who answers for it.
    pub owner: Option<String>,
    /// The last day on which it holds (UTC).
    pub until: Date,
    /// The target that it holds for, by its name in reports; every one where it
    /// is `None`.
    pub target: Option<String>,
    /// The file that it stands in, for messages.
    pub file: String,
}

impl Accept {
    /// Whether it says something of this target.
    #[must_use]
    pub fn is_about(&self, target: &str) -> bool {
        self.target.as_deref().is_none_or(|name| name == target)
    }

    /// Whether its day has passed.
    #[must_use]
    pub fn has_expired(&self, today: Date) -> bool {
        self.until < today
    }

    /// Whether it accepts the same of the same target.
    #[must_use]
    pub fn repeats(&self, other: &Self) -> bool {
        self.id == other.id && self.target == other.target
    }
}
