//! One root behind many rows: known only once all of them are there.

use std::collections::HashMap;

use crate::event::CaseResult;
use crate::scenario::{Actor, Case, Plan};
use crate::verdict::Cause;

/// Rows that any token without a good signature gets through, where nobody
/// verifies one.
const WITHOUT_GOOD_SIGNATURE: [&str; 2] = ["signature/payload-tampered", "signature/foreign-key-same-kid"];

/// Puts the common cause in the place of each row's own.
pub(super) fn share(plan: &Plan, results: &mut HashMap<String, CaseResult>) {
    let unverified = is_unverified(results);
    let accepted: Vec<String> = results.values().filter(|row| is_accepted(row)).map(|row| row.id.clone()).collect();
    for case in &plan.cases {
        let Some(row) = results.get_mut(&case.name()).filter(|row| is_accepted(row)) else { continue };
        let repeated = case.scenario.repeats.as_ref().filter(|id| accepted.contains(id));
        if unverified && needs_no_signature(case) {
            row.cause = Cause::Unverified;
        } else if let Some(scenario) = repeated {
            row.cause = Cause::Accepted { scenario: scenario.clone() };
        }
    }
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
