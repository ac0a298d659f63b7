//! The cheapest way to the cases that need a bench, by what was learnt: how
//! long a start takes, how much memory, how soon the target fetches again.

use std::time::Duration;

use super::benched::can_stand_beside;
use crate::engine::bench::{Bench, Start, Supply};
use crate::engine::run::RunError;
use crate::event::Event;
use crate::scenario::Case;

/// How cases that need a bench are carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine) enum Way {
    /// Each on a bench of its own.
    SideBySide {
        /// How many benches at most stand at the same time.
        benches: usize,
        /// How many cases that are only requests share one.
        share: usize,
    },
    /// One after the other on the first bench.
    OneByOne(Start),
}

impl Way {
    /// How a case finds the first bench's target.
    pub(super) fn start(self) -> Start {
        match self {
            Self::SideBySide { .. } => Start::Fresh,
            Self::OneByOne(start) => start,
        }
    }
}

/// A start above this is worth thinking about.
const SLOW_START: Duration = Duration::from_millis(1500);
/// How many benches stand side by side where nothing else bounds them.
const BENCHES: usize = 16;
/// How many cases that make the target fetch share one that is slow to start:
/// well below what libraries allow in a minute.
const SHARED: usize = 5;
/// Of the memory that is there, the part that benches may take.
const MEMORY: f64 = 0.6;

/// Chooses, and says what it chose. `started_in` is how long the first target
/// took from its start until the control was accepted.
pub(in crate::engine) async fn choose(
    bench: &Bench<'_>,
    cases: &[Case],
    supply: &Supply,
    started_in: Duration,
) -> Result<Way, RunError> {
    if cases.is_empty() {
        return Ok(Way::OneByOne(Start::Running));
    }
    let owned = if bench.subject.is_owned() { Start::Fresh } else { Start::Running };
    let settings = &bench.wire.settings;
    // What is brought back between cases can't be used by others meanwhile.
    if settings.one_bench || settings.reset.is_some() || !supply.has_recipe() {
        return Ok(Way::OneByOne(owned));
    }
    let benches = benches(bench);
    if started_in > SLOW_START {
        let limit = started_in.min(Duration::from_secs(5));
        if let Some(pause) = bench.probe_pause(limit).await?
            && is_cheaper_running(cases, pause, started_in, benches)
        {
            tell(
                bench,
                format!(
                    "a start takes {:.1} s and a fetch {:.1} s: {} on the target as it runs",
                    started_in.as_secs_f64(),
                    pause.as_secs_f64(),
                    crate::printable::counted(cases.len(), "case")
                ),
            );
            return Ok(Way::OneByOne(Start::Running));
        }
    }
    if let Err(why) = can_stand_beside(bench, supply).await? {
        tell(bench, format!("one bench for all cases: {why}"));
        return Ok(Way::OneByOne(owned));
    }
    let share = if started_in > SLOW_START { SHARED } else { 1 };
    if started_in > SLOW_START {
        tell(
            bench,
            format!(
                "{benches} benches side by side: a start takes {:.1} s{}",
                started_in.as_secs_f64(),
                memory(bench).map(|bytes| format!(" and {} MB", bytes / 1_000_000)).unwrap_or_default()
            ),
        );
    }
    Ok(Way::SideBySide { benches, share })
}

fn tell(bench: &Bench<'_>, choice: String) {
    bench.reporter.event(Event::Planned { choice });
}

/// On the running target each case waits for its own change and for its undoing;
/// on benches it costs a start, as many at once as there are cores.
fn is_cheaper_running(cases: &[Case], pause: Duration, start: Duration, benches: usize) -> bool {
    let staged = u32::try_from(cases.iter().filter(|case| case.is_staged()).count()).unwrap_or(u32::MAX);
    let all = u32::try_from(cases.len()).unwrap_or(u32::MAX);
    let cores = std::thread::available_parallelism().map_or(2, usize::from).min(benches);
    let at_once = u32::try_from(cores).unwrap_or(1).max(1);
    pause * 2 * staged < start * all / at_once
}

/// How many benches at once: as many as were asked for, else as fit into memory.
fn benches(bench: &Bench<'_>) -> usize {
    if let Some(asked) = bench.wire.settings.benches {
        return asked;
    }
    let fitting = memory(bench).zip(available()).map(|(each, all)| fit(each, all));
    fitting.unwrap_or(BENCHES).clamp(1, BENCHES)
}

fn memory(bench: &Bench<'_>) -> Option<u64> {
    bench.subject.target()?.resident_memory()
}

#[cfg(unix)]
fn available() -> Option<u64> {
    crate::target::available_memory()
}

#[cfg(not(unix))]
fn available() -> Option<u64> {
    None
}

/// How many targets of that size fit into the part of the memory that they may take.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a rough figure is all that is needed"
)]
fn fit(each: u64, all: u64) -> usize {
    (all as f64 * MEMORY / each.max(1) as f64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_fit_as_the_memory_holds() {
        assert_eq!(fit(300_000_000, 1_000_000_000), 2);
        assert_eq!(fit(0, 10), 6);
    }
}
