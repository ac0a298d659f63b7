//! Keeping the target alive, and pinning its death on the case that caused it.

use super::minter::MintError;
use super::wire::Wire;
use crate::learn::Acceptance;
use crate::target::Target;
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

/// Sends the control and looks at the process.
pub(super) async fn health(wire: &Wire, target: &Target, acceptance: &Acceptance) -> Result<Health, MintError> {
    if let Some(death) = target.death(false).await {
        return Ok(Health::Gone(death));
    }
    Ok(match wire.send_control(&wire.minter).await? {
        Ok(answer) if acceptance.accepts(&answer) => Health::Well,
        Ok(answer) if answer.status == 429 => Health::Limited,
        Ok(answer) => Health::Refusing(format!("the control is refused ({})", answer.status)),
        Err(failure) => match target.death(true).await {
            Some(death) => Health::Gone(death),
            None if failure.may_have_arrived() => Health::Refusing(format!("the control gets no answer: {failure}")),
            None => Health::Gone(Death { exit: format!("it no longer answers: {}", failure.kind), log: Vec::new() }),
        },
    })
}

/// Waits until a target that the harness does not own accepts the control again.
pub(super) async fn recovers(wire: &Wire, acceptance: &Acceptance) -> Result<bool, MintError> {
    let deadline = std::time::Instant::now() + wire.settings.recovery;
    while std::time::Instant::now() < deadline {
        if wire.send_control(&wire.minter).await?.is_ok_and(|answer| acceptance.accepts(&answer)) {
            return Ok(true);
        }
        wire.client.pause(std::time::Duration::from_millis(100)).await;
    }
    Ok(false)
}
