//! Checks over the exchanges of a whole run, by concern.
//!
//! Most look at one [`Exchange`] as it comes and say whether it is as it should
//! be; the [`Tally`] keeps counts and a few examples, so that a run of any
//! length fits into memory. The others look at what the run left behind: the
//! probes after each scenario, the target's log, the issuer's journal.

mod alive_after;
mod caching;
mod challenge;
mod class;
mod exchange;
mod fetches;
mod leak;
mod log;
mod look;
mod status;
mod tally;

pub use alive_after::{Probe, alive_after};
pub use class::challenge_class;
pub use exchange::{Carriage, Due, Exchange};
pub use fetches::{Fetch, fetch_fault};
pub use log::log_fault;
pub use look::{Looked, look};
pub use tally::{CheckOutcome, Tally};
