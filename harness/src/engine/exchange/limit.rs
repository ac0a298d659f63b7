//! A target that limits the rate of requests: how long it is left alone, and how
//! often a request is sent again.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use crate::http::Answer;

/// What is known of a target's limit; shared by all who send to it.
#[derive(Debug, Default)]
pub(in crate::engine) struct Limit {
    /// A request got through when it was sent once more.
    waiting_helps: AtomicBool,
    /// One did not, where the target had asked for more time than it is given.
    out_of_reach: AtomicBool,
}

/// How often a request is sent again where that has never helped.
const ONCE: u32 = 1;
/// Where it has.
const OFTEN: u32 = 6;
/// How long to wait where the target does not say.
const UNSAID: Duration = Duration::from_secs(1);

impl Limit {
    /// The pause before the next try, the tries so far being `again`; `None`
    /// where there is none.
    pub(super) fn patience(&self, pause: Pause, again: u32) -> Option<Pause> {
        if pause.is_cut() && self.out_of_reach.load(Ordering::Relaxed) {
            return None;
        }
        let most = if self.waiting_helps.load(Ordering::Relaxed) { OFTEN } else { ONCE };
        (again < most).then_some(pause)
    }

    /// Takes note of whether a request got through after a pause.
    pub(super) fn learn(&self, got_through: bool, pause: Pause) {
        if got_through {
            self.waiting_helps.store(true, Ordering::Relaxed);
        } else if pause.is_cut() {
            self.out_of_reach.store(true, Ordering::Relaxed);
        }
    }

    /// Whether the target lets requests through again after a while.
    pub(super) fn is_known(&self) -> bool {
        self.waiting_helps.load(Ordering::Relaxed)
    }

    /// The control came through at last, so that waiting helps.
    pub(in crate::engine) fn waiting_helped(&self) {
        self.waiting_helps.store(true, Ordering::Relaxed);
    }
}

/// Whether an answer says that there were too many requests (RFC 6585, section 4).
pub(in crate::engine) fn is_limited(answer: &Answer) -> bool {
    answer.status == 429
}

/// Whether a server error asks to come again later (RFC 9110, section 15.6.4).
pub(super) fn asks_to_come_again(answer: &Answer) -> bool {
    answer.status >= 500 && answer.header("Retry-After").is_some()
}

/// How long a target wants to be left alone, and how long it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pause {
    asked: Duration,
    pub(super) capped: Duration,
}

impl Pause {
    /// By its `Retry-After` (RFC 9110, section 10.2.3), seconds or a date, and no
    /// longer than `most`; `now` is in seconds since the Unix epoch.
    pub(super) fn asked(answer: &Answer, now: i64, most: Duration) -> Self {
        let said = answer.header("Retry-After").and_then(|value| std::str::from_utf8(value).ok());
        let asked = said.and_then(|text| after(text.trim(), now)).unwrap_or(UNSAID);
        Self { asked, capped: asked.min(most) }
    }

    /// Long enough for what others did meanwhile to be over.
    pub(super) fn short() -> Self {
        const SHORT: Duration = Duration::from_millis(50);
        Self { asked: SHORT, capped: SHORT }
    }

    /// Whether it is shorter than what was asked for.
    fn is_cut(self) -> bool {
        self.capped < self.asked
    }
}

fn after(text: &str, now: i64) -> Option<Duration> {
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Duration::from_secs(text.parse().unwrap_or(u64::MAX)));
    }
    let date = httpdate::parse_http_date(text).ok()?.duration_since(UNIX_EPOCH).ok()?;
    let seconds = i64::try_from(date.as_secs()).ok()?.saturating_sub(now);
    Some(Duration::from_secs(u64::try_from(seconds).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn answer(retry_after: &str) -> Answer {
        Answer::new(429).with_header("Retry-After", retry_after)
    }

    /// Sun, 06 Nov 1994 08:49:37 GMT.
    const NOW: i64 = 784_111_777;

    #[rstest]
    #[case("0", 0)]
    #[case(" 3 ", 3)]
    #[case("99999999999999999999999", 10)]
    #[case("Sun, 06 Nov 1994 08:49:40 GMT", 3)]
    #[case("Sunday, 06-Nov-94 08:49:40 GMT", 3)]
    #[case("Sun Nov  6 08:49:40 1994", 3)]
    #[case("Sun, 06 Nov 1994 08:49:00 GMT", 0)]
    #[case("Sun, 06 Nov 1994 09:49:37 GMT", 10)]
    #[case("soon", 1)]
    #[case("-5", 1)]
    fn a_target_is_left_alone_as_long_as_it_asks_and_no_longer_than_is_allowed(#[case] said: &str, #[case] due: u64) {
        let pause = Pause::asked(&answer(said), NOW, Duration::from_secs(10));
        assert_eq!(pause.capped, Duration::from_secs(due));
    }

    #[test]
    fn a_request_is_sent_again_once_and_more_often_where_that_has_helped() {
        let limit = Limit::default();
        let pause = Pause::asked(&answer("1"), NOW, Duration::from_secs(10));
        let tries = |limit: &Limit| (0..).take_while(|again| limit.patience(pause, *again).is_some()).count();
        assert_eq!(tries(&limit), 1);
        limit.learn(false, pause);
        assert_eq!(tries(&limit), 1);
        limit.learn(true, pause);
        assert_eq!(tries(&limit), 6);
    }

    #[test]
    fn who_asks_for_more_than_is_waited_for_is_waited_for_once_in_a_run() {
        let limit = Limit::default();
        let pause = Pause::asked(&answer("3600"), NOW, Duration::from_secs(10));
        assert!(limit.patience(pause, 0).is_some());
        limit.learn(false, pause);
        assert_eq!(limit.patience(pause, 0), None);
    }
}
