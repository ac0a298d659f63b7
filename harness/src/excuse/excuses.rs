use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use super::accept::Accept;
use super::date::Date;
use super::outdated::{Outdated, Why};
use crate::event::CaseResult;
use crate::scenario::{Case, Plan};
use crate::verdict::VerdictKind;

/// Why a finding does not fail the run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Excuse {
    /// Somebody answers for it.
    Accepted {
        /// Why.
        reason: String,
        /// Who.
        owner: Option<String>,
        /// The last day on which that holds.
        until: Date,
    },
    /// The snapshot had it before, and only what is new was asked for.
    Known,
}

/// What excuses findings of one target on one day. The default excuses nothing.
#[derive(Debug, Clone, Default)]
pub struct Excuses {
    accepts: Vec<Accept>,
    today: Date,
    known: BTreeMap<String, VerdictKind>,
}

impl Excuse {
    /// Its word in reports.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Accepted { .. } => "accepted",
            Self::Known => "known",
        }
    }
}

impl fmt::Display for Excuse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Accepted { reason, owner, until } => {
                let owner = owner.as_ref().map(|owner| format!(" by {owner}")).unwrap_or_default();
                write!(f, "accepted{owner} until {until}: {reason}")
            }
            Self::Known => f.write_str("known: the snapshot had it before"),
        }
    }
}

impl Excuses {
    /// What these entries excuse of the target of that name.
    #[must_use]
    pub fn new(accepts: Vec<Accept>, target: &str, today: Date) -> Self {
        let accepts = accepts.into_iter().filter(|accept| accept.is_about(target)).collect();
        Self { accepts, today, known: BTreeMap::new() }
    }

    /// Excuses these verdicts as well, by the variant's name: see
    /// [`Snapshot::found`](crate::snapshot::Snapshot::found).
    #[must_use]
    pub fn and_known(self, known: BTreeMap<String, VerdictKind>) -> Self {
        Self { known, ..self }
    }

    /// What excuses a row. Only what was found is excused, not what could not
    /// be judged.
    #[must_use]
    pub fn of(&self, row: &CaseResult) -> Option<Excuse> {
        if !row.verdict.is_found() {
            return None;
        }
        let accept = self.accepts.iter().find(|accept| names(accept, row) && !accept.has_expired(self.today));
        let accepted = accept.map(|accept| Excuse::Accepted {
            reason: accept.reason.clone(),
            owner: accept.owner.clone(),
            until: accept.until,
        });
        let is_known = || self.known.get(&row.name()) == Some(&row.verdict);
        accepted.or_else(|| is_known().then_some(Excuse::Known))
    }

    /// Which entries no longer hold, as far as these rows of a plan tell. `whole`:
    /// the run came to its end, so that checks saw every exchange.
    #[must_use]
    pub fn outdated(&self, plan: &Plan, rows: &[CaseResult], whole: bool) -> Vec<Outdated> {
        let why = |accept: &Accept| {
            let named: Vec<&CaseResult> = rows.iter().filter(|row| names(accept, row)).collect();
            if named.is_empty() {
                // Another profile has it, or it was not selected.
                None
            } else if proves_absence(accept, plan, &named, whole) {
                Some(Why::NothingFound)
            } else {
                accept.has_expired(self.today).then_some(Why::Expired(accept.until))
            }
        };
        self.accepts.iter().filter_map(|accept| Some(Outdated::new(accept, why(accept)?))).collect()
    }
}

fn names(accept: &Accept, row: &CaseResult) -> bool {
    accept.id.matches(&row.id, &row.variant)
}

/// Whether all that the entry names was judged, and nothing was found.
fn proves_absence(accept: &Accept, plan: &Plan, named: &[&CaseResult], whole: bool) -> bool {
    let is_named = |case: &Case| accept.id.matches(&case.scenario.id, &case.variant.slug);
    let passed = |row: &&CaseResult| matches!(row.verdict, VerdictKind::Pass | VerdictKind::Note);
    let saw_all = whole && !plan.narrowed || !plan.checks.iter().any(is_named);
    named.iter().all(passed) && saw_all && !plan.left_out.iter().any(is_named)
}
