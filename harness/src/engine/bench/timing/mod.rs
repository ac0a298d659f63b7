//! What a target does with its issuer's keys, measured on a bench that changes
//! them, withholds them, or only counts who asks for them.
//!
//! With `--slow` each measurement takes its time; else it ends with the cases
//! beside it, and says "longer than" where it did not see the end.

mod deadline;
mod looks;
mod patience;
mod stays;

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use mock_idp::Staging;
use mock_idp::mutation::Mutation;

pub(in crate::engine) use patience::Others;

use self::patience::Patience;

use self::looks::LOOK_MINUTE;
use super::{Bench, Start};
use crate::engine::exchange::{Carried, Wire};
use crate::engine::record::Done;
use crate::engine::run::RunError;
use crate::http::{Answer, Failure};
use crate::key_times::{KeyFact, Span};
use crate::learn::Acceptance;
use crate::scenario::{Case, ConnectionUse, Measure};
use crate::verdict::{Observation, VerdictKind};

/// How long a request may take: longer than any target was seen to wait.
const DEADLINE: Duration = Duration::from_secs(90);
/// What lies between a fetch and the change that is to cause the next one: some drop
/// a look that falls into the same moment.
const SETTLE: Duration = Duration::from_millis(500);
/// How often it is looked whether something has changed.
const TICK: Duration = Duration::from_millis(200);

impl Bench<'_> {
    /// Measures what a case asks for, on a target that has just started.
    pub(in crate::engine) async fn timed(
        &mut self,
        case: Case,
        measure: Measure,
        start: Start,
    ) -> Result<(), RunError> {
        let Some(case) = self.runnable(case) else { return Ok(()) };
        if let Some(why) = self.unmeasurable(start) {
            self.reporter.unjudged(&case, VerdictKind::Skipped, why);
            return Ok(());
        }
        if !case.needs_life() {
            self.wire.minter.stage(Staging { steps: &case.variant.issuer, ..Staging::default() }).await?;
        }
        if !self.renew().await {
            self.wire.minter.restore().await?;
            drop(self.runnable(case));
            return Ok(());
        }
        let begin = Instant::now();
        let patience = self.patience(measure);
        let _waiting = self.reporter.waiting(&case, "what the target does with keys is measured", patience.limit());
        let timing = Timing::new(self, &case, patience);
        let measured = timing.measure(measure).await;
        drop(timing);
        self.wire.minter.restore().await?;
        let carried = match measured? {
            Some(fact) => Carried {
                fact: Some(fact.clone()),
                ..Carried::without_exchange(Observation::Measured { figure: fact.to_string() })
            },
            None => Carried::skipped(unmeasured(measure)),
        };
        let carried = Carried { elapsed: begin.elapsed(), ..carried };
        self.record(Done { case, changes: Vec::new(), curl: None, carried });
        Ok(())
    }

    /// Why nothing is measured here, if so: each figure begins with a start.
    fn unmeasurable(&self, start: Start) -> Option<&'static str> {
        if !self.subject.is_owned() {
            return Some("the target runs already: this is measured where Badpenny starts it");
        }
        (start == Start::Running && !self.wire.settings.slow).then_some("it takes a start of its own: add --slow")
    }

    fn patience(&self, measure: Measure) -> Patience {
        let refresh = self.wire.refresh;
        if !self.wire.settings.slow {
            return Patience::beside(&self.others, refresh);
        }
        let least = if measure == Measure::LookRate { LOOK_MINUTE } else { Duration::ZERO };
        Patience::slow(refresh, least)
    }
}

/// Why there is nothing to tell.
fn unmeasured(measure: Measure) -> &'static str {
    match measure {
        Measure::LookRate => "it takes a minute: add --slow",
        Measure::MaxAge => "the target keeps no key set",
        Measure::AfterFailure | Measure::SlowIssuer => "the target did not fetch within the time of the run",
        Measure::NewKey | Measure::Lifetime | Measure::NoStore | Measure::Outage => "the run ended before",
    }
}

/// One measurement.
struct Timing<'b> {
    wire: Wire,
    acceptance: Arc<Acceptance>,
    case: &'b Case,
    patience: Patience,
    /// When the target was last seen to fetch: it has just started, and took the control.
    started: Instant,
}

impl<'b> Timing<'b> {
    fn new(bench: &Bench<'_>, case: &'b Case, patience: Patience) -> Self {
        let mut wire = bench.wire.clone();
        wire.client = Arc::new(wire.client.with_deadline(DEADLINE));
        let acceptance = Arc::clone(&bench.acceptance);
        Self { wire, acceptance, case, patience: patience.begun(), started: Instant::now() }
    }

    async fn measure(&self, measure: Measure) -> Result<Option<KeyFact>, RunError> {
        match measure {
            Measure::NewKey => self.new_keys().await,
            Measure::LookRate => self.look_rate().await,
            Measure::AfterFailure => self.after_failure().await,
            Measure::Lifetime => self.lifetime().await,
            Measure::MaxAge => self.max_age().await,
            Measure::NoStore => self.no_store().await,
            Measure::Outage => self.outage().await,
            Measure::SlowIssuer => self.slow_issuer().await,
        }
    }

    /// The case's steps, once more.
    async fn stage(&self) -> Result<(), RunError> {
        self.wire.minter.stage(Staging { steps: &self.case.variant.issuer, ..Staging::default() }).await?;
        Ok(())
    }

    /// How often the key set was asked for.
    async fn fetches(&self) -> Result<u64, RunError> {
        Ok(self.wire.minter.seen().await?.keys)
    }

    /// Sends an honest token of the issuer as it stands.
    async fn send_honest(&self) -> Result<Result<Answer, Failure>, RunError> {
        let minted = self.wire.minter.mint(&Mutation::control()).await?;
        let request = self.wire.control_request(minted.token.expose());
        Ok(self.wire.send(&request, &ConnectionUse::Any).await)
    }

    async fn gets_in(&self) -> Result<bool, RunError> {
        Ok(self.send_honest().await?.is_ok_and(|answer| self.acceptance.accepts(&answer)))
    }

    async fn pause(&self, pause: Duration) {
        self.wire.client.pause(pause).await;
    }

    /// What comes of it, unless the time is over before.
    async fn within<T>(&self, work: impl Future<Output = Result<T, RunError>>) -> Result<Option<T>, RunError> {
        tokio::select! {
            biased;
            done = work => done.map(Some),
            () = self.patience.over() => Ok(None),
        }
    }
}

/// The time since then, over or not.
fn span(since: Instant, is_over: bool) -> Span {
    let seconds = since.elapsed().as_secs_f64();
    if is_over { Span::Seconds(seconds) } else { Span::LongerThan(seconds) }
}
