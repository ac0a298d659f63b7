//! In which order benches are dealt out.

use std::collections::VecDeque;

use crate::scenario::Case;

/// What one bench carries out: a case that changes something, or several that
/// only make the target fetch.
pub(super) type Deal = Vec<Case>;

/// What a deal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A measurement, which lasts as long as others do.
    Timed,
    /// Any other.
    Other,
}

/// What waits for a bench, and how many of each kind have one.
///
/// Measurements begin first, and have half of the benches at most while there is
/// anything else to do, so that those that they wait for are never behind them.
pub(super) struct Queue {
    timed: VecDeque<Case>,
    others: VecDeque<Deal>,
    running_timed: usize,
    running_others: usize,
    benches: usize,
}

impl Queue {
    pub(super) fn new(timed: Vec<Case>, others: VecDeque<Deal>, benches: usize) -> Self {
        Self { timed: timed.into(), others, running_timed: 0, running_others: 0, benches }
    }

    /// The next one that there is a bench for.
    pub(super) fn next(&mut self) -> Option<(Deal, Kind)> {
        if self.running_timed + self.running_others >= self.benches {
            return None;
        }
        let room = if self.has_only_timed() { self.benches } else { self.benches / 2 };
        if self.running_timed < room
            && let Some(case) = self.timed.pop_front()
        {
            self.running_timed += 1;
            return Some((vec![case], Kind::Timed));
        }
        let deal = self.others.pop_front()?;
        self.running_others += 1;
        Some((deal, Kind::Other))
    }

    /// One of that kind is through.
    pub(super) fn done(&mut self, kind: Kind) {
        match kind {
            Kind::Timed => self.running_timed -= 1,
            Kind::Other => self.running_others -= 1,
        }
    }

    /// Whether nothing else is left, neither waiting nor under way.
    pub(super) fn has_only_timed(&self) -> bool {
        self.others.is_empty() && self.running_others == 0
    }

    /// All that has no bench yet.
    pub(super) fn into_cases(self) -> impl Iterator<Item = Case> {
        self.others.into_iter().flatten().chain(self.timed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{Catalogue, Plan};

    fn queue(benches: usize) -> Queue {
        let chosen = ["keys/cache".parse().unwrap(), "keys/rotation-overlap".parse().unwrap()];
        let plan = Plan::new(&Catalogue::embedded().unwrap(), "interop", &chosen).unwrap();
        let (timed, others) = plan.cases.into_iter().partition(|case| case.variant.delivery.measure.is_some());
        let others: Vec<Case> = others;
        Queue::new(timed, others.into_iter().map(|case| vec![case]).collect(), benches)
    }

    #[test]
    fn measurements_leave_half_of_the_benches_to_others() {
        let mut queue = queue(4);
        let kinds: Vec<Kind> = std::iter::from_fn(|| queue.next()).map(|(_, kind)| kind).collect();
        assert_eq!(kinds, [Kind::Timed, Kind::Timed, Kind::Other]);
        assert!(!queue.has_only_timed());
        queue.done(Kind::Other);
        assert!(queue.has_only_timed());
        assert_eq!(queue.next().map(|(_, kind)| kind), Some(Kind::Timed), "nothing else is left to do");
    }

    #[test]
    fn one_bench_measures_when_the_rest_is_done() {
        let mut queue = queue(1);
        assert_eq!(queue.next().map(|(_, kind)| kind), Some(Kind::Other));
        assert!(queue.next().is_none());
        queue.done(Kind::Other);
        assert_eq!(queue.next().map(|(_, kind)| kind), Some(Kind::Timed));
    }
}
