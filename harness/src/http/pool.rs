use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::Endpoint;
use super::connection::Wire;

/// Idle connections, by server.
#[derive(Debug)]
pub(super) struct Pool {
    idle: Mutex<HashMap<Server, Vec<Idle>>>,
    /// How many are kept for one server.
    most: usize,
    /// How long one is kept.
    age: Duration,
}

/// Whether TLS is used, host and port.
type Server = (bool, String, u16);

#[derive(Debug)]
struct Idle {
    wire: Wire,
    since: Instant,
}

impl Pool {
    pub(super) fn new(most: usize, age: Duration) -> Self {
        Self { idle: Mutex::default(), most, age }
    }

    /// Takes the connection that was used last and is still in order.
    pub(super) async fn take(&self, endpoint: &Endpoint) -> Option<Wire> {
        loop {
            let idle = self.pop(endpoint)?;
            let mut wire = idle.wire;
            if idle.since.elapsed() < self.age && wire.stream.is_quiet().await {
                return Some(wire);
            }
        }
    }

    /// Keeps a connection, unless there are enough or it has bytes left over.
    pub(super) fn put(&self, endpoint: &Endpoint, wire: Wire) {
        if !wire.buffer.filled().is_empty() {
            return;
        }
        let mut idle = self.lock();
        let kept = idle.entry(server(endpoint)).or_default();
        kept.retain(|idle| idle.since.elapsed() < self.age);
        if kept.len() < self.most {
            let since = Instant::now();
            kept.push(Idle { wire, since });
        }
    }

    /// Closes all of them.
    pub(super) fn clear(&self) {
        self.lock().clear();
    }

    fn pop(&self, endpoint: &Endpoint) -> Option<Idle> {
        self.lock().get_mut(&server(endpoint))?.pop()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Server, Vec<Idle>>> {
        // No change to the map can be left half done.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn server(endpoint: &Endpoint) -> Server {
    (endpoint.tls(), endpoint.host().into(), endpoint.port())
}
