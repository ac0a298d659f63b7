//! What is known of how the target fetches its issuer's keys.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use mock_idp::mutation::Mutation;
use serde_json::json;

use super::Bench;
use crate::engine::exchange::Carried;
use crate::engine::run::RunError;
use crate::scenario::{Case, ConnectionUse};

/// Shared by all benches: what one learns, the others need not wait for.
#[derive(Debug, Clone, Default)]
pub(in crate::engine) struct Fetching(Arc<Mutex<Known>>);

#[derive(Debug, Default)]
struct Known {
    /// The longest that a fetch was waited for.
    pause: Option<Duration>,
    /// Whether the target did not fetch within the time that it has.
    never: bool,
}

impl Fetching {
    /// How long the target lets pass until it fetches again, as far as seen.
    pub(in crate::engine) fn pause(&self) -> Option<Duration> {
        self.known().pause
    }

    /// Whether it is known not to fetch in time.
    pub(in crate::engine) fn is_never(&self) -> bool {
        self.known().never
    }

    fn took(&self, pause: Duration) {
        let mut known = self.known();
        known.pause = known.pause.max(Some(pause));
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// It did not fetch in time.
    pub(super) fn never(&self) {
        self.known().never = true;
    }
}

/// What a case waits for that needs the target to fetch.
const CHANGED_KEYS: &str = "until the target fetches the changed keys";

impl Bench<'_> {
    /// Waits until a token of the twin gets through: then the target has fetched
    /// that revision of the keys. Else what is said of the case.
    pub(super) async fn await_fetch(&self, case: &Case, revision: u64) -> Result<Result<(), Carried>, RunError> {
        let _waiting = self.reporter.waiting(case, CHANGED_KEYS, self.wire.refresh);
        let mut polls = self.wire.polls(self.wire.refresh);
        loop {
            if self.twin_gets_in().await? {
                self.fetching.took(polls.elapsed());
                return Ok(Ok(()));
            }
            if !polls.again(&self.wire.client).await {
                return Ok(Err(self.not_fetched(revision).await?));
            }
        }
    }

    /// How long the target takes to fetch a changed set, where that is less than
    /// `limit`: tried once, on the issuer as it stands, which is whole again
    /// afterwards.
    pub(in crate::engine) async fn probe_pause(&self, limit: Duration) -> Result<Option<Duration>, RunError> {
        let staging = mock_idp::Staging { twin: true, ..mock_idp::Staging::default() };
        self.wire.minter.stage(staging).await?;
        let mut polls = self.wire.polls(limit);
        let seen = loop {
            if self.twin_gets_in().await? {
                break Some(polls.elapsed());
            }
            if !polls.again(&self.wire.client).await {
                break None;
            }
        };
        self.wire.minter.restore().await?;
        Ok(seen)
    }

    async fn twin_gets_in(&self) -> Result<bool, RunError> {
        let twin = json!([{ "header": "kid", "set": { "kid": "twin" } }, { "sign": "twin" }]);
        let twin = Mutation::from_json(&twin).unwrap_or_else(|_| Mutation::control());
        let minted = self.wire.minter.mint(&twin).await?;
        let request = self.wire.control_request(minted.token.expose());
        let sent = self.wire.send(&request, &ConnectionUse::Any).await;
        Ok(sent.is_ok_and(|answer| self.acceptance.accepts(&answer)))
    }

    async fn not_fetched(&self, revision: u64) -> Result<Carried, RunError> {
        let seen = self.wire.minter.seen().await?;
        Ok(match seen.last_revision {
            Some(last) if last >= revision => {
                Carried::not_run("the target fetched the changed keys, and does not accept a healthy one among them")
            }
            _ => {
                self.fetching.never();
                self.wire.unfetched("the target did not fetch the changed keys")
            }
        })
    }
}
