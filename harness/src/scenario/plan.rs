use std::collections::BTreeSet;
use std::sync::Arc;

use mock_idp::input::nearest;
use mock_idp::mutation::{KeyName, SigningChoice};
use mock_idp::step::{Action, Step};

use super::catalogue::Catalogue;
use super::change::ExpectationChange;
use super::check_kind::CheckKind;
use super::effect::{Effect, EffectKind};
use super::expectation::{Expectation, Level};
use super::grade::Actor;
use super::holding::LeftOut;
use super::profile::{Profile, ProfileSettings};
use super::selection::Selection;
use super::selector::Selector;
use super::types::{Cache, Judgement, Minted, Scenario, Variant};

/// What one run does: every case resolved, nothing left to look up.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Id of the profile that it comes from.
    pub profile: String,
    /// What the tokens of the profile look like, and how long is waited.
    pub settings: ProfileSettings,
    /// Revision of the catalogue.
    pub revision: String,
    /// Cases with exchanges of their own, in the order of the profile.
    pub cases: Vec<Case>,
    /// Checks over the exchanges of all cases.
    pub checks: Vec<Case>,
    /// Whether a selection left something of the profile out.
    pub partial: bool,
    /// Whether cases with an exchange of their own are left out: what a check over
    /// all exchanges finds sound then proves less.
    pub narrowed: bool,
    /// What of the profile is not in it.
    pub left_out: Vec<Case>,
    /// What can't be carried out with a real token alone ([`Plan::keep_only`]).
    pub lacking: Vec<LeftOut>,
}

/// One variant, ready to be run.
#[derive(Debug, Clone)]
pub struct Case {
    /// Its scenario.
    pub scenario: Arc<Scenario>,
    /// Its variant.
    pub variant: Arc<Variant>,
    /// What a sound server does.
    pub title: String,
    /// What it is held against, with the profile's changes.
    pub judgement: Judgement,
    /// What is expected besides the answer.
    pub effects: Vec<Effect>,
}

/// How a case has to be carried out: what may travel with what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Manner {
    /// With others at the same time, on the same target.
    Together,
    /// On a bench of its own, since it changes the issuer, is counted there, or
    /// takes its time.
    Benched,
    /// At the end and with nothing beside it, since it takes many requests or
    /// weighs heavily.
    Measured,
}

