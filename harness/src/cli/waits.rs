//! What a run waits for: shown so that waiting looks like waiting.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The waits that go on; clones see the same ones.
#[derive(Clone, Default)]
pub(super) struct Waits(Arc<Mutex<Vec<Wait>>>);

struct Wait {
    case: String,
    what: String,
    begin: Instant,
    at_most: Duration,
}

/// Waits shorter than this are not worth a word.
const SHORT: Duration = Duration::from_millis(1500);

impl Waits {
    /// A case waits from now on.
    pub(super) fn begin(&self, case: &str, what: &str, at_most: Duration) {
        let wait = Wait { case: case.to_owned(), what: what.to_owned(), begin: Instant::now(), at_most };
        self.list().push(wait);
    }

    /// It waits no longer.
    pub(super) fn end(&self, case: &str) {
        let mut list = self.list();
        if let Some(index) = list.iter().rposition(|wait| wait.case == case) {
            list.remove(index);
        }
    }

    /// What is waited for, and until when: the wait that may last longest, and how
    /// many there are besides.
    pub(super) fn line(&self) -> Option<String> {
        let list = self.list();
        let shown = || list.iter().filter(|wait| wait.begin.elapsed() >= SHORT);
        let longest = shown().max_by_key(|wait| wait.begin + wait.at_most)?;
        let besides = match shown().count() - 1 {
            0 => String::new(),
            others => format!(" and {others} more"),
        };
        Some(format!(
            "{:.0} s of at most {:.0} s {} ({}{besides})",
            longest.begin.elapsed().as_secs_f64(),
            longest.at_most.as_secs_f64(),
            longest.what,
            longest.case
        ))
    }

    fn list(&self) -> MutexGuard<'_, Vec<Wait>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_that_may_last_longest_is_told_with_the_number_of_others() {
        let waits = Waits::default();
        assert_eq!(waits.line(), None);
        waits.begin("a/b@c", "until x", Duration::from_secs(60));
        waits.begin("d/e@f", "until y", Duration::from_secs(90));
        assert_eq!(waits.line(), None, "a short wait is none");
        for wait in &mut *waits.list() {
            wait.begin -= Duration::from_secs(12);
        }
        assert_eq!(waits.line().unwrap(), "12 s of at most 90 s until y (d/e@f and 1 more)");
        waits.end("d/e@f");
        assert_eq!(waits.line().unwrap(), "12 s of at most 60 s until x (a/b@c)");
    }
}
