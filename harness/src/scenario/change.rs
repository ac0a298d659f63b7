use mock_idp::input::{InputError, Table};

use super::expectation::{Access, Expectation, Level, Tier};
use super::parse::statuses;
use super::types::Judgement;

/// What a scenario expects of its token: `expect`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Expect {
    access: Access,
    /// The status that is due where nothing else is said; `None`: any 2xx.
    status: Option<u16>,
}

impl Expect {
    pub(super) const ALL: [(&'static str, Self); 4] = [
        ("accepted", Self { access: Access::Accepted, status: None }),
        ("refused", Self { access: Access::Refused, status: Some(401) }),
        ("forbidden", Self { access: Access::Refused, status: Some(403) }),
        ("either", Self { access: Access::Either, status: Some(401) }),
    ];

    /// The expectation with that level and tier, and all else by default.
    pub(super) fn expectation(self, level: Level, tier: Tier) -> Expectation {
        let status = self.status.into_iter().collect();
        Expectation { access: self.access, level, tier, status, status_level: Level::Should }
    }
}

/// What a variant, or a profile, expects otherwise than the scenario does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExpectationChange {
    expect: Option<Expect>,
    level: Option<Level>,
    tier: Option<Tier>,
    status: Option<Vec<u16>>,
    status_level: Option<Level>,
}

impl ExpectationChange {
    /// Reads the members of a table that speak of the expectation.
    ///
    /// # Errors
    ///
    /// When a word is unknown or a status is none.
    pub(super) fn from_table(table: &Table<'_>) -> Result<Self, InputError> {
        let level = |name| table.get(name).map(|node| node.as_choice(&Level::ALL)).transpose();
        Ok(Self {
            expect: table.get("expect").map(|node| node.as_choice(&Expect::ALL)).transpose()?,
            level: level("level")?,
            tier: table.get("tier").map(|node| node.as_choice(&Tier::ALL)).transpose()?,
            status: table.get("status").map(statuses).transpose()?,
            status_level: level("status-level")?,
        })
    }

    /// Only another level.
    pub(super) fn of_level(level: Level) -> Self {
        Self { level: Some(level), ..Self::default() }
    }

    /// Carries the change out.
    pub(super) fn apply(&self, judgement: &mut Judgement) {
        match judgement {
            Judgement::Exchange(expectation) => self.change(expectation),
            Judgement::Check { level, tier, .. } => {
                *level = self.level.unwrap_or(*level);
                *tier = self.tier.unwrap_or(*tier);
            }
        }
    }

    fn change(&self, expectation: &mut Expectation) {
        if let Some(expect) = self.expect {
            *expectation = expect.expectation(expectation.level, expectation.tier);
        }
        expectation.level = self.level.unwrap_or(expectation.level);
        expectation.tier = self.tier.unwrap_or(expectation.tier);
        expectation.status_level = self.status_level.unwrap_or(expectation.status_level);
        if let Some(status) = &self.status {
            expectation.status.clone_from(status);
        }
    }
}

#[cfg(test)]
mod tests {
    use mock_idp::input::Node;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_change_replaces_what_it_says_and_leaves_the_rest() {
        let node = Node::from_json(&json!({"expect": "accepted", "level": "may"}), "variant");
        let change = ExpectationChange::from_table(&node.as_table().unwrap()).unwrap();
        let refused = Expect::ALL[1].1.expectation(Level::Must, Tier::Critical);
        let mut judgement = Judgement::Exchange(refused);
        change.apply(&mut judgement);
        let Judgement::Exchange(changed) = judgement else { panic!("an exchange") };
        assert_eq!((changed.access, changed.level, changed.tier), (Access::Accepted, Level::May, Tier::Critical));
        assert!(changed.status.is_empty());
    }
}
