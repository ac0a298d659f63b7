//! The flows that have a user, over real sockets.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod app;
mod authorize;
mod code;
mod consent;
mod device;
mod endpoints;
mod implicit;
mod page;
mod post_message;
mod refresh;
mod sign_in;
mod tokens;
