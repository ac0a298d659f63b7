use std::time::Duration;

use mock_idp::dialect::IssuerPath;
use mock_idp::mutation::Mutation;
use mock_idp::step::Step;

use super::capability::{Capability, Demand};
use super::change::ExpectationChange;
use super::check_kind::CheckKind;
use super::delivery::Delivery;
use super::effect::Effect;
use super::expectation::{Expectation, Level, Tier};
use super::grade::{Actor, Obtained};
use super::reference::Reference;
use super::request::RequestEdit;

/// One scenario: what is sent, what is expected, and why it matters.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// `category/name`, as selectors take it.
    pub id: String,
    /// One sentence: what a sound server does.
    pub title: String,
    /// What it is held against.
    pub judgement: Judgement,
    /// What is expected besides the answer.
    pub effects: Vec<Effect>,
    /// The sections of the standards that ask for it.
    pub references: Vec<Reference>,
    /// CVEs that it would have caught.
    pub caught: Vec<String>,
    /// The scenario that an acceptance here only repeats, where that one found
    /// one as well: both are one finding.
    pub repeats: Option<String>,
    /// What the standard says, how the attack works, the usual cause, the fix.
    pub why: String,
    /// Its variants, never none.
    pub variants: Vec<Variant>,
}

impl Scenario {
    /// The part of the id before the slash.
    #[must_use]
    pub fn category(&self) -> &str {
        self.id.split('/').next().unwrap_or_default()
    }

    /// Its id, and the names of its variants.
    pub fn names(&self) -> impl Iterator<Item = String> {
        let variants = self.variants.iter().map(|variant| format!("{}@{}", self.id, variant.slug));
        std::iter::once(self.id.clone()).chain(variants)
    }

    /// What one of its variants is held against, where no profile says otherwise.
    #[must_use]
    pub fn judgement_of(&self, variant: &Variant) -> Judgement {
        let mut judgement = match variant.check {
            Some(kind) => Judgement::Check { kind, level: self.level() },
            None => self.judgement.clone(),
        };
        variant.change.apply(&mut judgement);
        judgement
    }

    /// The level of its main expectation.
    #[must_use]
    pub fn level(&self) -> Level {
        self.judgement.level()
    }

    /// The gravest tier that a finding of it can have by what it is about,
    /// where no profile says otherwise.
    #[must_use]
    pub fn tier(&self) -> Tier {
        let of = |variant: &Variant| self.judgement_of(variant).tier(variant.actor());
        self.variants.iter().map(of).max().unwrap_or(Tier::Info)
    }
}

/// What a scenario judges.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judgement {
    /// Its own exchange.
    Exchange(Expectation),
    /// The exchanges of the whole run.
    Check {
        /// Which check.
        kind: CheckKind,
        /// How binding it is.
        level: Level,
    },
}

impl Judgement {
    /// How binding it is.
    #[must_use]
    pub fn level(&self) -> Level {
        match self {
            Self::Exchange(expectation) => expectation.level,
            Self::Check { level, .. } => *level,
        }
    }

    /// How much it matters when it is otherwise, by who could bring it about.
    #[must_use]
    pub fn tier(&self, actor: Actor) -> Tier {
        match self {
            Self::Exchange(expectation) => expectation.outcome().tier(actor, expectation.level),
            Self::Check { kind, level } => kind.outcome().tier(actor, *level),
        }
    }
}

