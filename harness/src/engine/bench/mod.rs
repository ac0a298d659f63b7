//! A bench: a target, the authorization server that it trusts, and nothing
//! that anybody else touches.
//!
//! The first bench of a run has the target that the run was given. More of them
//! come from the [`supply`], each with a process and an authorization server of
//! its own, where the target allows it.

mod batch;
mod before;
mod confirm;
mod fetching;
mod health;
mod missed;
mod pin;
mod server;
mod staging;
mod subject;
mod supply;
mod timing;

use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;

pub(super) use before::Before;
pub(super) use fetching::Fetching;
pub(super) use subject::Subject;
pub(super) use supply::{Door, Supply};
pub(super) use timing::Others;

use self::health::KnownControl;
use self::server::BenchServer;
use super::exchange::Wire;
use super::record::{Done, Reporter};
use super::run::RunError;
use crate::learn::Acceptance;
use crate::scenario::Case;
use crate::target::RenewError;
use crate::verdict::VerdictKind;

/// A bench on which cases are carried out.
pub(super) struct Bench<'t> {
    pub(super) wire: Wire,
    pub(super) acceptance: Arc<Acceptance>,
    pub(super) reporter: Reporter,
    pub(super) subject: Subject<'t>,
    /// What is known of the target's fetches; shared by all benches.
    pub(super) fetching: Fetching,
    /// A control, for whoever only wants to know how the target is.
    control: KnownControl,
    /// Lines of the target's log that were looked at.
    log_lines: u64,
    /// Why nothing more can be judged here.
    stopped: Option<(VerdictKind, String)>,
    /// Its authorization server, where it has one of its own.
    server: Option<BenchServer>,
    /// How many targets may start at the same time, where others start as well.
    pub(super) starts: Option<Arc<Semaphore>>,
    /// What is carried out beside it.
    pub(super) others: Others,
}

/// How long a call that a token caused may come after the answer: some times
/// what the target takes for the control, within these.
const GRACE: RangeInclusive<Duration> = Duration::from_millis(50)..=Duration::from_millis(250);
const GRACE_IN_CONTROLS: u32 = 5;

/// How long a line of a target may be on its way.
const LOG_DELAY: Duration = Duration::from_millis(50);

/// How a case finds the target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Start {
    /// Started for it.
    Fresh,
    /// As it runs already.
    Running,
}

impl<'t> Bench<'t> {
    /// The bench of the target that the run was given.
    pub(super) fn first(wire: Wire, acceptance: Acceptance, reporter: Reporter, subject: Subject<'t>) -> Self {
        Self {
            wire,
            acceptance: Arc::new(acceptance),
            reporter,
            subject,
            fetching: Fetching::default(),
            control: KnownControl::default(),
            log_lines: 0,
            stopped: None,
            server: None,
            starts: None,
            others: Others::default(),
        }
    }

    /// The case, unless there is a reason not to run it, which is told.
    pub(super) fn runnable(&self, case: Case) -> Option<Case> {
        let hindrance = || self.reporter.hindrance(&case).map(|why| (VerdictKind::Skipped, why));
        let Some((kind, why)) = self.stopped.clone().or_else(hindrance) else { return Some(case) };
        self.reporter.unjudged(&case, kind, &why);
        None
    }

    /// Tells what came of a case.
    pub(super) fn record(&self, done: Done) {
        self.reporter.case(done);
    }

    /// Whether nothing more is sent to it.
    pub(in crate::engine) fn is_stopped(&self) -> bool {
        self.stopped.is_some()
    }

    /// Leaves all that is to come here unjudged.
    fn stop(&mut self, why: String) {
        self.stopped = Some((VerdictKind::Inconclusive, why));
    }

    /// A target that has just started, and has fetched nothing for us yet.
    pub(super) async fn start(&mut self) -> Result<(), RenewError> {
        self.start_within(None).await
    }

    /// As [`Bench::start`]; `limit` is how long it may take, where that is to be
    /// less than its owner gave it.
    async fn start_within(&mut self, limit: Option<Duration>) -> Result<(), RenewError> {
        self.look_at_log("the last of a process");
        let starts = self.starts.clone();
        let _turn = match &starts {
            Some(starts) => starts.acquire().await.ok(),
            None => None,
        };
        self.subject.start(&self.wire.minter.settings().issuer, limit).await?;
        self.started()
    }

    fn started(&mut self) -> Result<(), RenewError> {
        self.log_lines = 0;
        self.wire.client.close_idle();
        self.wire.sessions.forget();
        self.wire.endpoint = self.subject.endpoint()?;
        Ok(())
    }

    /// What the target wrote since the last look.
    pub(super) fn look_at_log(&mut self, after: &str) {
        let (lines, total) = self.subject.new_log_lines(self.log_lines);
        self.log_lines = total;
        self.reporter.log(after, lines);
    }

    /// The same where the log of a case is told: apart from what came before it
    /// and what comes behind.
    async fn look_at_log_closely(&mut self, after: &str) {
        if self.wire.settings.transcript {
            self.wire.client.pause(LOG_DELAY).await;
            self.look_at_log(after);
        }
    }

    /// Whether its process has ended.
    pub(super) async fn is_dead(&self) -> bool {
        self.subject.death(false).await.is_some()
    }

    /// Waits as long as a call to the attacker's listener may come behind an
    /// answer of that time: by what the target takes for the control now.
    pub(super) async fn settle_calls(&self, answered: Instant) {
        if self.wire.listener.is_none() || self.subject.target().is_none() || answered.elapsed() > *GRACE.end() {
            return;
        }
        let control = match self.send_known_control().await {
            Ok(Ok(answer)) => answer.elapsed,
            _ => self.wire.control_elapsed,
        };
        let grace = (control * GRACE_IN_CONTROLS).clamp(*GRACE.start(), *GRACE.end());
        self.wire.client.pause(grace.saturating_sub(answered.elapsed())).await;
    }

    /// Ends the bench: what it saw is told, its process and its server end.
    pub(super) async fn close(mut self) -> Result<(), RunError> {
        self.look_at_log("the last of a process");
        self.subject.stop().await;
        if let Some(server) = self.server.take() {
            self.reporter.fetches(self.wire.minter.fetches(0).await?);
            server.close().await;
        }
        Ok(())
    }
}
