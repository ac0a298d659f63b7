use std::collections::BTreeSet;

use mock_idp::input::nearest;

use super::catalogue::Catalogue;
use super::plan::{Case, PlanError};
use super::profile::Profile;
use super::reference::Reference;
use super::selector::Selector;
use super::types::{Scenario, Variant};

/// What a run takes of its profile. The default takes everything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// What any of these chooses; everything where there is none.
    pub only: Vec<Selector>,
    /// Of that, variants of these names, each `id@slug`; all where it is `None`.
    pub among: Option<BTreeSet<String>>,
    /// What any of these chooses is taken out.
    pub without: Vec<Selector>,
}

impl Selection {
    /// What any of these selectors chooses; everything for none.
    #[must_use]
    pub fn of(selectors: &[Selector]) -> Self {
        Self { only: selectors.to_vec(), ..Self::default() }
    }

    /// Whether the case is asked for.
    pub(super) fn wants(&self, case: &Case) -> bool {
        (self.only.is_empty() || self.only.iter().any(|selector| case.is_chosen_by(selector)))
            && self.among.as_ref().is_none_or(|names| names.contains(&case.name()))
    }

    /// Whether the case is left in.
    pub(super) fn keeps(&self, case: &Case) -> bool {
        !self.without.iter().any(|selector| case.is_chosen_by(selector))
    }

    /// That each selector chooses something: of the profile, and of anything where it only takes out.
    pub(super) fn check(&self, profile: &Profile, catalogue: &Catalogue, all: &[Case]) -> Result<(), PlanError> {
        let idle = |selector: &&Selector| !all.iter().any(|case| case.is_chosen_by(selector));
        if let Some(selector) = self.only.iter().find(idle) {
            return Err(PlanError::NothingSelected {
                selector: selector.to_string(),
                profile: profile.id.clone(),
                hint: hint(selector, catalogue, all),
            });
        }
        // What another profile has is not there to be taken out, and that is what was asked for.
        let unknown = |selector: &&Selector| idle(selector) && scenarios_of(selector, catalogue).is_empty();
        match self.without.iter().find(unknown) {
            Some(selector) => {
                Err(PlanError::NothingExcluded { selector: selector.to_string(), hint: hint(selector, catalogue, all) })
            }
            None => Ok(()),
        }
    }
}

/// Scenarios of any profile that the selector chooses a variant of.
fn scenarios_of<'a>(selector: &Selector, catalogue: &'a Catalogue) -> Vec<&'a str> {
    let chosen = |scenario: &Scenario, variant: &Variant| {
        selector.chooses(scenario, variant, scenario.judgement_of(variant).level())
    };
    let any = |scenario: &&Scenario| scenario.variants.iter().any(|variant| chosen(scenario, variant));
    catalogue.scenarios().iter().filter(any).map(|scenario| scenario.id.as_str()).collect()
}

/// What may have been meant by a selector that chooses nothing.
fn hint(selector: &Selector, catalogue: &Catalogue, all: &[Case]) -> Option<String> {
    let text = selector.to_string();
    if selector.is_by_level() {
        return Some(format!("its levels are {}", in_order(all.iter().map(|case| case.judgement.level().to_string()))));
    }
    let elsewhere = scenarios_of(selector, catalogue);
    if !elsewhere.is_empty() {
        return Some(where_else(&elsewhere, catalogue));
    }
    if let Some(rfc) = selector.rfc() {
        return Some(sections(rfc, all));
    }
    if all.iter().any(|case| case.scenario.category() == text) {
        return Some(format!("did you mean \"{text}/*\"?"));
    }
    let names = all.iter().flat_map(|case| [case.scenario.id.clone(), case.name()]);
    let numbers = all.iter().flat_map(|case| &case.scenario.caught).map(|number| format!("tag:{number}"));
    let known: Vec<String> = if selector.is_by_name() { names.collect() } else { numbers.collect() };
    nearest(&text, known.iter().map(String::as_str)).map(|name| format!("did you mean \"{name}\"?"))
}

/// What there is of an RFC, or which ones there are.
fn sections(rfc: u32, all: &[Case]) -> String {
    let references = || all.iter().flat_map(|case| &case.scenario.references).filter_map(Reference::rfc);
    let of_it = in_order(references().filter(|(number, _)| *number == rfc).map(|(_, section)| section.to_owned()));
    if of_it.is_empty() {
        format!("it goes by RFC {}", in_order(references().map(|(number, _)| number.to_string())))
    } else {
        format!("of RFC {rfc} it has the sections {of_it}")
    }
}

