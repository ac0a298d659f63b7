//! The flows that have a user, over real sockets.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod app;
mod authorize;
mod code;
mod endpoints;
mod refresh;
mod sign_in;
mod tokens;