impl Case {
    /// `category/name@variant`.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}@{}", self.scenario.id, self.variant.slug)
    }

    /// Whether a selector chooses it.
    #[must_use]
    pub fn is_chosen_by(&self, selector: &Selector) -> bool {
        selector.chooses(&self.scenario, &self.variant, self.judgement.level())
    }

    /// The expectation of its exchange; `None` for a check.
    #[must_use]
    pub fn expectation(&self) -> Option<&Expectation> {
        match &self.judgement {
            Judgement::Exchange(expectation) => Some(expectation),
            Judgement::Check { .. } => None,
        }
    }

    /// Who could bring it about.
    #[must_use]
    pub fn actor(&self) -> Actor {
        self.variant.actor()
    }

    /// The check that it is, with its level.
    #[must_use]
    pub fn check(&self) -> Option<(CheckKind, Level)> {
        match self.judgement {
            Judgement::Check { kind, level } => Some((kind, level)),
            Judgement::Exchange(_) => None,
        }
    }

    /// Whether it changes what the issuer publishes, or how it answers.
    #[must_use]
    pub fn is_staged(&self) -> bool {
        let variant = &self.variant;
        let has_steps = !variant.issuer.is_empty() || !variant.meanwhile.is_empty();
        has_steps || variant.cache == Cache::Cold || variant.delivery.measure.is_some()
    }

    /// Whether its token is signed with a key of the attacker's, and is the only one that is sent:
    /// whoever takes it lets everybody in. What an issuer is made to say of that key is its word.
    #[must_use]
    pub fn is_forgery(&self) -> bool {
        let vouches = |step: &Step| {
            let publishes = matches!(step.action(), Action::Publish { key, .. } if key.is_attackers());
            publishes || step.uses("listener")
        };
        matches!(self.variant.token.signer(), Some(SigningChoice::Key(key)) if key.is_attackers())
            && !self.variant.request.iter().any(|edit| edit.uses("control"))
            && !self.variant.issuer.iter().any(vouches)
    }

    /// Whether it weighs on the target by its size or its number alone.
    #[must_use]
    pub fn is_heavy(&self) -> bool {
        self.variant.is_heavy()
    }

    /// Whether it is judged by what it costs in growing sizes.
    #[must_use]
    pub fn grows(&self) -> bool {
        !self.variant.larger.is_empty()
    }

    /// The same case in each of its sizes, from the smallest on.
    #[must_use]
    pub fn sizes(&self) -> Vec<Self> {
        let own = Variant { larger: Vec::new(), ..(*self.variant).clone() };
        let larger = self.variant.larger.iter().map(|larger| {
            let token = larger.token.clone().unwrap_or_else(|| own.token.clone());
            let request = larger.request.clone().unwrap_or_else(|| own.request.clone());
            Variant { token, request, ..own.clone() }
        });
        let variants = std::iter::once(own.clone()).chain(larger);
        variants.map(|variant| Self { variant: Arc::new(variant), ..self.clone() }).collect()
    }

    /// How it has to be carried out.
    #[must_use]
    pub fn manner(&self) -> Manner {
        let delivery = &self.variant.delivery;
        if self.is_heavy() || self.grows() || delivery.requests() > MANY || delivery.search.is_some() {
            Manner::Measured
        } else if self.is_staged() || self.counts_fetches() || !delivery.is_plain() {
            Manner::Benched
        } else {
            Manner::Together
        }
    }

    /// Whether requests for the issuer's keys are counted while it is carried out.
    #[must_use]
    pub fn counts_fetches(&self) -> bool {
        self.effects.iter().any(|effect| matches!(effect.kind, EffectKind::IssuerHits(_)))
    }

    /// Whether calls to the attacker's listener are counted.
    #[must_use]
    pub fn counts_calls(&self) -> bool {
        self.effects.iter().any(|effect| matches!(effect.kind, EffectKind::ListenerHits(_)))
    }

    /// Whether its token is signed with the built-in test key of the issuer.
    #[must_use]
    pub fn signs_with_builtin(&self) -> bool {
        self.variant.token.signer() == Some(&SigningChoice::Key(KeyName::Builtin))
    }

    /// Whether it is about a change in the life of a target, which must have
    /// known the issuer before. Any other change at the issuer is made before
    /// the target starts, where the harness starts it.
    #[must_use]
    pub fn needs_life(&self) -> bool {
        match (self.variant.cache, self.variant.minted) {
            (Cache::Warm | Cache::Missed, _) | (Cache::Refreshed, Minted::Before) => true,
            (Cache::Refreshed, Minted::After) | (Cache::Cold, _) => false,
        }
    }

    /// Whether it ends only when the target was seen to fetch again: of all that
    /// is carried out side by side, these begin first.
    #[must_use]
    pub fn waits_for_fetch(&self) -> bool {
        self.is_staged() && self.needs_life()
    }

    fn new(scenario: &Arc<Scenario>, variant: &Variant, profile: &Profile) -> Self {
        let own = variant.change.title().unwrap_or(&scenario.title);
        let title = profile.changes_of(scenario, variant).filter_map(ExpectationChange::title).last().unwrap_or(own);
        Self {
            title: title.to_owned(),
            scenario: Arc::clone(scenario),
            variant: Arc::new(variant.clone()),
            judgement: profile.judgement_of(scenario, variant),
            effects: variant.effects.clone().unwrap_or_else(|| scenario.effects.clone()),
        }
    }
}

/// More requests than this are many.
const MANY: usize = 60;

/// Why there is nothing to run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PlanError {
    /// No profile has that name.
    #[error("there is no profile \"{name}\"{}: known are {}", nearest.as_ref().map(|name| format!("; did you mean \"{name}\"?")).unwrap_or_default(), known.join(", "))]
    NoSuchProfile {
        /// What was asked for.
        name: String,
        /// The one that it most resembles.
        nearest: Option<String>,
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
    /// A selector that is to take something out matches no variant at all.
    #[error("\"{selector}\" excludes nothing{}", hint.as_ref().map(|hint| format!(": {hint}")).unwrap_or_default())]
    NothingExcluded {
        /// The selector.
        selector: String,
        /// What may have been meant.
        hint: Option<String>,
    },
    /// What is selected is excluded, all of it, or is not among the names asked for.
    #[error("nothing of {profile} is left: what is selected is excluded as well, or did not fail last")]
    NothingLeft {
        /// The profile's id.
        profile: String,
    },
}

impl PlanError {
    /// With the profile that was meant, it may be: by its name, or with its version.
    pub(crate) fn no_such_profile(catalogue: &Catalogue, name: &str) -> Self {
        let known: Vec<String> = catalogue.profiles().iter().map(|profile| profile.id.clone()).collect();
        let names = known.iter().filter_map(|id| id.split('@').next()).chain(known.iter().map(String::as_str));
        Self::NoSuchProfile { name: name.to_owned(), nearest: nearest(name, names).map(str::to_owned), known }
    }
}

impl Plan {
    /// Chooses the variants of a profile that any selector chooses; without
    /// selectors, all of them.
    ///
    /// # Errors
    ///
    /// As for [`Plan::of_selection`].
    pub fn new(catalogue: &Catalogue, profile: &str, selectors: &[Selector]) -> Result<Self, PlanError> {
        Self::of_selection(catalogue, profile, &Selection::of(selectors))
    }

