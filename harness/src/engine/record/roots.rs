//! One root behind many rows: known only once all of them are there.

use std::collections::HashMap;

use crate::event::CaseResult;
use crate::scenario::{Actor, Case, Plan, Scenario};
use crate::verdict::Cause;

/// Rows that any token without a good signature gets through, where nobody
/// verifies one.
const WITHOUT_GOOD_SIGNATURE: [&str; 2] = ["signature/payload-tampered", "signature/foreign-key-same-kid"];

/// Puts the common cause in the place of each row's own.
pub(super) fn share(plan: &Plan, results: &mut HashMap<String, CaseResult>) {
    let unverified = is_unverified(results);
    let accepted: Vec<String> = results.values().filter(|row| is_accepted(row)).map(|row| row.id.clone()).collect();
    let repeats: HashMap<&str, &str> = plan.cases.iter().filter_map(|case| repeated(&case.scenario)).collect();
    for case in &plan.cases {
        let Some(row) = results.get_mut(&case.name()).filter(|row| is_accepted(row)) else { continue };
        if unverified && needs_no_signature(case) {
            row.cause = Cause::Unverified;
        } else {
            row.cause = Cause::Accepted { scenario: root(&case.scenario.id, &repeats, &accepted).to_owned() };
        }
    }
}

fn repeated(scenario: &Scenario) -> Option<(&str, &str)> {
    Some((&scenario.id, scenario.repeats.as_deref()?))
}

/// The scenario that an acceptance in this one repeats in the end, of those in
/// which something was accepted.
fn root<'a>(id: &'a str, repeats: &HashMap<&str, &'a str>, accepted: &[String]) -> &'a str {
    let mut root = id;
    // Who writes a circle gets one of its scenarios.
    for _ in 0..=repeats.len() {
        match repeats.get(root).filter(|id| accepted.iter().any(|known| known == *id)) {
            Some(further) => root = further,
            None => break,
        }
    }
    root
}

fn is_accepted(row: &CaseResult) -> bool {
    matches!(row.cause, Cause::Accepted { .. })
}

/// Whether every row that was carried out and is about nothing but the signature got in.
fn is_unverified(results: &HashMap<String, CaseResult>) -> bool {
    let mut rows = results.values().filter(|row| WITHOUT_GOOD_SIGNATURE.contains(&row.id.as_str()) && !row.not_run);
    rows.clone().next().is_some() && rows.all(is_accepted)
}

/// Whether the token of a case is one that anyone can make.
fn needs_no_signature(case: &Case) -> bool {
    case.actor() == Actor::Anyone && !case.variant.token.is_control()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_repeats_a_repetition_goes_back_to_what_was_accepted_itself() {
        let repeats = HashMap::from([("a/c", "a/b"), ("a/b", "a/a"), ("x/1", "x/2"), ("x/2", "x/1")]);
        let accepted = |ids: &[&str]| ids.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(root("a/c", &repeats, &accepted(&["a/a", "a/b", "a/c"])), "a/a");
        assert_eq!(root("a/c", &repeats, &accepted(&["a/b", "a/c"])), "a/b");
        assert_eq!(root("a/c", &repeats, &accepted(&["a/a", "a/c"])), "a/c");
        assert!(root("x/1", &repeats, &accepted(&["x/1", "x/2"])).starts_with("x/"));
    }
}
