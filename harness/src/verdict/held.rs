use crate::scenario::{Actor, Case, Effect, Expectation, Level, Outcome, Tier};

/// What a case is held against, and who could bring it about.
#[derive(Debug, Clone)]
pub struct Held<'a> {
    /// The scenario's id.
    pub scenario: &'a str,
    /// What is expected of the answer.
    pub expectation: Expectation,
    /// What is expected besides.
    pub effects: &'a [Effect],
    /// Who could bring it about.
    pub actor: Actor,
}

impl<'a> Held<'a> {
    /// What that case is held against; `None` for a check.
    #[must_use]
    pub fn of(case: &'a Case) -> Option<Self> {
        let expectation = case.expectation()?.clone();
        Some(Self { scenario: &case.scenario.id, expectation, effects: &case.effects, actor: case.actor() })
    }

    /// How much it matters when the answer is otherwise than expected.
    pub(super) fn tier(&self) -> Tier {
        self.tier_of(self.expectation.outcome())
    }

    /// How much that matters here.
    pub(super) fn tier_of(&self, outcome: Outcome) -> Tier {
        outcome.tier(self.actor, self.expectation.level)
    }

    /// How much that matters here, of a demand of another level.
    pub(super) fn tier_at(&self, outcome: Outcome, level: Level) -> Tier {
        outcome.tier(self.actor, level)
    }
}
