//! The binary, run for real.
#![cfg(all(feature = "cli", unix))]
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod env;
mod explain;
mod health;
mod issuer_scheme;
mod run;
mod scope;
mod serve;
mod support;
mod watch;
