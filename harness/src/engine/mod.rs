//! Runs a plan against a target and emits events; prints nothing.
//!
//! A run goes through its stages, each a room of its own:
//!
//! 1. `learn`: the control twice and nobody once: what "accepted" means.
//! 2. `harmless`: each scenario that changes nothing, its variants at the same
//!    time, then the control again.
//! 3. `benched`: what changes the issuer, is counted, or takes its time, each on
//!    a bench of its own, many side by side where the target allows it.
//! 4. `measured`: what takes many requests, with nothing beside it.
//! 5. `checks`: over everything that was seen.
//!
//! A `bench` is what one case needs and nothing else may touch: a target and
//! an authorization server with its keys, faults and journal. The `exchange`
//! room holds the way to the target; what comes of a case is a note to the
//! `record`, which outlives a run that is ended in its midst.

mod bench;
mod diagnosis;
mod exchange;
mod minter;
mod record;
mod run;
mod settings;
mod stage;
mod witness;

pub use diagnosis::Diagnosis;
pub use minter::{MintError, Minted, Minter};
pub use run::{Run, RunError, RunReport};
pub use settings::{CurlWay, ONLY_VARIABLE, ReplayHint, RunSettings};
pub use stage::{ControlError, ResetError};
pub use witness::WitnessError;
