//! Verdicts: what an exchange proves about the target. Pure functions.

mod cause;
mod evidence;
mod held;
mod judge;
mod kind;
mod observation;

pub use cause::Cause;
pub use evidence::{Companion, Evidence, Fault, Unfetched, judge_case};
pub use held::Held;
pub use judge::judge;
pub use kind::VerdictKind;
pub use observation::{Answered, ChallengeClass, Death, Lost, Observation};

use serde::{Deserialize, Serialize};

use crate::scenario::{Actor, Level, Tier};

/// A judgement with its weight and its cause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// Which of the eight verdicts.
    pub kind: VerdictKind,
    /// Level of the expectation that decided.
    pub level: Level,
    /// How much it matters.
    pub tier: Tier,
    /// Who could bring it about.
    pub actor: Actor,
    /// What is behind it: findings of one cause are shown as one.
    pub cause: Cause,
    /// One sentence for a person.
    pub reason: String,
}

impl Verdict {
    /// The graver of two verdicts on the same thing; of equal ones, the first.
    ///
    /// Associative and idempotent, so that any number of verdicts merge in any
    /// grouping.
    #[must_use]
    pub fn merge(self, other: Self) -> Self {
        if other.outweighs(&self) { other } else { self }
    }

    /// Whether it is graver than another: by verdict, then level, then tier.
    #[must_use]
    pub fn outweighs(&self, other: &Self) -> bool {
        self.weight() > other.weight()
    }

    /// Whether it makes the run fail (exit 1).
    #[must_use]
    pub fn fails(&self, strictness: Strictness) -> bool {
        let at_level = |level| self.level >= level;
        let bar = if strictness.strict { Level::Should } else { Level::Must };
        match self.kind {
            VerdictKind::Vulnerable | VerdictKind::Error => true,
            VerdictKind::Broken | VerdictKind::Deviates => at_level(bar) || self.cause.is_unavailability(),
            VerdictKind::Inconclusive => !strictness.allow_inconclusive && at_level(Level::Must),
            VerdictKind::Pass | VerdictKind::Note | VerdictKind::Skipped => false,
        }
    }

    fn weight(&self) -> (VerdictKind, Level, Tier) {
        (self.kind, self.level, self.tier)
    }
}

/// How strict the exit code is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Strictness {
    /// A deviation from a recommendation fails as well.
    pub strict: bool,
    /// A demand that could not be judged does not fail.
    pub allow_inconclusive: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Vec<Verdict> {
        let mut verdicts = Vec::new();
        for kind in VerdictKind::ALL {
            for level in [Level::Observe, Level::Should, Level::Must] {
                for tier in [Tier::Low, Tier::Critical] {
                    verdicts.push(Verdict {
                        kind,
                        level,
                        tier,
                        actor: Actor::Anyone,
                        cause: Cause::None,
                        reason: String::new(),
                    });
                }
            }
        }
        verdicts
    }

    #[test]
    fn merging_is_idempotent_commutative_in_weight_and_associative() {
        let verdicts = all();
        for a in &verdicts {
            assert_eq!(&a.clone().merge(a.clone()), a);
            for b in &verdicts {
                assert_eq!(a.clone().merge(b.clone()).weight(), b.clone().merge(a.clone()).weight());
                for c in verdicts.iter().step_by(5) {
                    let left = a.clone().merge(b.clone()).merge(c.clone());
                    assert_eq!(left, a.clone().merge(b.clone().merge(c.clone())));
                }
            }
        }
    }

    #[test]
    fn a_bypass_outweighs_everything_that_the_target_did() {
        let worst = all().into_iter().filter(|v| v.kind != VerdictKind::Error).reduce(Verdict::merge).unwrap();
        assert_eq!(worst.kind, VerdictKind::Vulnerable);
    }

    #[test]
    fn a_deviation_from_a_recommendation_fails_under_strict_only() {
        let deviates = |cause| Verdict {
            kind: VerdictKind::Deviates,
            level: Level::Should,
            tier: Tier::Low,
            actor: Actor::Anyone,
            cause,
            reason: String::new(),
        };
        let wrong = deviates(Cause::WrongStatus { status: 403, expected: vec![401] });
        assert!(!wrong.fails(Strictness::default()));
        assert!(wrong.fails(Strictness { strict: true, ..Strictness::default() }));
        assert!(deviates(Cause::ServerError { status: 500 }).fails(Strictness::default()));
    }
}
