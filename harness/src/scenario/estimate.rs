use std::time::Duration;

use super::delivery::Pause;
use super::plan::{Case, Manner};
use super::profile::ProfileSettings;

/// One exchange with a server on this machine.
const EXCHANGE: Duration = Duration::from_millis(4);
/// A fresh target, and the steps around a case that is carried out alone.
const ALONE: Duration = Duration::from_millis(60);
/// Tries of a search.
const TRIES: usize = 12;

impl Case {
    /// About how long it takes against a fast server on this machine that is
    /// started by the harness: for a list, not for a limit.
    #[must_use]
    pub fn estimate(&self, settings: &ProfileSettings) -> Duration {
        if self.check().is_some() {
            return Duration::ZERO;
        }
        let delivery = &self.variant.delivery;
        let pause = |pause: &Option<Pause>| {
            pause.map_or(Duration::ZERO, |pause| pause.duration(settings.leeway, settings.refresh))
        };
        let requests = if delivery.search.is_some() { TRIES } else { delivery.requests() };
        let alone = if self.manner() == Manner::Together { Duration::ZERO } else { ALONE };
        // `until` ends as soon as the target does what is due.
        alone
            + EXCHANGE * u32::try_from(requests).unwrap_or(u32::MAX)
            + pause(&delivery.wait)
            + pause(&delivery.again_after)
    }
}
