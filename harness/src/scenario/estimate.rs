use std::time::Duration;

use super::delivery::Pause;
use super::plan::{Case, Manner, Plan};

/// One exchange with a server on this machine.
const EXCHANGE: Duration = Duration::from_millis(4);
/// A fresh target, and the steps around a case that has a bench of its own.
const BENCH: Duration = Duration::from_millis(60);
/// Tries of a search.
const TRIES: usize = 12;

impl Plan {
    /// About how long it takes against a fast server on this machine that is
    /// started by the harness: for a list, not for a limit. `pause` is how long
    /// the server lets pass between two fetches of keys; the slow cases count
    /// where `slow` says so.
    #[must_use]
    pub fn estimate(&self, slow: bool, pause: Duration) -> Duration {
        let counted = || self.cases.iter().filter(move |case| slow || !case.variant.slow);
        let work: Duration = counted().map(|case| self.work(case)).sum();
        // What waits on a bench waits beside the others.
        let benched = counted().filter(|case| case.manner() == Manner::Benched);
        let longest = benched.map(|case| self.wait(case, pause)).max().unwrap_or_default();
        let measured = counted().filter(|case| case.manner() == Manner::Measured);
        work + longest + measured.map(|case| self.wait(case, pause)).sum::<Duration>()
    }

    fn work(&self, case: &Case) -> Duration {
        let delivery = &case.variant.delivery;
        if case.grows() {
            // Each size beside the one before, at most three times.
            let sizes = case.variant.larger.len() + 1;
            return EXCHANGE * u32::try_from(sizes * 2 * (delivery.repeat + 3)).unwrap_or(u32::MAX);
        }
        let requests = if delivery.search.is_some() { TRIES } else { delivery.requests() };
        let bench = if case.manner() == Manner::Together { Duration::ZERO } else { BENCH };
        bench + EXCHANGE * u32::try_from(requests).unwrap_or(u32::MAX)
    }

    fn wait(&self, case: &Case, pause: Duration) -> Duration {
        let delivery = &case.variant.delivery;
        let of = |given: &Option<Pause>| {
            given.map_or(Duration::ZERO, |given| given.duration(self.settings.leeway, self.settings.refresh))
        };
        // `until` ends as soon as the target does what is due.
        let fetch = if case.waits_for_fetch() { pause } else { Duration::ZERO };
        fetch + of(&delivery.wait) + of(&delivery.again_after)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Catalogue;

    #[test]
    fn waits_on_benches_overlap_and_a_server_that_pauses_takes_its_pause_once() {
        let plan = Plan::new(&Catalogue::embedded().unwrap(), "okta", &[]).unwrap();
        let quick = plan.estimate(false, Duration::ZERO);
        assert!(quick < Duration::from_secs(5), "{quick:?}");
        assert_eq!(plan.estimate(false, Duration::from_secs(30)), quick + Duration::from_secs(30));
    }
}
