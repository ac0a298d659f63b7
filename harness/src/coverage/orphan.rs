use std::collections::{HashMap, HashSet};
use std::fmt;

use mock_idp::input::nearest;

use super::ledger::Ledger;
use super::requirement::{RequirementId, ScenarioName};
use crate::scenario::{Catalogue, Scenario};

/// What falls between the ledger and the catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Orphan {
    /// The ledger names a scenario or a variant that is not there.
    NoSuchScenario {
        /// The requirement that names it; `None` for the list of those beyond.
        requirement: Option<RequirementId>,
        /// What it names.
        name: ScenarioName,
        /// The name that it most resembles.
        nearest: Option<String>,
    },
    /// A scenario that neither a requirement nor the list of those beyond names.
    Unaccounted {
        /// The scenario's id.
        scenario: String,
    },
    /// A scenario that is called beyond all requirements, and one names it.
    NotBeyond {
        /// The scenario's id.
        scenario: String,
        /// The first requirement that names it.
        requirement: RequirementId,
    },
    /// A scenario that the list of those beyond names twice.
    BeyondTwice {
        /// The scenario's id.
        scenario: String,
    },
}

impl fmt::Display for Orphan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSuchScenario { requirement, name, nearest } => {
                match requirement {
                    Some(id) => write!(f, "{id} names \"{name}\", which is not in the catalogue")?,
                    None => write!(f, "\"{name}\" is called beyond the requirements and is not in the catalogue")?,
                }
                nearest.as_ref().map_or(Ok(()), |name| write!(f, ": did you mean \"{name}\"?"))
            }
            Self::Unaccounted { scenario } => {
                write!(f, "no requirement names \"{scenario}\": name it in one, or in beyond.toml with the reason")
            }
            Self::NotBeyond { scenario, requirement } => {
                write!(f, "\"{scenario}\" is called beyond the requirements, and {requirement} names it")
            }
            Self::BeyondTwice { scenario } => write!(f, "\"{scenario}\" is called beyond the requirements twice"),
        }
    }
}

impl Ledger {
    /// What falls between this ledger and the catalogue, both ways: names that
    /// lead nowhere, and scenarios that nothing accounts for.
    #[must_use]
    pub fn orphans(&self, catalogue: &Catalogue) -> Vec<Orphan> {
        let mut orphans = self.dead_names(catalogue);
        orphans.extend(self.unaccounted(catalogue));
        orphans
    }

    fn dead_names(&self, catalogue: &Catalogue) -> Vec<Orphan> {
        let by_requirements = self
            .requirements()
            .flat_map(|requirement| requirement.scenarios().iter().map(|name| (Some(&requirement.id), name.clone())));
        let beyond = self.beyond().iter().map(|beyond| (None, ScenarioName::parse(&beyond.scenario)));
        by_requirements
            .chain(beyond)
            .filter(|(_, name)| !is_there(name, catalogue))
            .map(|(requirement, name)| Orphan::NoSuchScenario {
                requirement: requirement.cloned(),
                nearest: resembling(&name, catalogue),
                name,
            })
            .collect()
    }

    fn unaccounted(&self, catalogue: &Catalogue) -> Vec<Orphan> {
        let mut named: HashMap<&str, &RequirementId> = HashMap::new();
        for requirement in self.requirements() {
            for name in requirement.scenarios() {
                named.entry(&name.scenario).or_insert(&requirement.id);
            }
        }
        let mut beyond = HashSet::new();
        let mut orphans = Vec::new();
        for scenario in self.beyond().iter().map(|beyond| &beyond.scenario) {
            if !beyond.insert(scenario.as_str()) {
                orphans.push(Orphan::BeyondTwice { scenario: scenario.clone() });
            }
            if let Some(id) = named.get(scenario.as_str()) {
                orphans.push(Orphan::NotBeyond { scenario: scenario.clone(), requirement: (*id).clone() });
            }
        }
        let ids = catalogue.scenarios().iter().map(|scenario| &scenario.id);
        let lost = ids.filter(|id| !named.contains_key(id.as_str()) && !beyond.contains(id.as_str()));
        orphans.extend(lost.map(|id| Orphan::Unaccounted { scenario: id.clone() }));
        orphans
    }
}

