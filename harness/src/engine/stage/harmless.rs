//! What changes nothing: each scenario's variants at the same time, on the
//! target as it is, with the control after each scenario.

use super::reset::reset;
use crate::engine::bench::Bench;
use crate::engine::run::RunError;
use crate::scenario::{Case, Manner, Plan};

/// Carries the harmless cases out. Gives back those whose token may make the
/// target fetch keys: a limit on its fetches must not colour anything else.
pub(in crate::engine) async fn harmless(bench: &mut Bench<'_>, plan: &Plan) -> Result<Vec<Case>, RunError> {
    let cases: Vec<Case> = plan.cases.iter().filter(|case| case.manner() == Manner::Together).cloned().collect();
    let mut deferred = Vec::new();
    for batch in cases.chunk_by(|a, b| a.scenario.id == b.scenario.id) {
        let (ready, later) = bench.prepare(batch).await?;
        deferred.extend(later);
        if !ready.is_empty() {
            reset(&bench.wire.settings).await?;
            bench.carry_batch(ready).await?;
        }
    }
    Ok(deferred)
}