    /// What a selection takes of a profile.
    ///
    /// # Errors
    ///
    /// [`PlanError`] when the profile is unknown, a selector chooses nothing, or
    /// nothing is left.
    pub fn of_selection(catalogue: &Catalogue, profile: &str, selection: &Selection) -> Result<Self, PlanError> {
        let profile = catalogue.profile(profile).ok_or_else(|| PlanError::no_such_profile(catalogue, profile))?;
        let all = cases(catalogue, profile);
        selection.check(profile, catalogue, &all)?;
        let (all_checks, all_cases): (Vec<Case>, Vec<Case>) = all.into_iter().partition(|case| case.check().is_some());
        // A check alone judges the exchanges of all cases.
        let only_checks = all_checks.iter().any(|case| selection.wants(case) && selection.keeps(case))
            && !all_cases.iter().any(|case| selection.wants(case));
        let takes = |case: &Case| selection.keeps(case) && selection.wants(case);
        let (checks, unchecked): (Vec<Case>, Vec<Case>) = all_checks.into_iter().partition(takes);
        let (cases, unsent): (Vec<Case>, Vec<Case>) =
            all_cases.into_iter().partition(|case| if only_checks { selection.keeps(case) } else { takes(case) });
        let narrowed = !unsent.is_empty();
        let left_out: Vec<Case> = unsent.into_iter().chain(unchecked).collect();
        if cases.is_empty() && checks.is_empty() && !left_out.is_empty() {
            return Err(PlanError::NothingLeft { profile: profile.id.clone() });
        }
        Ok(Self {
            profile: profile.id.clone(),
            settings: profile.settings.clone(),
            revision: catalogue.revision().to_owned(),
            cases,
            checks,
            partial: !left_out.is_empty(),
            narrowed,
            left_out,
            lacking: Vec::new(),
        })
    }

    /// Whether any token, request or step speaks of that placeholder.
    #[must_use]
    pub fn uses(&self, placeholder: &str) -> bool {
        self.cases.iter().any(|case| case.variant.uses(placeholder))
    }

    /// Cases and checks, in the order of the profile.
    pub fn all(&self) -> impl Iterator<Item = &Case> {
        self.cases.iter().chain(&self.checks)
    }

    /// How many scenarios these are of.
    #[must_use]
    pub fn scenarios(&self) -> usize {
        self.all().map(|case| case.scenario.id.as_str()).collect::<BTreeSet<_>>().len()
    }
}

fn cases(catalogue: &Catalogue, profile: &Profile) -> Vec<Case> {
    let added = catalogue.added().iter().filter(|id| !profile.scenarios.contains(id));
    let ids = profile.scenarios.iter().chain(added);
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
    fn a_forgery_is_signed_by_the_attacker_and_travels_alone() {
        let catalogue = Catalogue::embedded().unwrap();
        let is_forgery = |profile: &str, name: &str| {
            let plan = Plan::new(&catalogue, profile, &[name.parse().unwrap()]).unwrap();
            plan.cases.iter().all(Case::is_forgery)
        };
        assert!(is_forgery("core", "signature/foreign-key-same-kid"));
        assert!(is_forgery("hardening", "keys/unknown-kid-flood"));
        assert!(!is_forgery("core", "time/expired"));
        assert!(!is_forgery("rfc6750", "transport/two-methods@forged-in-header"));
        assert!(!is_forgery("hardening", "keys/jwks-transport@redirect-elsewhere"));
    }

    /// A title says what a sound server does: it can't serve the opposite as well.
    #[test]
    fn an_expectation_that_is_turned_round_has_a_title_of_its_own() {
        let catalogue = Catalogue::embedded().unwrap();
        let cases = catalogue.profiles().iter().flat_map(|profile| cases(&catalogue, profile));
        let access = |judgement: &Judgement| match judgement {
            Judgement::Exchange(expectation) => Some(expectation.access),
            Judgement::Check { .. } => None,
        };
        let is_turned = |case: &Case| {
            access(&case.judgement).is_some_and(|access_here| access(&case.scenario.judgement) != Some(access_here))
        };
        let turned: Vec<Case> = cases.filter(is_turned).collect();
        let untitled: Vec<String> =
            turned.iter().filter(|case| case.title == case.scenario.title).map(Case::name).collect();
        assert!(turned.len() > 10, "{}", turned.len());
        assert!(untitled.is_empty(), "{untitled:?}");
    }

    #[test]
    fn checks_stand_apart_from_cases() {
        let plan = plan(&[]).unwrap();
        assert_eq!(plan.checks.len(), 2);
        assert!(!plan.partial);
    }
}
