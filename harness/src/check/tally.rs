use std::collections::BTreeMap;

use super::look::Looked;
use crate::scenario::{Actor, CheckKind};

/// What the checks have said so far: counts, and a few examples of each fault.
#[derive(Debug, Clone, Default)]
pub struct Tally(BTreeMap<CheckKind, Count>);

#[derive(Debug, Clone, Default)]
struct Count {
    judged: usize,
    failed: usize,
    /// Who could bring the gravest of the failed ones about.
    worst: Option<Actor>,
    examples: Vec<(String, String)>,
}

/// What a check comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CheckOutcome {
    /// There was no exchange to judge.
    NothingToJudge,
    /// All of that many exchanges are as they should be.
    Sound {
        /// How many were judged.
        judged: usize,
    },
    /// Some are not.
    Failed {
        /// How many were judged.
        judged: usize,
        /// How many of them are not as they should be.
        failed: usize,
        /// Some of these, each a case with what is wrong.
        examples: Vec<(String, String)>,
    },
}

/// How many examples of a fault are kept.
const EXAMPLES: usize = 20;

impl Tally {
    /// Takes what the checks said of an exchange of that case, which these could
    /// bring about.
    pub fn take(&mut self, case: &str, actor: Actor, looked: Vec<Looked>) {
        for (kind, fault) in looked {
            self.count(kind, case, actor, fault);
        }
    }

    /// Counts one thing that was judged by a check.
    pub fn count(&mut self, kind: CheckKind, case: &str, actor: Actor, fault: Option<String>) {
        let count = self.0.entry(kind).or_default();
        count.judged += 1;
        let Some(fault) = fault else { return };
        count.failed += 1;
        count.worst = count.worst.max(Some(actor));
        if count.examples.len() < EXAMPLES && !count.examples.iter().any(|(known, _)| known == case) {
            count.examples.push((case.to_owned(), fault));
        }
    }

    /// Who could bring the gravest failure of a check about.
    #[must_use]
    pub fn worst(&self, kind: CheckKind) -> Option<Actor> {
        self.0.get(&kind)?.worst
    }

    /// What a check comes to.
    #[must_use]
    pub fn outcome(&self, kind: CheckKind) -> CheckOutcome {
        match self.0.get(&kind) {
            None => CheckOutcome::NothingToJudge,
            Some(count) if count.failed == 0 => CheckOutcome::Sound { judged: count.judged },
            Some(count) => {
                CheckOutcome::Failed { judged: count.judged, failed: count.failed, examples: count.examples.clone() }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_without_an_exchange_has_nothing_to_judge() {
        let mut tally = Tally::default();
        assert_eq!(tally.outcome(CheckKind::No5xx), CheckOutcome::NothingToJudge);
        tally.take("a/b@c", Actor::Anyone, vec![(CheckKind::No5xx, None)]);
        assert_eq!(tally.outcome(CheckKind::No5xx), CheckOutcome::Sound { judged: 1 });
        for _ in 0..100 {
            tally.take("a/b@d", Actor::OnlyTheIssuer, vec![(CheckKind::No5xx, Some("500".to_owned()))]);
        }
        assert_eq!(tally.worst(CheckKind::No5xx), Some(Actor::OnlyTheIssuer), "not that of a sound exchange");
        let examples = vec![("a/b@d".to_owned(), "500".to_owned())];
        assert_eq!(tally.outcome(CheckKind::No5xx), CheckOutcome::Failed { judged: 101, failed: 100, examples });
    }
}
