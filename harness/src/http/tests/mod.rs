//! The client against raw sockets that misbehave.

mod answers;
mod bytes;
mod failures;
mod reuse;
mod server;
mod tls;

use std::time::Duration;

use super::{Answer, Client, ClientSettings, Connection, Endpoint, Failure, Request};

/// A client that gives up soon.
fn client() -> Client {
    Client::new(settings()).unwrap()
}

fn settings() -> ClientSettings {
    ClientSettings { deadline: Duration::from_secs(5), ..ClientSettings::default() }
}

/// A client whose deadline passes at once.
fn hasty_client() -> Client {
    let deadline = Duration::from_millis(200);
    Client::new(ClientSettings { deadline, ..settings() }).unwrap()
}

fn get(endpoint: &Endpoint) -> Request {
    Request::get(endpoint).bearer("token")
}

/// Sends on a new connection with a client of its own.
async fn send(endpoint: &Endpoint, request: &Request) -> Result<Answer, Failure> {
    client().send(endpoint, request, Connection::Fresh).await
}
