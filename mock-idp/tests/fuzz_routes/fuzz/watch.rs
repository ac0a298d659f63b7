//! Ends the wait for a request that does not end.

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use super::{Summary, run};

/// Longer than any request takes on a busy machine.
const LIMIT: Duration = Duration::from_secs(30);

/// How many requests were answered.
#[derive(Default)]
pub(crate) struct Progress(AtomicU64);

impl Progress {
    pub(crate) fn step(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// Sends so many requests, and fails where one of them comes to no end.
pub(crate) fn watched(requests: u64, seed: u64) -> Result<Summary, Box<dyn Error>> {
    let progress = Arc::new(Progress::default());
    let (told, ended) = channel();
    let shared = Arc::clone(&progress);
    std::thread::spawn(move || {
        let outcome = run(requests, seed, &shared).map_err(|error| error.to_string());
        let _ = told.send(outcome);
    });
    let mut last = u64::MAX;
    loop {
        match ended.recv_timeout(LIMIT) {
            Ok(outcome) => return Ok(outcome?),
            Err(RecvTimeoutError::Disconnected) => return Err("the sender of requests has panicked".into()),
            Err(RecvTimeoutError::Timeout) => {
                let now = progress.0.load(Ordering::Relaxed);
                if now == last {
                    return Err(format!("request {now} of seed {seed} comes to no end").into());
                }
                last = now;
            }
        }
    }
}
