//! The positive control: until it gets through, nothing is judged.

use std::time::{Duration, Instant};

use super::minter::MintError;
use super::wire::Wire;
use crate::http::{Answer, Failure};
use crate::learn::{Acceptance, reads_like_refusal};

/// What the control taught.
pub(super) struct Learned {
    pub(super) acceptance: Acceptance,
    pub(super) status: u16,
    pub(super) elapsed: Duration,
    /// Whom the answer names, where the target's owner told the place.
    pub(super) served: Option<String>,
}

/// Why the control did not get through.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ControlError {
    /// No token could be made.
    #[error(transparent)]
    Mint(#[from] MintError),
    /// The target gave no answer.
    #[error("the target gives no answer: {0}")]
    Unreachable(Failure),
    /// The target refused the control.
    #[error("the target does not accept the control token: it answers {}", .0.status)]
    Refused(Box<Answer>),
    /// The target answers everybody with the same 2xx, which reads like a refusal.
    #[error("the target does not accept the control token: it answers {} to everybody, with a body that reads like a refusal", .0.status)]
    RefusedInBody(Box<Answer>),
}

/// Pause between two tries.
const RETRY: Duration = Duration::from_millis(100);

/// Sends the control until the target accepts it or the deadline passes, then
/// learns what an acceptance looks like.
pub(super) async fn learn(wire: &Wire) -> Result<Learned, ControlError> {
    let first = accepted_control(wire).await?;
    let second = accepted_control(wire).await?;
    let stranger = wire.send_nobody().await.ok();
    let acceptance = Acceptance::learn(&first, &second, stranger.as_ref());
    // Some refuse in a 2xx: where everybody gets the same refusal, the control
    // got it too.
    if acceptance.is_open() && reads_like_refusal(&first) {
        return Err(ControlError::RefusedInBody(Box::new(first)));
    }
    let served = wire.subject_in(&first).or_else(|| wire.subject_in(&second));
    // The first may have waited for the target's fetch of the keys.
    Ok(Learned { acceptance, status: first.status, elapsed: second.elapsed, served })
}

/// The first answer that accepts the control.
pub(super) async fn accepted_control(wire: &Wire) -> Result<Answer, ControlError> {
    let deadline = Instant::now() + wire.settings.control_deadline;
    let mut patience = Patience::default();
    loop {
        let error = match wire.send_control(&wire.minter).await? {
            Ok(answer) if (200..300).contains(&answer.status) => return Ok(answer),
            Ok(answer) => ControlError::Refused(Box::new(answer)),
            Err(failure) => ControlError::Unreachable(failure),
        };
        if Instant::now() + RETRY >= deadline || patience.is_over(&error) {
            return Err(error);
        }
        wire.client.pause(RETRY).await;
    }
}

/// A target that refuses steadily is not starting up: the same 4xx over and
/// over is final.
#[derive(Default)]
struct Patience {
    last: Option<u16>,
    times: u32,
}

/// How often the same refusal is taken before it is final.
const SAME_REFUSALS: u32 = 30;

impl Patience {
    fn is_over(&mut self, error: &ControlError) -> bool {
        let status = match error {
            ControlError::Refused(answer) if answer.status < 500 && answer.status != 429 => Some(answer.status),
            _ => None,
        };
        self.times = if status.is_some() && status == self.last { self.times + 1 } else { 1 };
        self.last = status;
        status.is_some() && self.times >= SAME_REFUSALS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn over_after(statuses: impl Iterator<Item = u16>) -> Option<usize> {
        let mut patience = Patience::default();
        statuses.enumerate().find_map(|(index, status)| {
            patience.is_over(&ControlError::Refused(Box::new(Answer::new(status)))).then_some(index + 1)
        })
    }

    #[test]
    fn only_the_same_refusal_over_and_over_is_final() {
        assert_eq!(over_after([401].into_iter().cycle().take(100)), Some(30));
        assert_eq!(over_after([503].into_iter().cycle().take(100)), None);
        assert_eq!(over_after([401, 503].into_iter().cycle().take(100)), None);
    }
}
