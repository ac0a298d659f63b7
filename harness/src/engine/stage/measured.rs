//! What takes many requests or weighs heavily: at the end, one after the other,
//! with nothing beside it that could be slowed down or slow it down.

use super::choice::Way;
use super::reset::reset;
use crate::engine::bench::{Bench, Door, Start, Supply};
use crate::engine::run::RunError;
use crate::scenario::Case;

/// Carries these cases out: on a fresh bench each where there are benches.
pub(in crate::engine) async fn measured(
    bench: &mut Bench<'_>,
    cases: Vec<Case>,
    supply: &Supply,
    way: Way,
) -> Result<(), RunError> {
    for case in cases {
        reset(&bench.wire.settings).await?;
        let own = match way {
            Way::SideBySide { .. } => supply.open(bench, Door::Shared).await?,
            Way::OneByOne(_) => None,
        };
        match own {
            Some(mut own) => {
                carry_out(&mut own, case, Start::Fresh).await?;
                own.close().await?;
            }
            None => carry_out(bench, case, way.start()).await?,
        }
    }
    Ok(())
}

/// One case, on the bench that it has.
pub(super) async fn carry_out(bench: &mut Bench<'_>, case: Case, start: Start) -> Result<(), RunError> {
    if let Some(measure) = case.variant.delivery.measure {
        return bench.timed(case, measure, start).await;
    }
    if case.is_staged() { bench.staged(case, start).await } else { bench.alone(case, start).await }
}
