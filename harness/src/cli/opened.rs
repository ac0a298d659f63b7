use super::interruption::Interruption;
use super::session::Session;
use crate::engine::{Run, RunError, RunReport};
use crate::error::Failure;
use crate::event::Sink;
use crate::issuer::Issuer;
use crate::scenario::Plan;
use crate::target::TrustFiles;

/// A run with what must live as long as it does.
pub(super) struct Opened {
    pub(super) run: Run,
    issuer: Issuer,
    _trust: Option<TrustFiles>,
}

impl Opened {
    /// The run of a plan in a session.
    pub(super) fn new(session: Session, plan: Plan) -> Self {
        let run = Run::new(
            plan,
            session.target,
            session.target_name,
            &session.minter,
            session.client,
            session.settings,
            session.random,
        );
        Self { run, issuer: session.issuer, _trust: session.trust }
    }

    /// Carries the plan out, and ends the target whatever comes of it. An issuer
    /// that outlives the run is left whole, also where the user ends it.
    ///
    /// # Errors
    ///
    /// [`Failure`] when there are no verdicts: why, and what to try.
    pub(super) async fn execute(
        mut self,
        interruption: &Interruption,
        sink: &mut dyn Sink,
    ) -> Result<RunReport, Failure> {
        let outcome = tokio::select! {
            outcome = self.run.execute(sink) => Some(outcome),
            () = interruption.taken_over() => None,
        };
        let outcome = match outcome {
            Some(Ok(report)) => Ok(report),
            Some(Err(error)) => Err(self.explain(&error).await),
            None => Err(self.interrupted().await),
        };
        self.run.target.stop().await;
        outcome
    }

    async fn interrupted(&self) -> Failure {
        let failure = Failure::interrupted();
        match self.run.restore().await {
            Ok(()) => failure,
            Err(error) => {
                let message = format!("{}; the issuer may still be changed ({error}): start it again", failure.message);
                Failure { message, ..failure }
            }
        }
    }

    async fn explain(&self, error: &RunError) -> Failure {
        match error {
            RunError::Control(control) => {
                let diagnosis = self.run.diagnose(control, self.issuer.key_fetches().await).await;
                Failure::target(format!("{error}; nothing was judged\n{diagnosis}"))
            }
            RunError::NoIdentity { .. } => Failure::usage(error),
            RunError::Renew(_) | RunError::Endpoint(_) | RunError::Witness(_) => Failure::target(error),
            RunError::Mint(_) | RunError::Listener(_) => Failure::fault(error),
        }
    }
}
