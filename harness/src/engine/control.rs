//! The positive control: until it gets through, nothing is judged.

use std::time::{Duration, Instant};

use super::exchange::Wire;
use super::minter::MintError;
use crate::http::{Answer, Failure};
use crate::learn::Acceptance;

/// What the control taught.
pub(super) struct Learned {
    pub(super) acceptance: Acceptance,
    pub(super) status: u16,
    pub(super) elapsed: Duration,
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
}

/// Pause between two tries.
const RETRY: Duration = Duration::from_millis(100);

/// Sends the control until the target accepts it or the deadline passes, then
/// learns what an acceptance looks like.
pub(super) async fn learn(wire: &Wire) -> Result<Learned, ControlError> {
    let first = accepted_control(wire).await?;
    let second = wire.send_control(&wire.minter).await?.map_err(ControlError::Unreachable)?;
    let stranger = wire.send_nobody().await.ok();
    let acceptance = Acceptance::learn(&first, &second, stranger.as_ref());
    // A target that refuses in 2xx envelopes gives the control one, too.
    if acceptance.is_open() && !wire.is_route_open(&first).await? {
        return Err(ControlError::Refused(Box::new(first)));
    }
    Ok(Learned { acceptance, status: first.status, elapsed: first.elapsed })
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
        tokio::time::sleep(RETRY).await;
    }
}

/// A target that refuses steadily is not starting up: the same refusal twenty
/// times over is final.
#[derive(Default)]
struct Patience {
    refusals: u32,
}

impl Patience {
    fn is_over(&mut self, error: &ControlError) -> bool {
        match error {
            ControlError::Refused(_) => self.refusals += 1,
            _ => self.refusals = 0,
        }
        self.refusals >= 20
    }
}

impl Wire {
    /// Whether nobody really is served what the control is served, and not both
    /// the same refusal: a token that is no token then gets it as well.
    async fn is_route_open(&self, control: &Answer) -> Result<bool, ControlError> {
        let request = self.control_request(b"badpenny.is-not.a-token");
        let garbage = self.client.send(&self.endpoint, &request, crate::http::Connection::Reuse).await;
        // Both the same: open to all, or refusing all in a 2xx. The word of the
        // body decides, since nothing else can.
        let looks_like_refusal = ["unauthorized", "forbidden", "invalid_token", "\"error\""]
            .iter()
            .any(|word| control.body.text().to_lowercase().contains(word));
        Ok(!(looks_like_refusal && garbage.is_ok_and(|answer| (200..300).contains(&answer.status))))
    }
}
