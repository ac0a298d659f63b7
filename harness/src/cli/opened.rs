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

    /// Carries the plan out, and ends the target whatever comes of it.
    ///
    /// # Errors
    ///
    /// [`Failure`] when there are no verdicts: why, and what to try.
    pub(super) async fn execute(mut self, sink: &mut dyn Sink) -> Result<RunReport, Failure> {
        let outcome = match self.run.execute(sink).await {
            Ok(report) => Ok(report),
            Err(error) => Err(self.explain(&error).await),
        };
        self.run.target.stop().await;
        outcome
    }

    async fn explain(&self, error: &RunError) -> Failure {
        match error {
            RunError::Control(control) => {
                let diagnosis = self.run.diagnose(control, self.issuer.key_fetches().await).await;
                Failure::target(format!("{error}; nothing was judged\n{diagnosis}"))
            }
            RunError::Renew(_) | RunError::Endpoint(_) | RunError::Witness(_) => Failure::target(error),
            RunError::Mint(_) | RunError::Listener(_) => Failure::fault(error),
        }
    }
}
