use std::collections::HashSet;

use badpenny_scenarios::COVERAGE;
use mock_idp::input::InputError;
use serde::Serialize;

use super::parse::{self, Page};
use super::requirement::{Requirement, Standing};

/// The requirements, document by document, and the scenarios beyond them.
#[derive(Debug, Clone)]
pub struct Ledger {
    documents: Vec<Document>,
    beyond: Vec<Beyond>,
}

/// What the ledger holds of one RFC.
#[derive(Debug, Clone)]
pub struct Document {
    /// Its number.
    pub rfc: u32,
    /// Its title.
    pub title: String,
    /// The sections that were read, each with all below it.
    pub sections: Vec<String>,
    /// Their requirements, in the order of the text.
    pub requirements: Vec<Requirement>,
}

impl Document {
    pub(super) fn has_any_in(&self, section: &str) -> bool {
        self.requirements.iter().any(|requirement| requirement.id.is_in(section))
    }
}

/// A scenario that no requirement of the ledger asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Beyond {
    /// The scenario's id.
    pub scenario: String,
    /// Why it is there all the same.
    pub because: String,
}

/// How much of the requirements is covered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// All of them.
    pub requirements: usize,
    /// Those that some scenario holds a server to.
    pub covered: usize,
    /// These scenarios, each counted once.
    pub scenarios: usize,
    /// Those with a reason why there is none.
    pub uncovered: usize,
}

impl Totals {
    /// Counts these requirements.
    pub fn of<'a>(requirements: impl IntoIterator<Item = &'a Requirement>) -> Self {
        let mut totals = Self { requirements: 0, covered: 0, scenarios: 0, uncovered: 0 };
        let mut scenarios = HashSet::new();
        for requirement in requirements {
            totals.requirements += 1;
            match &requirement.standing {
                Standing::Covered(names) => {
                    totals.covered += 1;
                    scenarios.extend(names.iter().map(|name| name.scenario.as_str()));
                }
                Standing::Uncovered(_) => totals.uncovered += 1,
            }
        }
        totals.scenarios = scenarios.len();
        totals
    }
}

/// Why a file of the ledger can't be used.
#[derive(Debug, thiserror::Error)]
#[error("{file}{}: {source}", place(.source, .text))]
pub struct LedgerError {
    /// The file's name.
    pub file: String,
    /// Its text, for pointing into it.
    pub text: String,
    /// What is wrong, and where.
    pub source: Box<InputError>,
}

fn place(error: &InputError, text: &str) -> String {
    error.line_and_column(text).map_or_else(String::new, |(line, column)| format!(":{line}:{column}"))
}

impl Ledger {
    /// The ledger that this program brings along.
    ///
    /// # Errors
    ///
    /// Never in a released program: a test reads every embedded file.
    pub fn embedded() -> Result<Self, LedgerError> {
        Self::from_texts(COVERAGE.iter().map(|file| (file.name, file.text)))
    }

    /// Reads files of the ledger, each a name and a text.
    ///
    /// # Errors
    ///
    /// [`LedgerError`] when one is not readable, lists a requirement without
    /// scenarios and without a reason, or out of its place.
    pub fn from_texts<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, LedgerError> {
        let mut ledger = Self { documents: Vec::new(), beyond: Vec::new() };
        for (file, text) in files {
            let page = parse::page(text).map_err(|source| LedgerError {
                file: file.to_owned(),
                text: text.to_owned(),
                source: Box::new(source),
            })?;
            match page {
                Page::Document(document) => ledger.documents.push(document),
                Page::Beyond(scenarios) => ledger.beyond.extend(scenarios),
            }
        }
        Ok(ledger)
    }

    /// The documents, in the order of the files.
    #[must_use]
    pub fn documents(&self) -> &[Document] {
        &self.documents
    }

    /// The scenarios that no requirement asks for.
    #[must_use]
    pub fn beyond(&self) -> &[Beyond] {
        &self.beyond
    }

    /// All requirements, in the order of the files.
    pub fn requirements(&self) -> impl Iterator<Item = &Requirement> {
        self.documents.iter().flat_map(|document| &document.requirements)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coverage::Party;

    #[test]
    fn the_ledger_holds_the_sections_that_it_promises() {
        let ledger = Ledger::embedded().unwrap();
        let held: Vec<(u32, Vec<&str>)> = ledger
            .documents()
            .iter()
            .map(|document| (document.rfc, document.sections.iter().map(String::as_str).collect()))
            .collect();
        let promised = [
            (6750, vec!["2", "3"]),
            (7515, vec!["4", "5.2"]),
            (7519, vec!["4", "7.2"]),
            (8725, vec!["3"]),
            (9068, vec!["2.2", "4"]),
        ];
        assert_eq!(held, promised);
    }

    #[test]
    fn a_requirement_is_counted_once_and_so_is_a_scenario() {
        let ledger = Ledger::embedded().unwrap();
        let totals = Totals::of(ledger.requirements());
        assert_eq!(totals.requirements, totals.covered + totals.uncovered);
        let twice: Vec<&Requirement> = ledger.requirements().filter(|one| one.scenarios().len() == 1).take(1).collect();
        let doubled = Totals::of(twice.iter().copied().chain(twice.iter().copied()));
        assert_eq!(doubled, Totals { requirements: 2, covered: 2, scenarios: 1, uncovered: 0 });
    }

    #[test]
    fn what_binds_somebody_else_is_never_a_gap_of_ours() {
        let ledger = Ledger::embedded().unwrap();
        let gap = ledger.requirements().find(|one| {
            one.binds == Party::ResourceServer
                && matches!(&one.standing, Standing::Uncovered(reason) if reason.starts_with("binds the"))
        });
        assert_eq!(gap, None);
    }

    #[test]
    fn an_error_names_the_file_and_the_line() {
        let error = Ledger::from_texts([("x.toml", "rfc = 1\ntitle = 2\n")]).unwrap_err();
        assert_eq!(error.to_string(), "x.toml:2:9: title: expected a string, found an integer");
    }
}
