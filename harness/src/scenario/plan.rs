use std::sync::Arc;

use mock_idp::input::nearest;
use mock_idp::mutation::Mutation;

use super::catalogue::Catalogue;
use super::delivery::Delivery;
use super::effect::Effect;
use super::expectation::{Expectation, Level, Tier};
use super::profile::Profile;
use super::request::RequestEdit;
use super::selector::Selector;
use super::types::{CheckKind, Judgement, Scenario, Variant};

/// What one run does: every case resolved, nothing left to look up.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Id of the profile that it comes from.
    pub profile: String,
    /// Revision of the catalogue.
    pub revision: String,
    /// Cases with exchanges of their own, in the order of the profile.
    pub cases: Vec<Case>,
    /// Checks over the exchanges of all cases.
    pub checks: Vec<Case>,
    /// Whether selectors left something of the profile out.
    pub partial: bool,
}

/// One variant, ready to be run.
#[derive(Debug, Clone)]
pub struct Case {
    /// Its scenario.
    pub scenario: Arc<Scenario>,
    /// Its variant's slug.
    pub slug: String,
    /// The mutation of the token.
    pub token: Mutation,
    /// The changes to the request.
    pub request: Vec<RequestEdit>,
    /// How the request travels.
    pub delivery: Delivery,
    /// Why this version can't carry it out.
    pub unsupported: Option<String>,
    /// What it is held against, with the profile's levels.
    pub judgement: Judgement,
}

impl Case {
    /// `category/name@variant`.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}@{}", self.scenario.id, self.slug)
    }

    /// The expectation of its exchange; `None` for a check.
    #[must_use]
    pub fn expectation(&self) -> Option<&Expectation> {
        match &self.judgement {
            Judgement::Exchange(expectation) => Some(expectation),
            Judgement::Check { .. } => None,
        }
    }

    /// The check that it is, with its level and tier.
    #[must_use]
    pub fn check(&self) -> Option<(CheckKind, Level, Tier)> {
        match self.judgement {
            Judgement::Check { kind, level, tier } => Some((kind, level, tier)),
            Judgement::Exchange(_) => None,
        }
    }

    fn new(scenario: &Arc<Scenario>, variant: &Variant, profile: &Profile) -> Self {
        let mut judgement = scenario.judgement.clone();
        if let Some(level) = profile.levels.get(&scenario.id) {
            set_level(&mut judgement, *level);
        }
        if let (Judgement::Exchange(expectation), Some(status)) = (&mut judgement, &variant.status) {
            expectation.status.clone_from(status);
        }
        Self {
            scenario: Arc::clone(scenario),
            slug: variant.slug.clone(),
            token: variant.token.clone(),
            request: variant.request.clone(),
            delivery: variant.delivery.clone(),
            unsupported: unsupported(scenario, variant),
            judgement,
        }
    }
}

/// What of a variant the language can say and this version can't do.
fn unsupported(scenario: &Scenario, variant: &Variant) -> Option<String> {
    let steps = (!variant.issuer.is_empty()).then_some("changing the issuer's keys and endpoints");
    let effects = || scenario.effects.iter().find_map(Effect::unsupported);
    let what = steps.or_else(|| variant.delivery.unsupported()).or_else(effects)?;
    Some(format!("{what} is not carried out by this version"))
}

fn set_level(judgement: &mut Judgement, new: Level) {
    match judgement {
        Judgement::Exchange(expectation) => expectation.level = new,
        Judgement::Check { level, .. } => *level = new,
    }
}

/// Why there is nothing to run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PlanError {
    /// No profile has that name.
    #[error("there is no profile \"{name}\": known are {}", known.join(", "))]
    NoSuchProfile {
        /// What was asked for.
        name: String,
        /// All profiles.
        known: Vec<String>,
    },
    /// A selector matches no variant of the profile.
    #[error("\"{selector}\" selects nothing of {profile}{}", hint.as_ref().map(|hint| format!(": {hint}")).unwrap_or_default())]
    NothingSelected {
        /// The selector.
        selector: String,
        /// The profile's id.
        profile: String,
        /// What may have been meant.
        hint: Option<String>,
    },
}

