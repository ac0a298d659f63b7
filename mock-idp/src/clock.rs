//! The clock is a parameter: tests freeze it, the control API moves it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

pub use crate::issuer::http_date;

/// Tells the time. Cheap to clone; clones of a moved clock move together.
#[derive(Debug, Clone)]
pub struct Clock(Source);

#[derive(Debug, Clone)]
enum Source {
    System(Arc<AtomicI64>),
    Fixed(Arc<AtomicI64>),
}

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub fn system() -> Self {
        Self(Source::System(Arc::default()))
    }

    /// A clock that stands still at `seconds` since the Unix epoch until moved.
    #[must_use]
    pub fn fixed(seconds: i64) -> Self {
        Self(Source::Fixed(Arc::new(AtomicI64::new(seconds))))
    }

    /// Seconds since the Unix epoch (RFC 7519, section 2: NumericDate).
    #[must_use]
    pub fn now(&self) -> i64 {
        match &self.0 {
            Source::Fixed(seconds) => seconds.load(Ordering::Relaxed),
            Source::System(offset) => system_seconds().saturating_add(offset.load(Ordering::Relaxed)),
        }
    }

    /// Moves the clock by that many seconds, back where negative.
    pub fn advance(&self, seconds: i64) {
        let (Source::System(cell) | Source::Fixed(cell)) = &self.0;
        let _ = cell.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |now| Some(now.saturating_add(seconds)));
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::system()
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
fn system_seconds() -> i64 {
    let elapsed = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    elapsed.map_or(0, |elapsed| i64::try_from(elapsed.as_secs()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fixed_clock_moves_only_when_told() {
        let clock = Clock::fixed(100);
        clock.clone().advance(-40);
        assert_eq!(clock.now(), 60);
    }
}
