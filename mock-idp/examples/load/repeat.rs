//! The same thing on many connections, until the time is over.

use std::cell::Cell;
use std::future::Future;
use std::rc::Rc;
use std::time::{Duration, Instant};

use serde::Serialize;
use tokio::task::{JoinSet, LocalSet};

use super::job::{Amount, Call, Failure, split};
use super::wire::Connection;

/// What was done.
#[derive(Serialize)]
pub(crate) struct Done {
    /// How often.
    pub(crate) count: u64,
    pub(crate) per_second: f64,
}

/// Whether there is more to do, shared by all connections of a load.
pub(crate) struct Quota {
    end: Instant,
    most: u64,
    done: Cell<u64>,
}

impl Quota {
    /// One more was done. Whether to go on.
    pub(crate) fn goes_on(&self) -> bool {
        self.done.set(self.done.get() + 1);
        (self.most == 0 || self.done.get() < self.most) && Instant::now() < self.end
    }
}

/// Runs as many workers as there are to be connections, all in this thread.
pub(crate) async fn on_connections<F, W>(amount: Amount, worker: F) -> Result<Done, Failure>
where
    F: Fn(Rc<Quota>) -> W,
    W: Future<Output = Result<(), Failure>> + 'static,
{
    let start = Instant::now();
    let end = start + Duration::from_secs_f64(amount.seconds);
    let quota = Rc::new(Quota { end, most: amount.count, done: Cell::new(0) });
    let local = LocalSet::new();
    let mut workers = JoinSet::new();
    for _ in 0..amount.connections {
        workers.spawn_local_on(worker(Rc::clone(&quota)), &local);
    }
    let ended = async {
        while let Some(worker) = workers.join_next().await {
            worker??;
        }
        Ok::<(), Failure>(())
    };
    local.run_until(ended).await?;
    let count = quota.done.get();
    #[expect(clippy::cast_precision_loss, reason = "no load does 2^52 requests")]
    Ok(Done { count, per_second: count as f64 / start.elapsed().as_secs_f64() })
}

/// One request again and again. Each answer has to be a success.
pub(crate) async fn repeat(call: &Call, amount: Amount) -> Result<Done, Failure> {
    let (authority, bytes): (String, Rc<[u8]>) = (split(&call.url)?.0.to_owned(), call.bytes()?.into());
    let worker = move |quota: Rc<Quota>| {
        let (mut connection, bytes) = (Connection::new(authority.clone()), Rc::clone(&bytes));
        async move {
            loop {
                let answer = connection.exchange(&bytes).await?;
                if !(200..300).contains(&answer.status) {
                    return Err(format!("status {}: {}", answer.status, answer.text()).into());
                }
                if !quota.goes_on() {
                    return Ok(());
                }
            }
        }
    };
    on_connections(amount, worker).await
}