fn in_order(texts: impl Iterator<Item = String>) -> String {
    texts.collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(", ")
}

/// Which profiles have one of these scenarios.
fn where_else(ids: &[&str], catalogue: &Catalogue) -> String {
    let has_one = |profile: &&Profile| profile.scenarios.iter().any(|id| ids.contains(&id.as_str()));
    let names: Vec<&str> = catalogue.profiles().iter().filter(has_one).map(|profile| profile.id.as_str()).collect();
    match names.as_slice() {
        [] => "it is in no profile: put it into one of your own, and choose that with --profile FILE.toml".to_owned(),
        names => format!("it is in {}: choose with --profile", names.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Plan;

    fn selectors(texts: &[&str]) -> Vec<Selector> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    fn plan(only: &[&str], without: &[&str]) -> Result<Plan, PlanError> {
        let selection = Selection { without: selectors(without), ..Selection::of(&selectors(only)) };
        Plan::of_selection(&Catalogue::embedded().unwrap(), "core", &selection)
    }

    fn names(plan: &Plan) -> Vec<String> {
        plan.all().map(Case::name).collect()
    }

    #[test]
    fn a_selector_that_matches_nothing_is_an_error_that_helps() {
        let told = |only: &[&str]| plan(only, &[]).unwrap_err().to_string();
        let nothing = |text: &str| format!("\"{text}\" selects nothing of core@1");
        assert_eq!(told(&["time/*", "time/expird"]), nothing("time/expird") + ": did you mean \"time/expired\"?");
        assert_eq!(
            told(&["rfc7519/4.1.44"]),
            nothing("rfc7519/4.1.44") + ": of RFC 7519 it has the sections 4.1.3, 4.1.4, 4.1.5"
        );
        assert!(told(&["rfc1"]).contains(": it goes by RFC 6749, 6750, 7515"), "{}", told(&["rfc1"]));
        assert!(told(&["tag:CVE-2022-36083"]).contains(": it is in "), "{}", told(&["tag:CVE-2022-36083"]));
        assert!(told(&["level:observe"]).starts_with(&(nothing("level:observe") + ": its levels are ")));
    }

    #[test]
    fn what_is_excluded_is_left_out_whatever_selects_it() {
        let whole = plan(&[], &[]).unwrap();
        let plan = plan(&["time/*"], &["time/expired", "level:should"]).unwrap();
        assert!(!names(&plan).is_empty() && names(&plan).iter().all(|name| !name.starts_with("time/expired@")));
        assert_eq!(plan.all().count() + plan.left_out.len(), whole.all().count());
        assert!(plan.partial && plan.narrowed);
    }

    #[test]
    fn a_check_that_is_left_out_narrows_nothing() {
        let plan = plan(&[], &["response/challenge-present"]).unwrap();
        assert!(plan.partial && !plan.narrowed);
    }

    #[test]
    fn an_exclusion_of_another_profile_is_no_mistake_and_one_of_nothing_is() {
        assert!(!plan(&[], &["dos/deep-json"]).unwrap().partial);
        let error = plan(&[], &["time/expird"]).unwrap_err().to_string();
        assert_eq!(error, "\"time/expird\" excludes nothing: did you mean \"time/expired\"?");
        let error = plan(&["time/expired"], &["time/*"]).unwrap_err().to_string();
        assert_eq!(error, "nothing of core@1 is left: what is selected is excluded as well, or did not fail last");
    }

    #[test]
    fn a_check_alone_judges_every_case_that_is_not_excluded() {
        let plan = plan(&["response/challenge-present"], &["time/expired"]).unwrap();
        assert_eq!(plan.checks.len(), 1);
        assert!(plan.cases.len() > 20 && plan.narrowed);
    }

    #[test]
    fn variants_by_name_narrow_what_is_selected() {
        let among = Some(["time/expired@one-hour", "issuer/other@another-host"].map(str::to_owned).into());
        let selection = Selection { among, ..Selection::of(&selectors(&["time/*"])) };
        let plan = Plan::of_selection(&Catalogue::embedded().unwrap(), "core", &selection).unwrap();
        assert_eq!(names(&plan), ["time/expired@one-hour"]);
    }
}
