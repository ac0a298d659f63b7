//! The positive control: until it gets through, nothing is judged.

use std::time::{Duration, Instant};

use crate::api::Success;
use crate::engine::exchange::{Wire, is_limited};
use crate::engine::minter::MintError;
use crate::http::{Answer, CodingError, Failure, FailureKind};
use crate::learn::{Acceptance, reads_like_refusal};

/// What the control taught.
pub(in crate::engine) struct Learned {
    pub(in crate::engine) acceptance: Acceptance,
    pub(in crate::engine) status: u16,
    pub(in crate::engine) elapsed: Duration,
    /// How long it took until the control was accepted for the first time.
    pub(in crate::engine) accepted_in: Duration,
    /// Whom the answer names, where the target's owner told the place.
    pub(in crate::engine) served: Option<String>,
    /// Why the answer can't be read, if so.
    pub(in crate::engine) unreadable: Option<CodingError>,
}

/// Why the control did not get through.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ControlError {
    /// No token could be made.
    #[error(transparent)]
    Mint(#[from] MintError),
    /// The call before the others brought no session.
    #[error("the control can't be sent: {0}")]
    Unopened(FailureKind),
    /// The target gave no answer.
    #[error("the target gives no answer: {0}")]
    Unreachable(Failure),
    /// The target refused the control.
    #[error("the target does not accept the control token: it answers {}", .0.status)]
    Refused(Box<Answer>),
    /// The answer to the control is no success as its owner declared it.
    #[error("the target answers {} to the control, which is no success as it was declared ({success}): {}", .answer.status, .success.lack())]
    NotAsDeclared {
        /// What was declared.
        success: Success,
        /// What came.
        answer: Box<Answer>,
    },
    /// The target gives the same 2xx to somebody without a token, and it reads like a refusal.
    #[error("the target does not accept the control token: it answers {} with a body that reads like a refusal, and who has no token gets the same", .0.status)]
    RefusedInBody(Box<Answer>),
}

/// Pause between two tries.
const RETRY: Duration = Duration::from_millis(100);
/// The same where the target limits the rate.
const RETRY_OF_LIMITED: Duration = Duration::from_secs(1);

/// Sends the control until the target accepts it or the deadline passes, then
/// learns what an acceptance looks like.
pub(in crate::engine) async fn learn(wire: &Wire) -> Result<Learned, ControlError> {
    let begin = Instant::now();
    let first = accepted_control(wire).await?;
    let accepted_in = begin.elapsed();
    let second = accepted_control(wire).await?;
    let nobody = wire.send_nobody().await.ok();
    let junk = wire.send_junk().await.ok();
    let acceptance = match &wire.settings.api.success {
        Success::Any => Acceptance::learn(&first, &second, nobody.as_ref(), junk.as_ref()),
        success => Acceptance::declared(success, &first, nobody.as_ref(), junk.as_ref()),
    };
    // Some refuse in a 2xx: where others get the same refusal, the control got
    // it too.
    if acceptance.takes_anything() && reads_like_refusal(&first) {
        return Err(ControlError::RefusedInBody(Box::new(first)));
    }
    let served = wire.subject_in(&first).or_else(|| wire.subject_in(&second));
    // The first may have waited for the target's fetch of the keys.
    let unreadable = first.body.unreadable().cloned();
    Ok(Learned { acceptance, status: first.status, elapsed: second.elapsed, accepted_in, served, unreadable })
}

/// The first answer that accepts the control.
pub(in crate::engine) async fn accepted_control(wire: &Wire) -> Result<Answer, ControlError> {
    let deadline = Instant::now() + wire.settings.control_deadline;
    let mut patience = Patience { runs_already: wire.gentle, ..Patience::default() };
    let mut limited = false;
    let success = &wire.settings.api.success;
    loop {
        let error = match wire.send_control(&wire.minter).await? {
            Ok(answer) if success.holds(&answer) => {
                if limited {
                    wire.limit.waiting_helped();
                }
                return Ok(answer);
            }
            Ok(answer) if success.is_declared() && answer.status < 300 => {
                ControlError::NotAsDeclared { success: success.clone(), answer: Box::new(answer) }
            }
            Ok(answer) => ControlError::Refused(Box::new(answer)),
            Err(Failure { kind: kind @ FailureKind::Unopened { .. }, .. }) => ControlError::Unopened(kind),
            Err(failure) => ControlError::Unreachable(failure),
        };
        limited |= matches!(&error, ControlError::Refused(answer) if is_limited(answer));
        if Instant::now() + RETRY >= deadline || patience.is_over(&error) {
            return Err(error);
        }
        wire.client.pause(if limited { RETRY_OF_LIMITED } else { RETRY }).await;
    }
}

/// A target that refuses steadily is not starting up: the same refusal over and
/// over is final. One that was just started may listen before its application
/// is there, and know none of its routes meanwhile.
#[derive(Default)]
struct Patience {
    runs_already: bool,
    last: Option<u16>,
    times: u32,
}

/// How often the same refusal is taken before it is final.
const SAME_REFUSALS: u32 = 30;

impl Patience {
    fn is_over(&mut self, error: &ControlError) -> bool {
        let status = match error {
            ControlError::Refused(answer) | ControlError::NotAsDeclared { answer, .. } => Some(answer.status),
            ControlError::Unopened(FailureKind::Unopened { status, .. }) => *status,
            _ => None,
        };
        let status = status.filter(|status| self.is_final(*status));
        self.times = if status.is_some() && status == self.last { self.times + 1 } else { 1 };
        self.last = status;
        status.is_some() && self.times >= SAME_REFUSALS
    }

    fn is_final(&self, status: u16) -> bool {
        match status {
            404 => self.runs_already,
            429 | 500.. => false,
            _ => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn over_after(statuses: impl Iterator<Item = u16>) -> Option<usize> {
        over(Patience::default(), statuses)
    }

    fn over(mut patience: Patience, statuses: impl Iterator<Item = u16>) -> Option<usize> {
        statuses.enumerate().find_map(|(index, status)| {
            patience.is_over(&ControlError::Refused(Box::new(Answer::new(status)))).then_some(index + 1)
        })
    }

    #[test]
    fn only_the_same_refusal_over_and_over_is_final() {
        assert_eq!(over_after([401].into_iter().cycle().take(100)), Some(30));
        assert_eq!(over_after([503].into_iter().cycle().take(100)), None);
        let not_there = || [404].into_iter().cycle().take(100);
        assert_eq!(over_after(not_there()), None, "its application may not be there yet");
        assert_eq!(over(Patience { runs_already: true, ..Patience::default() }, not_there()), Some(30));
        assert_eq!(over_after([401, 503].into_iter().cycle().take(100)), None);
    }
}
