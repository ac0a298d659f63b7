use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockWriteGuard};

use hyper::body::Bytes;
use tokio::sync::watch;

use super::hold::{Gate, Hold};
use super::streams::ServerStreams;
use crate::answer::Standing;
use crate::config::AuthorizationServer;
use crate::keys::{KeySet, SigningKey};
use crate::session::{ClientKeys, DpopMemory, Handle, PushedRequests, RateWindow, Sessions, Store};
use crate::step::Stage;

/// How many ids of assertions a server remembers.
const SPENT_ASSERTIONS: usize = 10_000;

/// What of an authorization server lives on while its configuration is changed: what
/// it shows, what it remembers, its clock.
#[derive(Debug)]
pub(crate) struct Live {
    /// Its id, which never changes.
    pub(super) id: String,
    pub(crate) streams: ServerStreams,
    /// When it was made, in seconds since the Unix epoch.
    pub(crate) since: i64,
    /// What it remembers of its users' sign-ins.
    pub(crate) sessions: Sessions,
    /// The authorization requests that its clients have pushed.
    pub(crate) pushed: PushedRequests,
    /// Its nonces, and the proofs that its clients have used.
    pub(crate) dpop: DpopMemory,
    /// The keys of its clients that publish them themselves.
    pub(crate) client_keys: ClientKeys,
    /// The calls of its token endpoint.
    pub(crate) rate: RateWindow,
    /// The answers that are to be otherwise.
    pub(crate) answers: Standing,
    shown: RwLock<Shown>,
    /// The revision, for those who wait for the next one.
    revision: watch::Sender<u64>,
    clock_offset: AtomicI64,
    /// The ids of the assertions that were used, as digests: they are of any length.
    spent_assertions: Mutex<Store<()>>,
    pub(super) gate: Gate,
    /// Whether it is there from the start.
    pub(super) is_configured: bool,
    /// Held by who changes the configuration: one after the other.
    changes: Mutex<()>,
}

#[derive(Debug)]
struct Shown {
    now: Arc<Published>,
    /// What was shown before the first step, to be brought back.
    honest: Option<Stage>,
}

/// What a server shows, with its JWKS document, rendered once per change.
#[derive(Debug)]
pub(crate) struct Published {
    pub(crate) stage: Stage,
    pub(crate) jwks: Bytes,
    /// Grows by one at each change.
    pub(crate) revision: u64,
}

impl Live {
    pub(super) fn new(
        config: &AuthorizationServer,
        key: SigningKey,
        streams: ServerStreams,
        (since, is_configured): (i64, bool),
    ) -> Self {
        let members = config.dialect.layout().key_members.as_slice();
        let now = Arc::new(Published::new(Stage::honest(KeySet::with_members(key, members)), 1));
        Self {
            id: config.id.clone(),
            streams,
            since,
            sessions: Sessions::default(),
            pushed: PushedRequests::default(),
            dpop: DpopMemory::default(),
            client_keys: ClientKeys::default(),
            rate: RateWindow::default(),
            answers: Standing::default(),
            shown: RwLock::new(Shown { now, honest: None }),
            revision: watch::Sender::new(1),
            clock_offset: AtomicI64::new(0),
            spent_assertions: Mutex::new(Store::new(SPENT_ASSERTIONS)),
            gate: Gate::default(),
            is_configured,
            changes: Mutex::new(()),
        }
    }

    /// Nobody else changes the configuration as long as this is held.
    pub(super) fn lock_changes(&self) -> MutexGuard<'_, ()> {
        self.changes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What it shows now.
    pub(crate) fn published(&self) -> Arc<Published> {
        Arc::clone(&self.shown.read().unwrap_or_else(PoisonError::into_inner).now)
    }

    /// What an answer of the JWKS endpoint has to wait for now.
    pub(crate) fn held(&self) -> Option<Hold> {
        self.gate.wait()
    }

    /// Tells every later revision.
    pub(crate) fn revisions(&self) -> watch::Receiver<u64> {
        self.revision.subscribe()
    }

    /// The key that signs when no step is carried out.
    pub(super) fn honest_key(&self) -> SigningKey {
        let shown = self.shown.read().unwrap_or_else(PoisonError::into_inner);
        shown.honest.as_ref().unwrap_or(&shown.now.stage).keys.active().clone()
    }