/// One row of a scenario.
#[derive(Debug, Clone)]
pub struct Variant {
    /// Its stable name within the scenario.
    pub slug: String,
    /// What is done to the control token.
    pub token: Mutation,
    /// When the token is made. Defaults to after the issuer's steps.
    pub minted: Minted,
    /// What is done to the request that carries it.
    pub request: Vec<RequestEdit>,
    /// The path of the issuer identifier, where it is about that: the target is started
    /// for an issuer of its own that has it. `None`: the identifier of the run.
    pub issuer_path: Option<IssuerPath>,
    /// What happens at the issuer before.
    pub issuer: Vec<Step>,
    /// What the target knows of the issuer's keys when the request is sent.
    pub cache: Cache,
    /// What happens at the issuer when half of the requests are sent.
    pub meanwhile: Vec<Step>,
    /// Where somebody has its token from.
    pub obtained: Obtained,
    /// How the request travels.
    pub delivery: Delivery,
    /// The same attack in larger sizes, from the smallest on, where it is judged
    /// by what it costs: see [`Larger`]. Defaults to none.
    pub larger: Vec<Larger>,
    /// What all sizes together cost a weak server of CPU time, measured; a sound
    /// one takes nothing to speak of. There where `larger` is, at most 2 s.
    pub costs: Option<Duration>,
    /// What is expected otherwise than the scenario says.
    pub change: ExpectationChange,
    /// Effects in place of the scenario's.
    pub effects: Option<Vec<Effect>>,
    /// Another check than the scenario's.
    pub check: Option<CheckKind>,
    /// What the target must be able to do, besides what placeholders show.
    pub declared: Vec<Demand>,
    /// What the target must not be able to do: where it is, the case proves nothing.
    pub undeclared: Vec<Capability>,
    /// Whether it takes long or weighs heavily: it runs with `--slow` only.
    pub slow: bool,
}

impl Variant {
    /// Everything that the owner of a target must have declared for it.
    #[must_use]
    pub fn demands(&self) -> Vec<Demand> {
        let behind = |name| self.request.iter().any(|edit| edit.uses(name));
        let of_placeholders =
            Capability::placeholders().filter(|(_, name)| behind(name)).map(|(capability, _)| capability.into());
        let mut all: Vec<Demand> = self.declared.iter().copied().chain(of_placeholders).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Whether the owner of a target must have declared that for it.
    #[must_use]
    pub fn needs_declared(&self, capability: Capability) -> bool {
        self.demands().iter().any(|demand| demand.capability == capability)
    }

    /// Whether it weighs on the target by its size or its number alone.
    #[must_use]
    pub fn is_heavy(&self) -> bool {
        self.slow && !self.delivery.takes_time()
    }

    /// Whether the issuer is as it always is.
    pub(super) fn is_unstaged(&self) -> bool {
        self.issuer.is_empty() && self.meanwhile.is_empty() && self.cache == Cache::Refreshed
    }

    /// Whether a text of its token, its request or a step has that placeholder.
    #[must_use]
    pub fn uses(&self, placeholder: &str) -> bool {
        self.token.uses(placeholder)
            || self.request.iter().any(|edit| edit.uses(placeholder))
            || self.issuer.iter().chain(&self.meanwhile).any(|step| step.uses(placeholder))
            || self.larger.iter().any(|larger| larger.uses(placeholder))
    }
}

/// One larger size of an attack on the server's time. A weak server works at
/// least four times as long on it as on the size before, a sound one no longer.
#[derive(Debug, Clone)]
pub struct Larger {
    /// What is done to the control token; the variant's own where it is `None`.
    pub token: Option<Mutation>,
    /// What is done to the request; the variant's own where it is `None`.
    pub request: Option<Vec<RequestEdit>>,
}

impl Larger {
    fn uses(&self, placeholder: &str) -> bool {
        self.token.as_ref().is_some_and(|token| token.uses(placeholder))
            || self.request.iter().flatten().any(|edit| edit.uses(placeholder))
    }
}

/// When a variant's token is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Minted {
    /// Before the issuer's steps are carried out.
    Before,
    /// After them.
    After,
}

/// What the target knows of the issuer's keys when the case is sent, for
/// variants with steps of the issuer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cache {
    /// It has fetched what the steps made: a twin key proves it.
    Refreshed,
    /// It had accepted the control before the steps.
    Warm,
    /// It has nothing, or nothing that helps.
    Cold,
    /// It had refused the case's token before the steps: of its key it may
    /// remember that there is none.
    Missed,
}

impl Cache {
    /// Whether a twin key is published beside the changed ones: a target that takes
    /// a token signed with it has fetched.
    #[must_use]
    pub fn has_twin(self) -> bool {
        matches!(self, Self::Refreshed | Self::Missed)
    }
}
