//! The management API, dynamic registration, and servers that change while they run, over
//! real sockets.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod apps;
mod authorization_servers;
mod claims;
mod errors;
mod org;
mod registration;
mod scopes;
mod touch;
mod users;
mod whole_server;
