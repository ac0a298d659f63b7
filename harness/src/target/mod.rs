//! The resource server under test, and how the harness reaches it.
//!
//! A [`Spawned`] target is a command that the harness starts, owns and ends: [`Contract`] says
//! what it is told, [`Environment`] and [`render_command`] how, [`TrustFiles`] what makes it trust
//! the issuer; a [`Probe`] decides whether its route answers.

mod contract;
#[cfg(unix)]
mod cpu;
mod environment;
#[cfg(unix)]
mod exit;
#[cfg(unix)]
mod group;
mod handed;
mod handle;
mod in_process;
#[cfg(unix)]
mod listener;
#[cfg(unix)]
mod logs;
#[cfg(unix)]
mod memory;
mod port;
#[cfg(unix)]
mod probe;
#[cfg(unix)]
mod process;
#[cfg(unix)]
mod readiness;
mod recipe;
#[cfg(unix)]
mod spawned;
#[cfg(unix)]
mod supervisor;
mod template;
mod trust;

#[cfg(all(test, target_os = "linux"))]
mod leftovers;
#[cfg(all(test, unix))]
mod testing;

pub use contract::{ClientSecret, Contract, LOOPBACK};
#[cfg(unix)]
pub(crate) use cpu::CpuMeter;
pub use environment::{Environment, EnvironmentError, VariableTemplate};
#[cfg(unix)]
pub use exit::TargetExit;
pub use handed::{Handed, SharedSecret};
pub use handle::{RenewError, Target};
pub use in_process::{InProcess, InProcessError, InProcessStarter, Served, Serving};
#[cfg(unix)]
pub use listener::Listener;
#[cfg(unix)]
pub use logs::{KEPT_LINES, LINE_LIMIT, LogLine, Logs, Stream};
#[cfg(unix)]
pub use memory::available as available_memory;
pub use port::free_port;
#[cfg(unix)]
pub use probe::{Probe, ProbeFailure, ProbeFuture};
#[cfg(unix)]
pub use process::{DEFAULT_GRACE, Process, SpawnError, SpawnSettings};
#[cfg(unix)]
pub use readiness::{NotReady, ReadinessSettings, wait_until_ready};
pub use recipe::Recipe;
#[cfg(unix)]
pub use spawned::{Spawned, SpawnedRecipe, SpawnedSettings, StartError, base_url};
pub use template::{TemplateError, render, render_command};
pub use trust::{TrustError, TrustFiles};
