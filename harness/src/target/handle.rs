use std::time::Duration;

use crate::demo::{Demo, DemoError, DemoSettings};
use crate::http::{Endpoint, EndpointError};
use crate::printable::{printable, without_colours};
use crate::verdict::Death;

use super::in_process::{InProcess, InProcessError};
use super::{CpuMeter, Recipe, Spawned, StartError};

/// The resource server under test, however it is reached.
#[derive(Debug)]
#[non_exhaustive]
pub enum Target {
    /// It stands somewhere; the harness can only talk to it.
    Url(Endpoint),
    /// A command that the harness started and ends.
    Spawned {
        /// The process.
        spawned: Box<Spawned>,
        /// The request target of the protected route.
        path: String,
    },
    /// A server in this process.
    InProcess(InProcess),
    /// The built-in demo server.
    Demo {
        /// The server.
        demo: Demo,
        /// What it was started with.
        settings: Box<DemoSettings>,
    },
}

/// Why a target can't be renewed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RenewError {
    /// The command does not start again.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The server in this process does not start again.
    #[error(transparent)]
    InProcess(#[from] InProcessError),
    /// The demo server does not start again.
    #[error(transparent)]
    Demo(#[from] DemoError),
    /// Its address is none.
    #[error(transparent)]
    Endpoint(#[from] EndpointError),
    /// The harness did not start it.
    #[error("the target was not started by this run, so it cannot be started again")]
    NotOwned,
}

/// How long a process may take to be seen as ended after its connections broke.
const DEATH_DELAY: Duration = Duration::from_millis(500);
/// Lines of output that are kept of a death.
const LOG_LINES: usize = 20;

impl Target {
    /// Where the protected route is now.
    ///
    /// # Errors
    ///
    /// When the path is no request target.
    pub fn endpoint(&self) -> Result<Endpoint, EndpointError> {
        match self {
            Self::Url(endpoint) => Ok(endpoint.clone()),
            Self::Spawned { spawned, path } => Ok(spawned.url().parse::<Endpoint>()?.with_target(path.as_str())),
            Self::InProcess(server) => Ok(server.endpoint().clone()),
            Self::Demo { demo, .. } => demo.url().parse(),
        }
    }

    /// How it came about: `external`, `spawned`, `in process` or `demo`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Url(_) => "external",
            Self::Spawned { .. } => "spawned",
            Self::InProcess(_) => "in process",
            Self::Demo { .. } => "demo",
        }
    }

    /// Whether the harness started it and can start it again.
    #[must_use]
    pub fn is_owned(&self) -> bool {
        !matches!(self, Self::Url(_))
    }

    /// Whether it runs on another machine, as far as its address tells.
    #[must_use]
    pub fn is_elsewhere(&self) -> bool {
        matches!(self, Self::Url(endpoint) if !endpoint.is_loopback())
    }

    /// How another one is started beside it; `None` where only one can be there.
    #[must_use]
    pub fn recipe(&self) -> Option<Recipe> {
        match self {
            Self::Url(_) => None,
            Self::Spawned { spawned, path } => {
                spawned.recipe().map(|recipe| Recipe::Spawned { recipe: Box::new(recipe), path: path.clone() })
            }
            Self::InProcess(server) => Some(Recipe::InProcess(server.starter())),
            Self::Demo { settings, .. } => Some(Recipe::Demo(settings.clone())),
        }
    }

    /// How long it took to start, until its route answered; `None` where the
    /// harness did not see it.
    #[must_use]
    pub fn started_in(&self) -> Option<Duration> {
        match self {
            Self::Spawned { spawned, .. } => Some(spawned.started_in()),
            Self::InProcess(_) | Self::Demo { .. } => Some(Duration::ZERO),
            Self::Url(_) => None,
        }
    }

    /// The memory of its process group in bytes; `None` where it can't be told.
    #[must_use]
    pub fn resident_memory(&self) -> Option<u64> {
        match self {
            Self::Spawned { spawned, .. } => spawned.resident_memory(),
            _ => None,
        }
    }

    /// What tells how long its process group computes; `None` where the harness
    /// did not start it, or it is no process of its own.
    pub(crate) fn cpu_meter(&self) -> Option<CpuMeter> {
        match self {
            Self::Spawned { spawned, .. } => Some(spawned.cpu_meter()),
            _ => None,
        }
    }

    /// How its process ended, if it did; `soon` waits a moment for the end.
    pub async fn death(&self, soon: bool) -> Option<Death> {
        let Self::Spawned { spawned, .. } = self else { return None };
        let exit = if soon { spawned.exit_within(DEATH_DELAY).await } else { spawned.exit_status() }?;
        // Its last words may still be in the pipe.
        tokio::time::sleep(Duration::from_millis(20)).await;
        Some(Death { exit: exit.to_string(), log: self.log() })
    }

    /// Its last lines of output, redacted.
    #[must_use]
    pub fn log(&self) -> Vec<String> {
        let Self::Spawned { spawned, .. } = self else { return Vec::new() };
        let redactor = spawned.withheld().redactor();
        spawned
            .logs()
            .tail(LOG_LINES)
            .iter()
            .map(|line| printable(&redactor.text(&without_colours(&line.text))))
            .collect()
    }

    /// The lines that it wrote after the first `before`, raw, as far as they are
    /// kept; and how many it wrote in all.
    #[must_use]
    pub fn new_log_lines(&self, before: u64) -> (Vec<String>, u64) {
        let Self::Spawned { spawned, .. } = self else { return (Vec::new(), 0) };
        let total = spawned.logs().total_lines();
        let new = usize::try_from(total.saturating_sub(before)).unwrap_or(usize::MAX);
        (spawned.logs().tail(new).into_iter().map(|line| line.text).collect(), total)
    }

    /// Starts a fresh one in its place.
    ///
    /// # Errors
    ///
    /// [`RenewError`] when it does not start, or is not the harness's own.
    pub async fn renew(&mut self) -> Result<(), RenewError> {
        match self {
            Self::Url(_) => Err(RenewError::NotOwned),
            Self::Spawned { spawned, .. } => Ok(spawned.restart().await?),
            Self::InProcess(server) => Ok(server.restart().await?),
            Self::Demo { demo, settings } => {
                *demo = Demo::start((**settings).clone()).await?;
                Ok(())
            }
        }
    }

    /// Ends what the harness started, and waits for it.
    pub async fn stop(self) {
        if let Self::Spawned { spawned, .. } = &self {
            spawned.stop().await;
        }
    }
}
