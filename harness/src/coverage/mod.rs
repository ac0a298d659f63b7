//! The coverage ledger: which sentences of the RFCs bind a resource server, and
//! which scenarios hold it to them.
//!
//! Each file of [`badpenny_scenarios::COVERAGE`] lists the normative sentences
//! of some sections of one RFC, in words of our own; `beyond.toml` lists the
//! scenarios that none of these sentences asks for. Nothing may fall between
//! the two: [`Ledger::orphans`] tells what does, both ways.

mod ledger;
mod orphan;
mod parse;
mod requirement;

pub use ledger::{Beyond, Document, Ledger, LedgerError, Totals};
pub use orphan::Orphan;
pub use requirement::{Party, Requirement, RequirementId, ScenarioName, Standing};
