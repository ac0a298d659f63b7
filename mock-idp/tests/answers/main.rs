//! Answers that are otherwise on request, over real sockets.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

#[path = "../flows/app.rs"]
#[expect(dead_code, reason = "the flows need more of it")]
mod app;
mod each;
mod observed;
mod orders;
mod ways;
