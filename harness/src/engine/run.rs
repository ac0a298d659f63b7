use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::{Duration, Instant};

use mock_idp::random::Random;

use super::bench::{Before, Bench, Start, Subject, Supply};
use super::exchange::{Sessions, Wire};
use super::minter::{MintError, Minter};
use super::record::{Common, Record, totals};
use super::settings::RunSettings;
use super::stage::{ControlError, Learned, ResetError, Way, benched, checks, choose, harmless, learn, measured};
use super::witness::WitnessError;
use crate::event::{CaseResult, Event, Partial, RunFinished, RunStarted, SCHEMA, Sink, Tool};
use crate::excuse::Outdated;
use crate::http::{Client, CodingError, EndpointError};
use crate::key_times::KeyTimes;
use crate::listener::{Listener, ListenerError};
use crate::scenario::{Capability, Case, Manner, Plan};
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
    /// Where more benches come from.
    supply: Supply,
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
    /// The answer to the control names somebody else than its token.
    #[error(
        "at {pointer}, the answer to the control says something else than the `sub` of its token: correct `--declare identity={pointer}`, or leave it out"
    )]
    OtherIdentity {
        /// The JSON Pointer.
        pointer: String,
    },
    /// The answer to the control can't be read, where its owner said that it
    /// names somebody.
    #[error(
        "{why}, so that nobody is found at {pointer}: leave `--declare identity={pointer}` out, or let the target send it as it is"
    )]
    UnreadableIdentity {
        /// The JSON Pointer.
        pointer: String,
        /// Why it can't be read.
        why: CodingError,
    },
    /// The target does not start again after it ended.
    #[error(transparent)]
    Renew(#[from] RenewError),
    /// The target can't be brought back to where it was between cases.
    #[error(transparent)]
    Reset(#[from] ResetError),
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

impl RunReport {
    /// What was measured of the target's time with keys; `None` where nothing was.
    #[must_use]
    pub fn key_times(&self) -> Option<KeyTimes> {
        KeyTimes::of(self.results.iter().filter_map(|result| result.fact.as_ref()))
    }
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
        let prefix = format!("bench-{}-", random.branch("benches").alphanumeric(6).to_lowercase());
        let supply = Supply::new(minter.clone(), target.recipe(), prefix);
        let target_name = target_name.into();
        let dialect = plan.settings.dialect.clone();
        let settings = RunSettings { elsewhere: target.is_elsewhere(), dialect, ..settings };
        Self { plan, target, target_name, minter, client, settings, random, supply, listener: None }
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
        self.execute_until(std::future::pending(), sink).await
    }

    /// As [`Run::execute`], but ends when `stop` is done: with a report of what
    /// was judged so far, and the issuer whole again.
    ///
    /// # Errors
    ///
    /// As [`Run::execute`].
    pub async fn execute_until(
        &mut self,
        stop: impl Future<Output = Partial>,
        sink: &mut dyn Sink,
    ) -> Result<RunReport, RunError> {
        let begin = Instant::now();
        let started = self.started();
        sink.on(&Event::RunStarted(started.clone()));
        let mut stop = pin!(stop);
        let learned = tokio::select! {
            why = &mut stop => Err(why),
            learned = self.prepare(sink) => Ok(learned?),
        };
        let (results, partial) = match learned {
            Err(why) => (self.nothing(sink, why), Some(why)),
            Ok(ready) => {
                let outcome = self.carry_out(ready, stop, sink).await;
                // Whatever came of it, an issuer that outlives the run is as it was.
                let restored = self.restore().await;
                let outcome = outcome?;
                restored?;
                outcome
            }
        };
        let outdated = outdated(&self.plan, &self.settings, &results, partial);
        let finished = totals(&results, begin.elapsed(), self.settings.strictness, partial, outdated);
        sink.on(&Event::RunFinished(finished.clone()));
        Ok(RunReport { started, results, finished })
    }

    /// The report of a run that was ended before it began.
    #[must_use]
    pub fn unreached(plan: &Plan, target_name: &str, issuer: &str, settings: &RunSettings, why: Partial) -> RunReport {
        let mut nobody = |_: &Event| {};
        let (mut record, _) = Record::new(common(settings, false, None), None, &mut nobody);
        record.not_reached(plan, why);
        let results = record.into_results(plan);
        let finished = totals(&results, Duration::ZERO, settings.strictness, Some(why), Vec::new());
        RunReport { started: started(plan, target_name, issuer), results, finished }
    }

    /// Until the control got through.
    async fn prepare(&mut self, sink: &mut dyn Sink) -> Result<Ready, RunError> {
        if self.plan.uses("listener") || self.plan.uses("listener_host") {
            let names = self.plan.cases.iter().map(Case::name).collect();
            self.listener = Some(Arc::new(Listener::start(names, self.settings.listener).await?));
        }
        // What a run before left behind, where the issuer outlived it.
        self.minter.restore().await?;
        let before = Before::look(&self.minter, &self.settings.declared).await?;
        let wire = self.wire()?;
        sink.on(&Event::TargetReady { url: wire.endpoint.to_string(), kind: self.target.kind().to_owned() });
        sink.on(&Event::WaitBegun {
            case: CONTROL.to_owned(),
            what: "until the target accepts the control".to_owned(),
            at_most_ms: self.settings.control_deadline.as_secs_f64() * 1000.0,
        });
        let learned = learn(&wire).await;
        sink.on(&Event::WaitOver { case: CONTROL.to_owned() });
        let learned = learned?;
        self.check_identity(&wire, &learned).await?;
        if let Some(why) = &learned.unreadable {
            sink.on(&Event::Planned { choice: format!("{why}: nothing is looked for in bodies") });
        }
        sink.on(&accepted(&learned));
        Ok(Ready { wire: Wire { control_elapsed: learned.elapsed, ..wire }, learned, before })
    }

    /// Whether the answer to the control names its subject, where that was declared.
    async fn check_identity(&self, wire: &Wire, learned: &Learned) -> Result<(), RunError> {
        let Some(pointer) = self.settings.declared.value(Capability::Identity) else { return Ok(()) };
        let pointer = pointer.to_owned();
        match (&learned.served, &learned.unreadable) {
            (None, Some(why)) => Err(RunError::UnreadableIdentity { pointer, why: why.clone() }),
            (None, None) => Err(RunError::NoIdentity { pointer }),
            (Some(served), _) => {
                // A dialect may name another one in each token.
                let (one, another) = (wire.control_subject().await, wire.control_subject().await);
                let is_other = one.is_some_and(|subject| subject != *served && another == Some(subject));
                if is_other { Err(RunError::OtherIdentity { pointer }) } else { Ok(()) }
            }
        }
    }

    /// All stages, and the record of what they tell, until they are through or
    /// the run is to end.
    async fn carry_out(
        &mut self,
        ready: Ready,
        mut stop: Pin<&mut impl Future<Output = Partial>>,
        sink: &mut dyn Sink,
    ) -> Result<(Vec<CaseResult>, Option<Partial>), RunError> {
        let Ready { wire, learned, before } = ready;
        let subject = wire.control_subject().await;
        let common = common(&self.settings, learned.acceptance.is_open(), subject);
        let (mut record, reporter) = Record::new(common, self.listener.clone(), sink);
        let started_in = self.target.started_in().unwrap_or_default() + learned.accepted_in;
        let supply = self.supply.clone();
        let plan = &self.plan;
        let mut bench = Bench::first(wire, learned.acceptance, reporter, Subject::Lent(&mut self.target));
        let ended = {
            let mut stages = pin!(stages(&mut bench, plan, &supply, started_in));
            loop {
                tokio::select! {
                    biased;
                    Some(note) = record.note() => record.take(note),
                    why = &mut stop => break Err(why),
                    outcome = &mut stages => break while_the_token_lives(outcome)?,
                }
            }
        };
        record.take_all();
        let ended = match ended {
            Err(why) => Err(why),
            // Whoever is not alone with a target leaves it in peace when it suffers.
            Ok(()) if self.settings.elsewhere && bench.is_stopped() => Err(Partial::Trouble),
            Ok(()) => tokio::select! {
                why = &mut stop => Err(why),
                outcome = the_end(&mut bench, &mut record, plan, &before) => while_the_token_lives(outcome)?,
            },
        };
        let partial = ended.err();
        record.take_all();
        record.settle();
        if let Some(why) = partial {
            record.not_reached(plan, why);
        }
        Ok((record.into_results(plan), partial))
    }

    async fn restore(&self) -> Result<(), RunError> {
        self.minter.restore().await?;
        Ok(self.supply.sweep().await?)
    }

    /// The rows of a run that ends before anything was sent.
    fn nothing(&self, sink: &mut dyn Sink, why: Partial) -> Vec<CaseResult> {
        let (mut record, _) = Record::new(common(&self.settings, false, None), None, sink);
        record.not_reached(&self.plan, why);
        record.into_results(&self.plan)
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
            refresh_due: self.plan.settings.refresh_due,
            tells_pause: self.plan.settings.tells_pause,
            gentle: !self.target.is_owned(),
            meter: None,
            control_elapsed: Duration::ZERO,
            limit: Arc::default(),
            sessions: Sessions::default(),
        })
    }

    fn started(&self) -> RunStarted {
        RunStarted {
            real_token: self.minter.has_real_token(),
            ..started(&self.plan, &self.target_name, &self.minter.settings().issuer)
        }
    }
}

