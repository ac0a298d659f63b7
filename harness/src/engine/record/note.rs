use super::super::exchange::Carried;
use crate::check::{Fetch, Probe};
use crate::event::{CaseResult, Event};
use crate::scenario::Case;

/// What a bench tells of its work.
pub(in crate::engine) enum Note {
    /// A case was carried out.
    Case(Box<Done>),
    /// A row that needs no more judging.
    Row(Box<CaseResult>),
    /// How the target was after a scenario.
    Probe(Probe),
    /// What the target wrote since the last look.
    Log {
        /// After which scenario.
        after: String,
        /// The lines.
        lines: Vec<String>,
    },
    /// What the target fetched from the issuer.
    Fetches(Vec<Fetch>),
    /// Anything else, as it is told.
    Event(Event),
}

/// A case with what came of it.
pub(in crate::engine) struct Done {
    pub(in crate::engine) case: Case,
    pub(in crate::engine) changes: Vec<String>,
    pub(in crate::engine) curl: Option<String>,
    pub(in crate::engine) carried: Carried,
}