fn is_there(name: &ScenarioName, catalogue: &Catalogue) -> bool {
    catalogue.scenario(&name.scenario).is_some_and(|scenario| match &name.variant {
        Some(slug) => scenario.variants.iter().any(|variant| variant.slug == *slug),
        None => true,
    })
}

/// The name of the same kind, scenario or variant, that it most resembles.
fn resembling(name: &ScenarioName, catalogue: &Catalogue) -> Option<String> {
    let variants = |scenario: &Scenario| {
        let id = scenario.id.clone();
        scenario.variants.iter().map(move |variant| format!("{id}@{}", variant.slug)).collect::<Vec<_>>()
    };
    let known: Vec<String> = match name.variant {
        Some(_) => catalogue.scenarios().iter().flat_map(variants).collect(),
        None => catalogue.scenarios().iter().map(|scenario| scenario.id.clone()).collect(),
    };
    nearest(&name.to_string(), known.iter().map(String::as_str)).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A catalogue of two scenarios, each with the variant `one`.
    fn catalogue() -> Catalogue {
        let scenario = |id: &str| {
            format!(
                "[[scenario]]\nid = '{id}'\ntitle = 't'\nexpect = 'refused'\nlevel = 'must'\n\
                 references = []\nwhy = 'w'\n[[scenario.variant]]\nslug = 'one'\n"
            )
        };
        let text = scenario("time/expired") + &scenario("http/methods");
        Catalogue::from_texts([("x.toml".to_owned(), text)], []).unwrap()
    }

    /// What is told of a ledger with one requirement and one scenario beyond.
    fn told(scenarios: &str, beyond: &str) -> Vec<String> {
        let document = format!(
            "rfc = 7519\ntitle = 't'\nsections = ['4.1']\n[[requirement]]\nid = 'RFC7519-4.1.4-01'\n\
             level = 'must'\nsays = 's'\nscenarios = [{scenarios}]\n"
        );
        let beyond: String =
            beyond.split(' ').map(|id| format!("[[beyond]]\nscenario = '{id}'\nbecause = 'b'\n")).collect();
        let ledger = Ledger::from_texts([("rfc7519.toml", &*document), ("beyond.toml", &*beyond)]).unwrap();
        ledger.orphans(&catalogue()).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_ledger_and_the_catalogue_leave_no_orphans() {
        let ledger = Ledger::embedded().unwrap();
        let orphans: Vec<String> =
            ledger.orphans(&Catalogue::embedded().unwrap()).iter().map(ToString::to_string).collect();
        assert!(orphans.is_empty(), "{} orphans:\n{}", orphans.len(), orphans.join("\n"));
    }

    #[test]
    fn names_that_are_there_and_scenarios_that_are_named_are_no_orphans() {
        assert_eq!(told("'time/expired'", "http/methods"), Vec::<String>::new());
        assert_eq!(told("'time/expired@one'", "http/methods"), Vec::<String>::new());
    }

    #[test]
    fn a_requirement_that_names_no_scenario_of_the_catalogue_is_told() {
        let orphans = told("'time/expired', 'time/expird'", "http/methods");
        let expected = "RFC7519-4.1.4-01 names \"time/expird\", which is not in the catalogue: \
                        did you mean \"time/expired\"?";
        assert_eq!(orphans, [expected]);
    }

    #[test]
    fn a_requirement_that_names_no_variant_of_the_scenario_is_told() {
        let orphans = told("'time/expired@two'", "http/methods");
        let expected = "RFC7519-4.1.4-01 names \"time/expired@two\", which is not in the catalogue: \
                        did you mean \"time/expired@one\"?";
        assert_eq!(orphans, [expected]);
    }

    #[test]
    fn a_scenario_that_nothing_accounts_for_is_told() {
        let orphans = told("'http/methods'", "time/nonsense-of-another-kind");
        let expected = [
            "\"time/nonsense-of-another-kind\" is called beyond the requirements and is not in the catalogue",
            "no requirement names \"time/expired\": name it in one, or in beyond.toml with the reason",
        ];
        assert_eq!(orphans, expected);
    }

    #[test]
    fn a_scenario_is_not_beyond_what_names_it() {
        let orphans = told("'time/expired'", "time/expired http/methods http/methods");
        let expected = [
            "\"time/expired\" is called beyond the requirements, and RFC7519-4.1.4-01 names it",
            "\"http/methods\" is called beyond the requirements twice",
        ];
        assert_eq!(orphans, expected);
    }
}