/// What the name of the control is where a case is named.
const CONTROL: &str = "control";

/// A run whose control got through.
struct Ready {
    wire: Wire,
    learned: Learned,
    before: Before,
}

/// A real token that came to its end, and could not be renewed, ends the run; what
/// was judged before stands.
fn while_the_token_lives(outcome: Result<(), RunError>) -> Result<Result<(), Partial>, RunError> {
    match outcome {
        Ok(()) => Ok(Ok(())),
        Err(RunError::Mint(MintError::Token(_))) => Ok(Err(Partial::TokenExpired)),
        Err(error) => Err(error),
    }
}

/// From the harmless cases to the heavy ones.
async fn stages(bench: &mut Bench<'_>, plan: &Plan, supply: &Supply, started_in: Duration) -> Result<(), RunError> {
    let of = |manner| plan.cases.iter().filter(move |case| case.manner() == manner).cloned();
    let mut cases = harmless(bench, plan).await?;
    cases.extend(of(Manner::Benched));
    let (growing, heavy): (Vec<Case>, Vec<Case>) = of(Manner::Measured).partition(Case::grows);
    let all: Vec<Case> = cases.iter().chain(&heavy).cloned().collect();
    let way = choose(bench, &all, supply, started_in).await?;
    let left = benched(bench, cases, supply, way).await?;
    // What is compared with the control needs a target that has warmed up, and nothing else.
    measured(bench, growing, supply, Way::OneByOne(Start::Running)).await?;
    measured(bench, left.into_iter().chain(heavy).collect(), supply, way).await
}

