use mock_idp::mutation::Mutation;

use super::delivery::Delivery;
use super::effect::Effect;
use super::expectation::{Expectation, Level, Tier};
use super::issuer_step::IssuerStep;
use super::reference::Reference;
use super::request::RequestEdit;
use crate::verdict::VerdictKind;

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

    /// The level of its main expectation.
    #[must_use]
    pub fn level(&self) -> Level {
        match &self.judgement {
            Judgement::Exchange(expectation) => expectation.level,
            Judgement::Check { level, .. } => *level,
        }
    }

    /// The tier of its main expectation.
    #[must_use]
    pub fn tier(&self) -> Tier {
        match &self.judgement {
            Judgement::Exchange(expectation) => expectation.tier,
            Judgement::Check { tier, .. } => *tier,
        }
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
        /// How much a failure matters.
        tier: Tier,
    },
}

/// A check over all exchanges of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CheckKind {
    /// Every 401 carries a Bearer challenge with a parameter.
    ChallengeOn401,
    /// The control is accepted after each scenario.
    AliveAfter,
}

impl CheckKind {
    /// Every check with its word.
    pub const ALL: [(&'static str, Self); 2] =
        [("challenge-on-401", Self::ChallengeOn401), ("alive-after", Self::AliveAfter)];

    /// What a failure of it comes to: a wrong answer deviates, a valid token
    /// that is refused is broken.
    #[must_use]
    pub fn failure(self) -> VerdictKind {
        match self {
            Self::ChallengeOn401 => VerdictKind::Deviates,
            Self::AliveAfter => VerdictKind::Broken,
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
    /// What is done to the request that carries it.
    pub request: Vec<RequestEdit>,
    /// What happens at the issuer before.
    pub issuer: Vec<IssuerStep>,
    /// How the request travels.
    pub delivery: Delivery,
    /// Statuses in place of the scenario's, for this variant.
    pub status: Option<Vec<u16>>,
}
