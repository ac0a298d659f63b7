use mock_idp::input::{InputError, Table};

use super::expectation::{Access, Expectation, Level};
use super::grade::{Form, Gap};
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

    /// The expectation with that level, and all else by default.
    pub(super) fn expectation(self, level: Level) -> Expectation {
        let status = self.status.into_iter().collect();
        let (gap, form) = (Gap::default(), Form::default());
        Expectation { access: self.access, level, gap, form, status, status_level: Level::Should }
    }
}

/// What a variant, or a profile, expects otherwise than the scenario does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExpectationChange {
    expect: Option<Expect>,
    level: Option<Level>,
    gap: Option<Gap>,
    form: Option<Form>,
    status: Option<Vec<u16>>,
    status_level: Option<Level>,
    title: Option<String>,
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
            gap: table.get("gap").map(|node| node.as_choice(&Gap::ALL)).transpose()?,
            form: table.get("form").map(|node| node.as_choice(&Form::ALL)).transpose()?,
            status: table.get("status").map(statuses).transpose()?,
            status_level: level("status-level")?,
            title: table.text("title")?.map(str::to_owned),
        })
    }

    /// One sentence, in place of the scenario's, that says what a sound server
    /// does here.
    pub(super) fn title(&self) -> Option<&str> {
        self.title.as_deref()
    }

    /// Only another level.
    pub(super) fn of_level(level: Level) -> Self {
        Self { level: Some(level), ..Self::default() }
    }

    /// Carries the change out.
    pub(super) fn apply(&self, judgement: &mut Judgement) {
        match judgement {
            Judgement::Exchange(expectation) => self.change(expectation),
            Judgement::Check { level, .. } => *level = self.level.unwrap_or(*level),
        }
    }

    fn change(&self, expectation: &mut Expectation) {
        if let Some(expect) = self.expect {
            let (gap, form) = (expectation.gap, expectation.form);
            *expectation = Expectation { gap, form, ..expect.expectation(expectation.level) };
        }
        expectation.level = self.level.unwrap_or(expectation.level);
        expectation.gap = self.gap.unwrap_or(expectation.gap);
        expectation.form = self.form.unwrap_or(expectation.form);
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
        let refused = Expect::ALL[1].1.expectation(Level::Must);
        let mut judgement = Judgement::Exchange(refused);
        change.apply(&mut judgement);
        let Judgement::Exchange(changed) = judgement else { panic!("an exchange") };
        assert_eq!((changed.access, changed.level), (Access::Accepted, Level::May));
        assert!(changed.status.is_empty());
    }
}
