//! Keeping the target alive, and pinning its death on the case that caused it.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::Bench;
use crate::engine::exchange::Prepared;
use crate::engine::minter::MintError;
use crate::http::{Answer, Failure};
use crate::scenario::{ConnectionUse, Sender};
use crate::verdict::Death;

/// How the target is after a scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Health {
    /// It accepts the control.
    Well,
    /// It answers, and does not accept the control.
    Refusing(String),
    /// It refuses the control at one time and accepts it at another.
    Wavering(String),
    /// It limits the rate, which says nothing about its health.
    Limited,
    /// It gives no answer, or its process ended.
    Gone(Death),
}

/// Pause between two tries of a target that is to come back.
const RETRY: Duration = Duration::from_millis(100);

/// Tries of a control that was refused, to see whether acceptance comes and goes.
const TRIES: usize = 12;
/// The same where others use the target, too.
const TRIES_ELSEWHERE: usize = 2;
/// After which pause a target that others use as well is tried once more.
const REST: Duration = Duration::from_secs(1);

/// A control that was made before, and how long it may be used again.
#[derive(Default)]
pub(super) struct KnownControl(Mutex<Option<(Instant, Prepared)>>);

/// Well below what a token lives.
const CONTROL_AGE: Duration = Duration::from_secs(300);

impl KnownControl {
    fn get(&self) -> Option<Prepared> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.as_ref().filter(|(made, _)| made.elapsed() < CONTROL_AGE).map(|(_, prepared)| prepared.clone())
    }

    fn set(&self, prepared: Prepared) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), prepared));
    }
}

impl Bench<'_> {
    /// Sends a control of the issuer as it is when it is whole: the one from
    /// before, since a client uses its token more than once, too.
    pub(super) async fn send_known_control(&self) -> Result<Result<Answer, Failure>, MintError> {
        // A real token is kept fresh elsewhere.
        let mut prepared = match self.control.get().filter(|_| !self.wire.minter.has_real_token()) {
            Some(prepared) => prepared,
            None => {
                let fresh = self.wire.companion(Sender::Control).await?;
                self.control.set(fresh.clone());
                fresh
            }
        };
        // A target that was started again may listen elsewhere.
        prepared.request = self.wire.control_request(prepared.minted.token.expose());
        let mut sent = self.wire.send(&prepared.request, &ConnectionUse::Any).await;
        if self.wire.session_lapsed(&sent) {
            sent = self.wire.send(&prepared.request, &ConnectionUse::Any).await;
        }
        Ok(self.wire.redacted(sent, prepared.minted.token.expose()))
    }

    /// Sends the control and looks at the process.
    pub(super) async fn health(&self) -> Result<Health, MintError> {
        if let Some(death) = self.subject.death(false).await {
            return Ok(Health::Gone(death));
        }
        Ok(match self.send_known_control().await? {
            Ok(answer) if self.acceptance.accepts(&answer) => Health::Well,
            Ok(answer) if answer.status == 429 => Health::Limited,
            Ok(answer) => {
                let fault = format!("the control is refused ({})", answer.status);
                if self.wavers().await? { Health::Wavering(fault) } else { Health::Refusing(fault) }
            }
            Err(failure) => match self.subject.death(true).await {
                Some(death) => Health::Gone(death),
                None if failure.may_have_arrived() => {
                    Health::Refusing(format!("the control gets no answer: {failure}"))
                }
                None => {
                    Health::Gone(Death { exit: format!("it no longer answers: {}", failure.kind), log: Vec::new() })
                }
            },
        })
    }

    /// Whether the control is accepted and refused again, one try behind the other.
    /// A target that only comes back is none that wavers.
    async fn wavers(&self) -> Result<bool, MintError> {
        let mut was_accepted = false;
        let tries = if self.wire.settings.elsewhere { TRIES_ELSEWHERE } else { TRIES };
        for _ in 0..tries {
            let Ok(answer) = self.send_known_control().await? else { return Ok(false) };
            match self.acceptance.accepts(&answer) {
                true => was_accepted = true,
                false if answer.status == 429 => return Ok(false),
                false if was_accepted => return Ok(true),
                false => {}
            }
        }
        Ok(false)
    }

    /// Waits until a target that the harness does not own accepts the control again.
    pub(super) async fn recovers(&self) -> Result<bool, MintError> {
        if self.wire.settings.elsewhere {
            self.wire.client.pause(REST).await;
            return Ok(self.send_known_control().await?.is_ok_and(|answer| self.acceptance.accepts(&answer)));
        }
        let deadline = Instant::now() + self.wire.settings.recovery;
        while Instant::now() < deadline {
            if self.send_known_control().await?.is_ok_and(|answer| self.acceptance.accepts(&answer)) {
                return Ok(true);
            }
            self.wire.client.pause(RETRY).await;
        }
        Ok(false)
    }
}
