//! Runs a plan against a target and emits events; prints nothing.
//!
//! The order of a run: the control twice and nobody once (what "accepted"
//! means) -> each harmless scenario, its variants in parallel, then the control
//! again -> what may make the target fetch keys, one by one, each on a fresh
//! process where the target is the harness's own -> what changes the issuer, and
//! is undone after each -> what takes many requests -> the checks over all of it.

mod amount;
mod before;
mod boundary;
mod carried;
mod carry;
mod checks;
mod control;
mod deliver;
mod diagnosis;
mod finish;
mod judged;
mod minter;
mod parallel;
mod pin;
mod run;
mod settings;
mod staged;
mod survive;
mod wire;
mod witness;

pub use control::ControlError;
pub use diagnosis::Diagnosis;
pub use minter::{MintError, Minted, Minter};
pub use run::{Run, RunError, RunReport};
pub use settings::{ReplayHint, RunSettings};
pub use witness::WitnessError;
