use std::sync::Arc;
use std::time::{Duration, Instant};

use mock_idp::random::Random;

use super::before::Before;
use super::carry::Progress;
use super::control::{self, ControlError, Learned};
use super::finish;
use super::minter::{MintError, Minter};
use super::settings::RunSettings;
use super::wire::Wire;
use super::witness::WitnessError;
use crate::event::{CaseResult, Event, RunFinished, RunStarted, SCHEMA, Sink, Tool};
use crate::http::{Client, EndpointError};
use crate::listener::{Listener, ListenerError};
use crate::scenario::{Capability, Plan};
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
    /// Where tokens may point to, once the run has begun.
    listener: Option<Arc<Listener>>,
}

/// Why a run came to no verdicts.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// The control did not get through: nothing can be judged.
    #[error(transparent)]
    Control(#[from] ControlError),
    /// The answer to the control names nobody where its owner said that it does.
    #[error(
        "the answer to the control holds no text at {pointer}: correct `--declare identity={pointer}`, or leave it out"
    )]
    NoIdentity {
        /// The JSON Pointer.
        pointer: String,
    },
    /// The target does not start again after it ended.
    #[error(transparent)]
    Renew(#[from] RenewError),
    /// A token can't be made.
    #[error(transparent)]
    Mint(#[from] MintError),
    /// The issuer can't be changed or asked.
    #[error(transparent)]
    Witness(#[from] WitnessError),
    /// The attacker's listener does not start.
    #[error(transparent)]
    Listener(#[from] ListenerError),
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
    /// A run of a plan: the tokens of its profile take the place of the minter's.
    #[must_use]
    pub fn new(
        plan: Plan,
        target: Target,
        target_name: impl Into<String>,
        minter: &Minter,
        client: Arc<Client>,
        settings: RunSettings,
        random: Random,
    ) -> Self {
        let minter = minter.with_settings(|tokens| plan.settings.apply(tokens));
        Self { plan, target, target_name: target_name.into(), minter, client, settings, random, listener: None }
    }

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
        if self.plan.uses("listener") || self.plan.uses("listener_host") {
            let listener = Listener::start().await?;
            self.minter = self.minter.with_settings(|tokens| tokens.listener = listener.url());
            self.listener = Some(Arc::new(listener));
        }
        // What a run before left behind, where the issuer outlived it.
        self.restore().await?;
        let before = Before::look(&self.minter, &self.settings.declared).await?;
        let wire = self.wire()?;
        sink.on(&Event::TargetReady { url: wire.endpoint.to_string(), kind: self.target.kind().to_owned() });
        let learned = control::learn(&wire).await?;
        if let Some(pointer) = self.settings.declared.value(Capability::Identity).filter(|_| learned.served.is_none()) {
            return Err(RunError::NoIdentity { pointer: pointer.to_owned() });
        }
        sink.on(&accepted(&learned));
        let wire = Wire { control_elapsed: learned.elapsed, ..wire };
        let mut progress = Progress::new(wire, learned.acceptance, before, sink);
        progress.carry_out(&self.plan, &mut self.target).await?;
        let results = progress.into_results(&self.plan);
        let finished = finish::totals(&results, begin.elapsed(), self.settings.strictness);
        sink.on(&Event::RunFinished(finished.clone()));
        Ok(RunReport { started, results, finished })
    }

    /// Makes the issuer whole again, for who ends a run in its midst.
    ///
    /// # Errors
    ///
    /// [`RunError::Witness`] when the issuer can't be reached.
    pub async fn restore(&self) -> Result<(), RunError> {
        Ok(self.minter.restore().await?)
    }

    /// The wire to the target as it stands.
    pub(super) fn wire(&self) -> Result<Wire, EndpointError> {
        Ok(Wire {
            client: Arc::clone(&self.client),
            endpoint: self.target.endpoint()?,
            minter: self.minter.clone(),
            settings: Arc::new(self.settings.clone()),
            random: self.random.clone(),
            listener: self.listener.clone(),
            leeway: self.plan.settings.leeway,
            refresh: self.plan.settings.refresh,
            control_elapsed: Duration::ZERO,
        })
    }

    fn started(&self) -> RunStarted {
        RunStarted {
            schema: SCHEMA.to_owned(),
            tool: Tool::default(),
            target: self.target_name.clone(),
            issuer: self.minter.settings().issuer.clone(),
            profile: self.plan.profile.clone(),
            revision: self.plan.revision.clone(),
            variants: self.plan.all().count(),
            scenarios: self.plan.scenarios(),
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