impl Plan {
    /// Chooses the variants of a profile that any selector matches; without
    /// selectors, all of them.
    ///
    /// # Errors
    ///
    /// [`PlanError`] when the profile is unknown, or a selector matches nothing.
    pub fn new(catalogue: &Catalogue, profile: &str, selectors: &[Selector]) -> Result<Self, PlanError> {
        let profile = catalogue.profile(profile).ok_or_else(|| PlanError::NoSuchProfile {
            name: profile.to_owned(),
            known: catalogue.profiles().iter().map(|profile| profile.id.clone()).collect(),
        })?;
        let all = cases(catalogue, profile);
        for selector in selectors {
            if !all.iter().any(|case| selector.matches(&case.scenario.id, &case.slug)) {
                return Err(nothing_selected(selector, profile, catalogue, &all));
            }
        }
        let total = all.len();
        let chosen = |case: &Case| {
            selectors.is_empty() || selectors.iter().any(|selector| selector.matches(&case.scenario.id, &case.slug))
        };
        let (all_checks, all_cases): (Vec<Case>, Vec<Case>) = all.into_iter().partition(|case| case.check().is_some());
        let checks: Vec<Case> = all_checks.into_iter().filter(chosen).collect();
        // A check alone judges the exchanges of all cases.
        let only_checks = !checks.is_empty() && !all_cases.iter().any(chosen);
        let cases: Vec<Case> = all_cases.into_iter().filter(|case| only_checks || chosen(case)).collect();
        let partial = cases.len() + checks.len() < total;
        Ok(Self { profile: profile.id.clone(), revision: catalogue.revision().to_owned(), cases, checks, partial })
    }

    /// Cases and checks, in the order of the profile.
    pub fn all(&self) -> impl Iterator<Item = &Case> {
        self.cases.iter().chain(&self.checks)
    }
}

fn cases(catalogue: &Catalogue, profile: &Profile) -> Vec<Case> {
    let ids = profile.scenarios.iter().chain(catalogue.added());
    let scenarios = ids.filter_map(|id| catalogue.scenario(id));
    scenarios
        .flat_map(|scenario| {
            let scenario = Arc::new(scenario.clone());
            let cases: Vec<Case> =
                scenario.variants.iter().map(|variant| Case::new(&scenario, variant, profile)).collect();
            cases
        })
        .collect()
}

fn nothing_selected(selector: &Selector, profile: &Profile, catalogue: &Catalogue, all: &[Case]) -> PlanError {
    let text = selector.to_string();
    let elsewhere = catalogue
        .scenarios()
        .iter()
        .any(|scenario| scenario.variants.iter().any(|variant| selector.matches(&scenario.id, &variant.slug)));
    let hint = if elsewhere {
        Some("it is in another profile, choose that with --profile".to_owned())
    } else {
        let names: Vec<String> = all.iter().flat_map(|case| [case.scenario.id.clone(), case.name()]).collect();
        nearest(&text, names.iter().map(String::as_str)).map(|name| format!("did you mean \"{name}\"?"))
    };
    PlanError::NothingSelected { selector: text, profile: profile.id.clone(), hint }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(selectors: &[&str]) -> Result<Plan, PlanError> {
        let selectors: Vec<Selector> = selectors.iter().map(|text| text.parse().unwrap()).collect();
        Plan::new(&Catalogue::embedded().unwrap(), "core", &selectors)
    }

    #[test]
    fn a_profile_raises_the_level_of_a_scenario() {
        let plan = plan(&["time/exp-missing"]).unwrap();
        assert_eq!(plan.cases[0].expectation().unwrap().level, Level::Must);
        assert!(plan.partial);
    }

    #[test]
    fn a_selector_that_matches_nothing_is_an_error_that_helps() {
        let error = plan(&["time/*", "time/expird"]).unwrap_err();
        assert_eq!(error.to_string(), "\"time/expird\" selects nothing of core@1: did you mean \"time/expired\"?");
    }

    #[test]
    fn checks_stand_apart_from_cases() {
        let plan = plan(&[]).unwrap();
        assert_eq!(plan.checks.len(), 2);
        assert!(!plan.partial);
    }
}
