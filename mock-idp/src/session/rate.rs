//! How often the token endpoint was called in this minute.

use std::sync::{Mutex, PoisonError};

/// How long a window is, in seconds.
const WINDOW: i64 = 60;

/// The window of one authorization server that is open.
#[derive(Debug, Default)]
pub(crate) struct RateWindow(Mutex<Window>);

#[derive(Debug, Default)]
struct Window {
    ends: i64,
    used: u32,
}

/// What a call is told of the window that it fell into.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Rate {
    /// How many calls are left.
    pub(crate) remaining: u32,
    /// When the next window begins, in seconds since the Unix epoch.
    pub(crate) reset: i64,
    /// Whether this call was one too many.
    pub(crate) is_exceeded: bool,
}

impl RateWindow {
    /// Counts a call where `limit` of them are allowed. The first call after the end of
    /// a window opens the next.
    pub(crate) fn count(&self, limit: u32, now: i64) -> Rate {
        let mut window = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_open = (window.ends.saturating_sub(WINDOW)..window.ends).contains(&now);
        if !is_open {
            *window = Window { ends: now.saturating_add(WINDOW), used: 0 };
        }
        let is_exceeded = window.used >= limit;
        window.used = window.used.saturating_add(1);
        Rate { remaining: limit.saturating_sub(window.used), reset: window.ends, is_exceeded }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_is_a_minute_from_its_first_call() {
        let window = RateWindow::default();
        assert_eq!(window.count(2, 100), Rate { remaining: 1, reset: 160, is_exceeded: false });
        assert_eq!(window.count(2, 159), Rate { remaining: 0, reset: 160, is_exceeded: false });
        assert_eq!(window.count(2, 159), Rate { remaining: 0, reset: 160, is_exceeded: true });
        assert_eq!(window.count(2, 160), Rate { remaining: 1, reset: 220, is_exceeded: false });
    }
}
