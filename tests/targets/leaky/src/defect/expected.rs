//! `defects.toml`: what each defect must trip, and what it needs to show.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::Defect;

static EXPECTED: LazyLock<BTreeMap<String, Entry>> =
    LazyLock::new(|| toml::from_str(include_str!("../../defects.toml")).unwrap_or_default());

/// A list of ids, or a table with more.
#[derive(Deserialize)]
#[serde(untagged)]
enum Entry {
    Trips(Vec<String>),
    Full(Expectation),
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Expectation {
    trips: Vec<String>,
    either: Vec<String>,
    env: BTreeMap<String, String>,
    slow: Vec<String>,
    declare: Vec<String>,
    alg: Option<String>,
    typ: Option<String>,
}

static NO_SETTINGS: BTreeMap<String, String> = BTreeMap::new();

impl Defect {
    /// The ids of the scenarios that must find it, in all profiles together, and no others: those
    /// in [`Defect::slow`] too.
    pub fn expected(self) -> &'static [String] {
        match EXPECTED.get(self.name()) {
            Some(Entry::Trips(trips)) => trips,
            Some(Entry::Full(expectation)) => &expectation.trips,
            None => &[],
        }
    }

    /// The ids of scenarios that may find it or not: why stands in the list.
    pub fn either(self) -> &'static [String] {
        self.full().map(|expectation| expectation.either.as_slice()).unwrap_or_default()
    }

    /// The settings that it needs to show, by the names of [`Settings::from_env`].
    ///
    /// [`Settings::from_env`]: crate::Settings::from_env
    pub fn env(self) -> &'static BTreeMap<String, String> {
        self.full().map_or(&NO_SETTINGS, |expectation| &expectation.env)
    }

    /// The ids of the slow scenarios that must be run for it: some find it, some must not.
    pub fn slow(self) -> &'static [String] {
        self.full().map(|expectation| expectation.slow.as_slice()).unwrap_or_default()
    }

    /// What must be declared of the server for the scenarios to run, such as `cors=https://app.example`.
    pub fn declare(self) -> &'static [String] {
        self.full().map(|expectation| expectation.declare.as_slice()).unwrap_or_default()
    }

    /// What its issuer must sign with for it to show; RS256 where nothing is said.
    pub fn alg(self) -> &'static str {
        self.full().and_then(|expectation| expectation.alg.as_deref()).unwrap_or("RS256")
    }

    /// The `typ` of its issuer's tokens, where they must state one for it to show.
    pub fn typ(self) -> Option<&'static str> {
        self.full().and_then(|expectation| expectation.typ.as_deref())
    }

    fn full(self) -> Option<&'static Expectation> {
        match EXPECTED.get(self.name())? {
            Entry::Trips(_) => None,
            Entry::Full(expectation) => Some(expectation),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_expectations_can_be_read() {
        let read: Result<BTreeMap<String, Entry>, _> = toml::from_str(include_str!("../../defects.toml"));
        assert_eq!(read.err(), None);
    }

    #[test]
    fn the_list_of_expectations_names_every_defect_and_no_other() {
        let mut names: Vec<_> = Defect::ALL.iter().map(|defect| defect.name()).collect();
        names.sort_unstable();
        let listed: Vec<_> = EXPECTED.keys().map(String::as_str).collect();
        assert_eq!(listed, names);
    }

    #[test]
    fn every_defect_is_expected_to_be_found() {
        for defect in Defect::ALL {
            assert!(!defect.expected().is_empty(), "{defect}");
        }
    }

    #[test]
    fn settings_and_declarations_are_read_where_there_are_any() {
        let defect = Defect::PreflightNeedsToken;
        assert_eq!(defect.env().get("CORS").map(String::as_str), Some("1"));
        assert_eq!(defect.declare(), ["cors=https://app.example"]);
        assert!(Defect::AcceptsAlgNone.env().is_empty() && Defect::AcceptsAlgNone.slow().is_empty());
    }
}
