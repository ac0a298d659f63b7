//! The stages of a run, in their order.

mod benched;
mod checks;
mod choice;
mod harmless;
mod learn;
mod measured;
mod queue;
mod reset;

pub(super) use benched::benched;
pub(super) use checks::checks;
pub(super) use choice::{Way, choose};
pub(super) use harmless::harmless;
pub use learn::ControlError;
pub(super) use learn::{Learned, accepted_control, learn};
pub(super) use measured::measured;
pub use reset::ResetError;
