//! How the cost of a case is told, and when one size costs so much more than the
//! one before that it is no chance.

use std::time::Duration;

use crate::target::CpuMeter;

/// How costs are told.
#[derive(Debug, Clone, Copy)]
pub(super) enum Meter {
    /// By the CPU time of the target's process group.
    Cpu(CpuMeter),
    /// By how long the answer takes: of a container and of a server elsewhere
    /// nothing else is seen.
    Latency,
}

/// What two sizes side by side say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Finding {
    /// The larger one costs nothing to speak of, or no more than the smaller one.
    None,
    /// It grew, near to what chance could do.
    Grew,
    /// It grew, far from what chance could do: as good as seen twice.
    GrewClearly,
}

/// Of what the larger size costs, the part that is no chance; of the latency more.
const FLOOR_CPU: Duration = Duration::from_millis(20);
const FLOOR_LATENCY: Duration = Duration::from_millis(60);
/// So many times the floor are far from chance.
const CLEARLY: u32 = 8;
/// A weak server takes four times as long for the next size. Well above two is
/// proof: reading twice as much takes twice as long in a sound one as well.
const LEAST_FACTOR: f64 = 2.5;

impl Meter {
    pub(super) fn floor(self) -> Duration {
        match self {
            Self::Cpu(_) => FLOOR_CPU,
            Self::Latency => FLOOR_LATENCY,
        }
    }

    pub(super) fn read(self) -> Duration {
        match self {
            Self::Cpu(meter) => meter.read(),
            Self::Latency => Duration::ZERO,
        }
    }

    /// What passed since `before`, or how long the answer took.
    pub(super) fn since(self, before: Duration, elapsed: Duration) -> Duration {
        match self {
            Self::Cpu(meter) => meter.read().saturating_sub(before),
            Self::Latency => elapsed,
        }
    }

    /// How much growth is to be seen: a machine that is busy delays an answer
    /// by chance, and adds nothing to the CPU time of a target.
    pub(super) fn proof(self) -> u32 {
        match self {
            Self::Cpu(_) => 2,
            Self::Latency => 3,
        }
    }

    pub(super) fn of_what(self) -> &'static str {
        match self {
            Self::Cpu(_) => "of CPU",
            Self::Latency => "until the answer",
        }
    }

    pub(super) fn compare(self, smaller: Duration, larger: Duration) -> Finding {
        if larger < self.floor() || larger < smaller.mul_f64(LEAST_FACTOR) {
            Finding::None
        } else if larger < self.floor() * CLEARLY {
            Finding::Grew
        } else {
            Finding::GrewClearly
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_is_seen_above_the_floor_and_well_above_twice_the_cost_only() {
        let compare =
            |smaller, larger| Meter::Latency.compare(Duration::from_millis(smaller), Duration::from_millis(larger));
        assert_eq!(compare(0, 59), Finding::None);
        assert_eq!(compare(40, 95), Finding::None);
        assert_eq!(compare(15, 60), Finding::Grew);
        assert_eq!(compare(120, 480), Finding::GrewClearly);
        assert_eq!(compare(400, 480), Finding::None);
    }
}
