use std::sync::Arc;
use std::time::Instant;

use mock_idp::random::Random;

use super::carry::Progress;
use super::control::{self, ControlError, Learned};
use super::exchange::Wire;
use super::finish;
use super::minter::{MintError, Minter};
use super::settings::RunSettings;
use crate::event::{CaseResult, Event, RunFinished, RunStarted, SCHEMA, Sink, Tool};
use crate::http::{Client, EndpointError};
use crate::scenario::Plan;
use crate::target::{RenewError, Target};

/// One run: a plan against a target, with an issuer.
#[derive(Debug)]
pub struct Run {
    /// What is done.
    pub plan: Plan,
    /// Against what.
    pub target: Target,
    /// The target's name in reports.
    pub target_name: String,
    /// What makes the tokens.
    pub minter: Minter,
    /// The client towards the target.
    pub client: Arc<Client>,
    /// How it is carried out.
    pub settings: RunSettings,
    /// Draws what a request needs of random bytes.
    pub random: Random,
}

/// Why a run came to no verdicts.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// The control did not get through: nothing can be judged.
    #[error(transparent)]
    Control(#[from] ControlError),
    /// The target does not start again after it ended.
    #[error(transparent)]
    Renew(#[from] RenewError),
    /// A token can't be made.
    #[error(transparent)]
    Mint(#[from] MintError),
    /// The target's address is none.
    #[error(transparent)]
    Endpoint(#[from] EndpointError),
}

/// All verdicts of a run.
#[derive(Debug, Clone)]
pub struct RunReport {
    /// What was run against what.
    pub started: RunStarted,
    /// Every variant with its verdict, in the order of the plan.
    pub results: Vec<CaseResult>,
    /// The totals.
    pub finished: RunFinished,
}

impl Run {
    /// Carries the plan out; every verdict goes to `sink` as it is known.
    ///
    /// The target is lent: whoever started it ends it.
    ///
    /// # Errors
    ///
    /// [`RunError`] when the control does not get through, so that nothing
    /// could be judged; never because of what the target does to a case.
    pub async fn execute(&mut self, sink: &mut dyn Sink) -> Result<RunReport, RunError> {
        let begin = Instant::now();
        let started = self.started();
        sink.on(&Event::RunStarted(started.clone()));
        let wire = self.wire()?;
        sink.on(&Event::TargetReady { url: wire.endpoint.to_string(), kind: self.target.kind().to_owned() });
        let learned = control::learn(&wire).await?;
        sink.on(&accepted(&learned));
        let mut progress = Progress::new(wire, learned.acceptance, sink);
        progress.carry_out(&self.plan, &mut self.target).await?;
        let results = progress.into_results(&self.plan);
        let finished = finish::totals(&results, begin.elapsed(), self.settings.strictness);
        sink.on(&Event::RunFinished(finished.clone()));
        Ok(RunReport { started, results, finished })
    }

    /// The wire to the target as it stands.
    pub(super) fn wire(&self) -> Result<Wire, EndpointError> {
        Ok(Wire {
            client: Arc::clone(&self.client),
            endpoint: self.target.endpoint()?,
            minter: self.minter.clone(),
            settings: Arc::new(self.settings.clone()),
            random: self.random.clone(),
        })
    }

    fn started(&self) -> RunStarted {
        let mut scenarios: Vec<&str> = self.plan.all().map(|case| case.scenario.id.as_str()).collect();
        scenarios.dedup();
        RunStarted {
            schema: SCHEMA.to_owned(),
            tool: Tool::default(),
            target: self.target_name.clone(),
            issuer: self.minter.settings().issuer.clone(),
            profile: self.plan.profile.clone(),
            revision: self.plan.revision.clone(),
            variants: self.plan.all().count(),
            scenarios: scenarios.len(),
        }
    }
}

fn accepted(learned: &Learned) -> Event {
    Event::ControlAccepted {
        status: learned.status,
        elapsed_ms: learned.elapsed.as_secs_f64() * 1000.0,
        open: learned.acceptance.is_open(),
        envelope: learned.acceptance.has_envelope(),
    }
}