    /// Changes the keys; the next JWKS is a new revision, which is returned. An
    /// error changes nothing.
    pub(crate) fn change_keys<E>(&self, change: impl FnOnce(&mut KeySet) -> Result<(), E>) -> Result<u64, E> {
        let mut shown = self.write();
        let mut stage = shown.now.stage.clone();
        change(&mut stage.keys)?;
        Ok(self.show(&mut shown, stage))
    }

    /// Changes anything for a while; an error changes nothing.
    pub(crate) fn stage<E>(&self, change: impl FnOnce(&mut Stage) -> Result<(), E>) -> Result<u64, E> {
        let mut shown = self.write();
        let before = shown.now.stage.clone();
        let mut stage = before.clone();
        change(&mut stage)?;
        shown.honest.get_or_insert(before);
        Ok(self.show(&mut shown, stage))
    }

    /// Brings back what was shown before the first step.
    pub(crate) fn restore(&self) -> u64 {
        let mut shown = self.write();
        let stage = shown.honest.take().unwrap_or_else(|| shown.now.stage.clone());
        self.show(&mut shown, stage)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Shown> {
        self.shown.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn show(&self, shown: &mut Shown, stage: Stage) -> u64 {
        let revision = shown.now.revision + 1;
        shown.now = Arc::new(Published::new(stage, revision));
        self.revision.send_replace(revision);
        revision
    }

    /// How far this server's clock is from the issuer's, in seconds.
    pub(crate) fn clock_offset(&self) -> i64 {
        self.clock_offset.load(Ordering::Relaxed)
    }

    pub(crate) fn advance_clock(&self, seconds: i64) {
        let _ = self
            .clock_offset
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |offset| Some(offset.saturating_add(seconds)));
    }

    /// Takes note that a client used the assertion of that id, until it expires;
    /// false where it was used before.
    pub(crate) fn spend_assertion(&self, client: &str, id: &str, expiry: i64, now: i64) -> bool {
        // The length tells where the client's id ends.
        let handle = Handle::of(&format!("{}:{client}{id}", client.len()));
        let mut spent = self.spent_assertions.lock().unwrap_or_else(PoisonError::into_inner);
        spent.put_new(handle, (), now, expiry.saturating_sub(now))
    }
}

impl Published {
    fn new(stage: Stage, revision: u64) -> Self {
        Self { jwks: Bytes::from(stage.keys.document()), stage, revision }
    }

    pub(crate) fn keys(&self) -> &KeySet {
        &self.stage.keys
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::issuer::Streams;
    use crate::keys::{BuiltinKey, builtin};

    fn server() -> Live {
        let config = AuthorizationServer::new("default");
        Live::new(&config, builtin(BuiltinKey::Issuer), Streams::new(Some(1)).of_server("default"), (0, true))
    }

    #[test]
    fn a_change_of_keys_is_a_new_revision() {
        let server = server();
        assert_eq!(server.published().revision, 1);
        let publish = |keys: &mut KeySet| {
            keys.publish(builtin(BuiltinKey::IssuerNext));
            Ok::<_, ()>(())
        };
        assert_eq!(server.change_keys(publish), Ok(2));
        let published = server.published();
        assert_eq!(published.jwks, published.keys().jwks());
        assert_eq!(published.keys().published().len(), 2);
    }

    #[test]
    fn a_step_that_fails_changes_nothing() {
        let server = server();
        let failed = server.stage(|stage| {
            stage.keys.withdraw(BuiltinKey::Issuer.kid());
            Err("no")
        });
        assert_eq!((failed, server.published().revision), (Err("no"), 1));
        assert!(server.published().keys().publishes(BuiltinKey::Issuer.kid()));
    }

    #[test]
    fn a_restore_brings_back_what_was_before_the_first_step() {
        let server = server();
        let honest = server.published().jwks.clone();
        for key in [BuiltinKey::IssuerNext, BuiltinKey::Attacker] {
            let publish = |stage: &mut Stage| {
                stage.keys.publish(builtin(key));
                Ok::<_, ()>(())
            };
            server.stage(publish).unwrap();
        }
        assert_eq!(server.restore(), 4);
        assert_eq!(server.published().jwks, honest);
        assert_eq!(server.restore(), 5);
    }
}