/// What can be judged only when everything was sent.
async fn the_end(bench: &mut Bench<'_>, record: &mut Record<'_>, plan: &Plan, before: &Before) -> Result<(), RunError> {
    record.take_all();
    if let Some(last) = record.last_watched() {
        bench.settle_calls(last).await;
    }
    record.take_all();
    checks(bench, record, plan, before).await
}

/// Entries of what is accepted that no longer hold. Whoever stops at the first
/// finding has not seen every exchange.
fn outdated(plan: &Plan, settings: &RunSettings, results: &[CaseResult], partial: Option<Partial>) -> Vec<Outdated> {
    let stopped = settings.fail_fast && results.iter().any(|result| result.fails(settings.strictness));
    settings.excuses.outdated(plan, results, partial.is_none() && !stopped)
}

fn common(settings: &RunSettings, is_open: bool, subject: Option<String>) -> Common {
    Common::new(Arc::new(settings.clone()), is_open, subject)
}

fn started(plan: &Plan, target: &str, issuer: &str) -> RunStarted {
    RunStarted {
        schema: SCHEMA.to_owned(),
        tool: Tool::default(),
        target: target.to_owned(),
        issuer: issuer.to_owned(),
        profile: plan.profile.clone(),
        revision: plan.revision.clone(),
        variants: plan.all().count(),
        scenarios: plan.scenarios(),
        real_token: false,
        left_out: plan.lacking.clone(),
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
