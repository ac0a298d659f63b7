//! Runs a plan against a target and emits events; prints nothing.
//!
//! The order of a run: the control twice and nobody once (what "accepted"
//! means) -> each scenario, its variants in parallel, then the control again ->
//! what may make the target fetch keys, serially -> the checks over all of it.

mod carry;
mod control;
mod diagnosis;
mod exchange;
mod finish;
mod judged;
mod minter;
mod parallel;
mod pin;
mod run;
mod settings;
mod survive;

pub use control::ControlError;
pub use diagnosis::Diagnosis;
pub use minter::{ControlToken, MintError, Minted, Minter};
pub use run::{Run, RunError, RunReport};
pub use settings::{ReplayHint, RunSettings};
