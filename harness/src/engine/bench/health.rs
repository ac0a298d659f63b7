//! Keeping the target alive, and pinning its death on the case that caused it.

use std::time::{Duration, Instant};

use super::Bench;
use crate::engine::minter::MintError;
use crate::verdict::Death;

/// How the target is after a scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Health {
    /// It accepts the control.
    Well,
    /// It answers, and does not accept the control.
    Refusing(String),
    /// It limits the rate, which says nothing about its health.
    Limited,
    /// It gives no answer, or its process ended.
    Gone(Death),
}

/// Pause between two tries of a target that is to come back.
const RETRY: Duration = Duration::from_millis(100);

impl Bench<'_> {
    /// Sends the control and looks at the process.
    pub(super) async fn health(&self) -> Result<Health, MintError> {
        if let Some(death) = self.subject.death(false).await {
            return Ok(Health::Gone(death));
        }
        Ok(match self.wire.send_control(&self.wire.minter).await? {
            Ok(answer) if self.acceptance.accepts(&answer) => Health::Well,
            Ok(answer) if answer.status == 429 => Health::Limited,
            Ok(answer) => Health::Refusing(format!("the control is refused ({})", answer.status)),
            Err(failure) => match self.subject.death(true).await {
                Some(death) => Health::Gone(death),
                None if failure.may_have_arrived() => {
                    Health::Refusing(format!("the control gets no answer: {failure}"))
                }
                None => Health::Gone(Death { exit: format!("it no longer answers: {}", failure.kind), log: Vec::new() }),
            },
        })
    }

    /// Waits until a target that the harness does not own accepts the control again.
    pub(super) async fn recovers(&self) -> Result<bool, MintError> {
        let deadline = Instant::now() + self.wire.settings.recovery;
        while Instant::now() < deadline {
            if self.wire.send_control(&self.wire.minter).await?.is_ok_and(|answer| self.acceptance.accepts(&answer)) {
                return Ok(true);
            }
            self.wire.client.pause(RETRY).await;
        }
        Ok(false)
    }
}
