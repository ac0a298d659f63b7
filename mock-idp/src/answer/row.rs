use std::fmt;

use super::{Effect, Place};

/// A named answer: what it changes, and what a client owes it.
#[derive(Debug)]
#[non_exhaustive]
pub struct Row {
    /// Its name.
    pub name: &'static str,
    /// The endpoint whose answer it changes; `None`: any.
    pub place: Option<Place>,
    /// What a client must do with it.
    pub client: Owed,
    /// What is otherwise.
    pub does: &'static str,
    /// Where that is written.
    pub by: &'static str,
    pub(crate) effect: Effect,
}

/// What a client owes an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Owed {
    /// It must refuse it.
    Refuse,
    /// It may refuse it.
    MayRefuse,
    /// It must take it.
    Take,
    /// It must get over it: fail in a clear way or try again, and keep nothing of it.
    Survive,
}

impl fmt::Display for Owed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Refuse => "must refuse",
            Self::MayRefuse => "may refuse",
            Self::Take => "must take",
            Self::Survive => "must get over it",
        })
    }
}

impl Row {
    /// An example of its value, where it takes one: it stands behind a `=`.
    #[must_use]
    pub fn value(&self) -> Option<&'static str> {
        self.effect.value()
    }
}
