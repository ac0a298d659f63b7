use std::time::Duration;

use super::interruption::Interruption;
use super::session::Session;
use crate::engine::{MintError, Run, RunError, RunReport};
use crate::error::Failure;
use crate::event::{Partial, Sink};
use crate::issuer::Issuer;
use crate::listener::LOCAL;
use crate::scenario::Plan;
use crate::target::TrustFiles;
use crate::token::RealTokens;

/// A run with what must live as long as it does.
pub(super) struct Opened {
    pub(super) run: Run,
    issuer: Issuer,
    token: Option<RealTokens>,
    _trust: Option<TrustFiles>,
}

impl Opened {
    /// The run of a plan in a session.
    pub(super) fn new(session: Session, mut plan: Plan) -> Self {
        if let Some(real) = &session.real {
            let has_listener = !session.target.is_elsewhere() || session.settings.listener != LOCAL;
            real.narrow(&mut plan, has_listener);
        }
        let run = Run::new(
            plan,
            session.target,
            session.target_name,
            &session.minter,
            session.client,
            session.settings,
            session.random,
        );
        let token = session.real.map(|real| real.tokens);
        Self { run, issuer: session.issuer, token, _trust: session.trust }
    }

    /// Carries the plan out until it is through or `stop` is done, and ends the
    /// target whatever comes of it. An issuer that outlives the run is left whole.
    ///
    /// # Errors
    ///
    /// [`Failure`] when there are no verdicts: why, and what to try.
    pub(super) async fn execute(
        mut self,
        stop: impl Future<Output = Partial>,
        sink: &mut dyn Sink,
    ) -> Result<RunReport, Failure> {
        let token_ends = ends(self.token.take());
        let stop = async {
            tokio::select! {
                why = stop => why,
                () = token_ends => Partial::TokenExpired,
            }
        };
        let outcome = match self.run.execute_until(stop, sink).await {
            Ok(report) => Ok(report),
            Err(error) => Err(self.explain(&error).await),
        };
        self.run.target.stop().await;
        outcome
    }

    async fn explain(&self, error: &RunError) -> Failure {
        match error {
            RunError::Control(control) => {
                let diagnosis = self.run.diagnose(control, &self.issuer.view().await).await;
                Failure::target(format!("{error}; nothing was judged\n{diagnosis}"))
            }
            RunError::NoIdentity { .. } | RunError::OtherIdentity { .. } | RunError::UnreadableIdentity { .. } => {
                Failure::usage(error)
            }
            RunError::Renew(_) | RunError::Endpoint(_) | RunError::Witness(_) | RunError::Reset(_) => {
                Failure::target(error)
            }
            RunError::Mint(MintError::Token(_)) => Failure::target(error),
            RunError::Mint(_) | RunError::Listener(_) => Failure::fault(error),
        }
    }
}

/// Done shortly before a token comes to its end that can't be renewed.
async fn ends(token: Option<RealTokens>) {
    const BEFORE: Duration = Duration::from_secs(2);
    match token {
        Some(token) => match token.ends_in().await {
            Some(left) => tokio::time::sleep(left.saturating_sub(BEFORE)).await,
            None => std::future::pending().await,
        },
        None => std::future::pending().await,
    }
}

/// Done when the user asks for an end, or the run has taken as long as it may.
pub(super) async fn stop(interruption: &Interruption, max_time: Option<Duration>) -> Partial {
    let time_is_up = async {
        match max_time {
            Some(limit) => tokio::time::sleep(limit).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        () = interruption.taken_over() => Partial::Interrupted,
        () = time_is_up => Partial::MaxTime,
    }
}
