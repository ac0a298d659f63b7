//! The exchanges of one case: how its request is made, how it travels, and
//! what is seen of the answer.

mod amount;
mod boundary;
mod carried;
mod counted;
mod deliver;
mod growth;
mod limit;
mod meter;
mod overlap;
mod parallel;
mod polls;
mod requests;
mod session;
mod shown;
mod wire;

pub(super) use carried::{Carried, Reading, patience};
pub(super) use limit::is_limited;
pub(super) use parallel::parallel;
pub(super) use session::Sessions;
pub(super) use wire::{Prepared, Wire};
