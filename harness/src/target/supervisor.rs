//! The thread that sees a target's process group through to its end.

use std::convert::Infallible;
use std::io;
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::exit::TargetExit;
use super::group::Group;

/// How long an ending waits for the last lines of output. They come at once unless a process
/// that left the group still holds the pipe.
const LAST_LINES: Duration = Duration::from_millis(200);

/// Waits for a group's leader on a thread of its own, then ends the rest of the group, reaps, and
/// publishes how it ended. A plain thread, because a drop must reap without a runtime too.
pub(super) struct Supervisor {
    hold: Arc<Mutex<Hold>>,
    exit: watch::Receiver<Option<TargetExit>>,
}

/// What may be done to the group at this moment.
struct Hold {
    /// `None` once the leader is about to be reaped: then the id could be someone else's.
    group: Option<Group>,
    /// Set by a stop: until then, members may outlive their leader.
    grace_ends: Option<Instant>,
}

impl Supervisor {
    /// Starts the thread. `outputs` disconnects when nobody holds the group's outputs any more.
    pub(super) fn start(group: Group, outputs: Receiver<Infallible>) -> io::Result<Self> {
        let hold = Arc::new(Mutex::new(Hold { group: Some(group), grace_ends: None }));
        let (publish, exit) = watch::channel(None);
        let held = Arc::clone(&hold);
        std::thread::Builder::new()
            .name("target-supervisor".to_owned())
            .spawn(move || publish.send_replace(Some(see_through(group, &held, &outputs))))?;
        Ok(Self { hold, exit })
    }

    /// SIGTERM to the whole group. Members that outlive the leader have until `grace` is over.
    pub(super) fn terminate(&self, grace: Duration) {
        let mut hold = lock(&self.hold);
        hold.grace_ends = Instant::now().checked_add(grace);
        hold.signal(libc::SIGTERM);
    }

    /// SIGKILL to the whole group.
    pub(super) fn kill(&self) {
        lock(&self.hold).signal(libc::SIGKILL);
    }

    /// How it ended; `None` while it runs.
    pub(super) fn exit(&self) -> Option<TargetExit> {
        let closed = self.exit.has_changed().is_err();
        let exit = *self.exit.borrow();
        exit.or(closed.then_some(TargetExit::Unknown))
    }

    /// Waits until it has ended and everything was reaped.
    pub(super) async fn ended(&self) -> TargetExit {
        let mut exit = self.exit.clone();
        let ended = exit.wait_for(Option::is_some).await;
        ended.ok().and_then(|exit| *exit).unwrap_or(TargetExit::Unknown)
    }

    /// Blocks until it has ended, for as long as `limit` at most.
    pub(super) fn block_until_ended(&self, limit: Duration) {
        let started = Instant::now();
        while self.exit().is_none() && started.elapsed() < limit {
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}

impl Hold {
    fn signal(&self, signal: libc::c_int) {
        if let Some(group) = self.group {
            group.signal(signal);
        }
    }
}

fn see_through(group: Group, hold: &Mutex<Hold>, outputs: &Receiver<Infallible>) -> TargetExit {
    // It can only fail when the leader was reaped behind our back; what is left is the same.
    let _reaped_elsewhere = group.wait_for_leader();
    let grace_ends = lock(hold).grace_ends;
    if let Some(end) = grace_ends {
        // A shell dies of SIGTERM at once while its servers still shut down. Whoever still holds
        // an output is one of them.
        let _ended_or_late = outputs.recv_timeout(end.saturating_duration_since(Instant::now()));
    }
    {
        let mut hold = lock(hold);
        hold.signal(libc::SIGKILL);
        hold.group = None;
    }
    let status = group.reap();
    let _ended_or_late = outputs.recv_timeout(LAST_LINES);
    TargetExit::from(status)
}

fn lock(hold: &Mutex<Hold>) -> MutexGuard<'_, Hold> {
    hold.lock().unwrap_or_else(PoisonError::into_inner)
}
