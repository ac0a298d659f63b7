//! The keys of one issuer. One task owns them and fetches, so that there is never more than one
//! fetch at a time; requests read what it published last.

use std::time::Duration;

use actix_web::rt;
use jsonwebtoken::DecodingKey;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, timeout};

use crate::jwk::KeySet;
use crate::refusal::Refusal;
use crate::report;
use crate::source::Source;

/// A look that takes longer has failed. A caller may wait for it, and is to have the answer within
/// two seconds (response/latency-bound).
const PATIENCE: Duration = Duration::from_millis(1500);

/// How often the issuer is looked at.
#[derive(Clone, Copy)]
pub(crate) struct Pace {
    /// At most one look in this time, however many unknown `kid`s arrive.
    pub(crate) cooldown: Duration,
    /// Keys are fetched again after this time, so that withdrawn ones go.
    pub(crate) max_age: Duration,
}

/// What a request knows of the keys.
pub(crate) struct Keys {
    published: watch::Receiver<Option<KeySet>>,
    wanted: mpsc::UnboundedSender<oneshot::Sender<()>>,
}

impl Keys {
    /// The keys that `source` publishes. Nothing is fetched yet.
    pub(crate) fn of(source: Source, pace: Pace) -> Self {
        let (publish, published) = watch::channel(None);
        let (wanted, wishes) = mpsc::unbounded_channel();
        rt::spawn(Keeper { source, pace, publish, last_look: None, last_success: None }.run(wishes));
        Self { published, wanted }
    }

    /// The key of that id, after a new look at the issuer if it isn't known
    /// (keys/rotation-new-key).
    pub(crate) async fn find(&self, kid: &str) -> Result<DecodingKey, Refusal> {
        if let Ok(key) = self.known(kid) {
            return Ok(key);
        }
        let (done, looked) = oneshot::channel();
        // Either fails only while the program ends.
        if self.wanted.send(done).is_ok() {
            let _ = looked.await;
        }
        self.known(kid)
    }

    fn known(&self, kid: &str) -> Result<DecodingKey, Refusal> {
        let keys = self.published.borrow();
        let keys = keys.as_ref().ok_or(Refusal::KeysUnavailable)?;
        keys.get(kid).cloned().ok_or(Refusal::InvalidToken)
    }
}

/// The task that owns the keys.
struct Keeper {
    source: Source,
    pace: Pace,
    publish: watch::Sender<Option<KeySet>>,
    last_look: Option<Instant>,
    last_success: Option<Instant>,
}

impl Keeper {
    /// Serves wishes until every [`Keys`] is gone, and looks by itself when the keys are too old.
    async fn run(mut self, mut wishes: mpsc::UnboundedReceiver<oneshot::Sender<()>>) {
        loop {
            match timeout(self.rest(), wishes.recv()).await {
                Ok(None) => return,
                Ok(Some(first)) => {
                    self.look().await;
                    let _ = first.send(());
                    // keys/cold-start-herd: who came meanwhile takes what this look brought.
                    while let Ok(next) = wishes.try_recv() {
                        let _ = next.send(());
                    }
                }
                Err(_) => self.look().await,
            }
        }
    }

    /// How long the keys hold still (keys/removed-key). Without keys there is nothing to renew.
    fn rest(&self) -> Duration {
        let left = |from: Option<Instant>, time: Duration| from.map(|from| time.saturating_sub(from.elapsed()));
        let Some(fresh) = left(self.last_success, self.pace.max_age) else {
            return self.pace.max_age;
        };
        // After a failure not at once again, however short the cooldown is.
        let pause = left(self.last_look, self.pace.cooldown.max(Duration::from_secs(1)));
        fresh.max(pause.unwrap_or_default())
    }

    async fn look(&mut self) {
        // keys/unknown-kid-flood
        if self.last_look.is_some_and(|at| at.elapsed() < self.pace.cooldown) {
            return;
        }
        self.last_look = Some(Instant::now());
        match timeout(PATIENCE, self.source.keys()).await {
            Ok(Ok(keys)) => {
                self.last_success = Some(Instant::now());
                self.publish.send_replace(Some(keys));
            }
            // keys/jwks-outage-warm, keys/kid-miss-keeps-good-keys: what was published before
            // still holds.
            Ok(Err(error)) => report(&error),
            Err(elapsed) => report(&elapsed),
        }
    }
}
