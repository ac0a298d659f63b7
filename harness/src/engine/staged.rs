//! Cases that change the issuer: its keys, its documents, its health.
//!
//! Whatever the target refuses proves something only if it knows what was
//! changed: a healthy twin key, published the same way, must get through first,
//! or the issuer's journal must show that the target came.

use std::time::{Duration, Instant};

use mock_idp::Staging;
use mock_idp::keys::is_builtin_kid;
use mock_idp::mutation::{KeyName, Mutation, SigningChoice};
use mock_idp::step::Step;
use serde_json::json;

use super::carried::{Carried, Reading};
use super::carry::{Done, Progress};
use super::run::RunError;
use super::wire::Prepared;
use super::witness::Seen;
use crate::scenario::{Cache, Case, Minted};
use crate::target::Target;
use crate::verdict::{Evidence, Observation};

impl Progress<'_> {
    /// Carries a case out with the issuer changed for it, then makes the issuer
    /// whole again and waits for the target to come back.
    pub(super) async fn staged(&mut self, case: Case, target: &mut Target) -> Result<(), RunError> {
        let Some(case) = self.runnable(case) else { return Ok(()) };
        if let Some(why) = self.proves_nothing(&case, target).await? {
            self.finish_staged(case, None, skipped(why), false, target).await;
            return Ok(());
        }
        if target.is_owned() {
            // Where it does not start, `stopped` says why.
            self.begin(&case, target).await;
        }
        let Some(case) = self.runnable(case) else { return Ok(()) };
        let (before, called) = (self.wire.minter.seen().await?, self.wire.listener_hits(&case));
        let outcome = self.on_stage(&case, target).await;
        let after = self.seen_after(&case, before).await;
        let listener_hits = self.wire.called_since(&case, called).await;
        self.wire.minter.restore().await?;
        let (prepared, carried) = possible(outcome)?;
        let mut carried = witnessed(&case, carried, before, after?);
        carried.evidence.listener_hits = listener_hits;
        let death = target.death(matches!(carried.observation, Observation::Lost(_))).await;
        let died = death.is_some();
        if let Some(death) = death {
            carried = carried.died(death, &case);
        } else if !matches!(carried.observation, Observation::Skipped { .. }) {
            carried.evidence.unrecovered = self.unrecovered().await?;
        }
        self.finish_staged(case, prepared, carried, died, target).await;
        Ok(())
    }

    /// Why nothing could follow from this case here, if so.
    async fn proves_nothing(&self, case: &Case, target: &Target) -> Result<Option<&'static str>, RunError> {
        if case.variant.issuer.iter().any(Step::shows_certificate)
            && self.wire.minter.settings().issuer.starts_with("http:")
        {
            return Ok(Some("the issuer is not https, so it has no certificate to show"));
        }
        // A target that runs on may have the built-in key from before.
        let signs_with_builtin = case.variant.token.signer() == Some(&SigningChoice::Key(KeyName::Builtin));
        if target.is_owned() || !signs_with_builtin {
            return Ok(None);
        }
        let control = self.wire.minter.mint(&Mutation::control()).await?;
        let header: serde_json::Value = serde_json::from_str(&control.header).unwrap_or_default();
        let is_builtin = header["kid"].as_str().is_some_and(is_builtin_kid);
        Ok(is_builtin
            .then_some("the issuer of this run signs with the built-in key, which the target may know for that reason"))
    }

    /// What the issuer has seen once the case is answered. A connection that
    /// failed may be in its journal only a moment after the target gave up.
    async fn seen_after(&self, case: &Case, before: Seen) -> Result<Seen, RunError> {
        let deadline = Instant::now() + JOURNAL_DELAY;
        loop {
            let seen = self.wire.minter.seen().await?;
            if seen != before || case.variant.cache != Cache::Cold || Instant::now() > deadline {
                return Ok(seen);
            }
            self.wire.client.pause(POLL / 10).await;
        }
    }

    /// A fresh target where it is the harness's own: what it knows of the issuer
    /// is known then.
    async fn begin(&mut self, case: &Case, target: &mut Target) {
        match (case.variant.cache, case.variant.minted) {
            // A token of a key that is gone since: the target is to have known that key.
            (Cache::Warm, _) | (Cache::Refreshed, Minted::Before) => self.renew(target).await,
            // The twin is to be the first that it fetches for: no pause of its cache stands in between.
            (Cache::Cold | Cache::Refreshed, _) => self.renew_cold(target).await,
        };
    }

    /// The steps and the case, in the order that its cache asks for.
    async fn on_stage(&mut self, case: &Case, target: &Target) -> Result<(Option<Prepared>, Carried), RunError> {
        let early = match case.variant.minted {
            Minted::Before => Some(self.wire.prepare(case).await?),
            Minted::After => None,
        };
        let is_cold = case.variant.cache == Cache::Cold;
        let staging = Staging {
            steps: &case.variant.issuer,
            twin: case.variant.cache == Cache::Refreshed,
            // A target that can't be started afresh may know the key already.
            rekid: is_cold && !target.is_owned(),
        };
        let revision = self.wire.minter.stage(staging).await?;
        if case.variant.cache == Cache::Refreshed
            && let Err(why) = self.await_fetch(revision).await?
        {
            return Ok((early, Carried::not_run(why)));
        }
        let prepared = match early {
            Some(prepared) => prepared,
            None => self.wire.prepare(case).await?,
        };
        let carried = self.carry_staged(case, &prepared, is_cold && !target.is_owned()).await?;
        Ok((Some(prepared), carried))
    }

    /// Sends the case; a cold target that keeps off its issuer for a while is
    /// given time.
    async fn carry_staged(&self, case: &Case, prepared: &Prepared, patient: bool) -> Result<Carried, RunError> {
        let reading = Reading { acceptance: &self.acceptance, issuer_broken: breaks(case) };
        let deadline = Instant::now() + self.wire.refresh;
        let before = self.wire.minter.seen().await?;
        loop {
            let carried = self.wire.carry(case, prepared, reading).await;
            let came = self.wire.minter.seen().await? != before;
            if !patient || came || carried.got_in() || Instant::now() > deadline {
                return Ok(carried);
            }
            self.wire.client.pause(POLL).await;
        }
    }

    /// Waits until a token of the twin gets through: then the target has fetched
    /// that revision of the keys.
    async fn await_fetch(&self, revision: u64) -> Result<Result<(), String>, RunError> {
        let twin = json!([{ "header": "kid", "set": { "kid": "twin" } }, { "sign": "twin" }]);
        let twin = Mutation::from_json(&twin).unwrap_or_else(|_| Mutation::control());
        let deadline = Instant::now() + self.wire.refresh;
        loop {
            let minted = self.wire.minter.mint(&twin).await?;
            let request = self.wire.control_request(minted.token.expose());
            let sent = self.wire.send(&request, &crate::scenario::ConnectionUse::Any).await;
            if sent.is_ok_and(|answer| self.acceptance.accepts(&answer)) {
                return Ok(Ok(()));
            }
            if Instant::now() > deadline {
                return Ok(Err(self.not_fetched(revision).await?));
            }
            self.wire.client.pause(POLL).await;
        }
    }

    async fn not_fetched(&self, revision: u64) -> Result<String, RunError> {
        let seen = self.wire.minter.seen().await?;
        let seconds = self.wire.refresh.as_secs_f64();
        Ok(match seen.last_revision {
            Some(last) if last >= revision => {
                "the target fetched the changed keys, and does not accept a healthy one among them".to_owned()
            }
            _ => format!("the target did not fetch the changed keys within {seconds} s"),
        })
    }

    /// Why the control does not get through again; `None` once it does.
    async fn unrecovered(&self) -> Result<Option<String>, RunError> {
        let deadline = Instant::now() + self.wire.refresh.max(self.wire.settings.recovery);
        loop {
            let why = match self.wire.send_control(&self.wire.minter).await? {
                Ok(answer) if self.acceptance.accepts(&answer) => return Ok(None),
                Ok(answer) => format!("it answers {} to the control", answer.status),
                Err(failure) => failure.kind.to_string(),
            };
            if Instant::now() > deadline {
                return Ok(Some(why));
            }
            self.wire.client.pause(POLL).await;
        }
    }

    async fn finish_staged(
        &mut self,
        case: Case,
        prepared: Option<Prepared>,
        carried: Carried,
        died: bool,
        target: &mut Target,
    ) {
        let lost = died || carried.evidence.unrecovered.is_some();
        let changes = prepared.map(|prepared| prepared.minted.changes).unwrap_or_default();
        self.record(Done { case, changes, curl: None, carried });
        if lost && target.is_owned() {
            self.renew(target).await;
        }
        self.stop_if_asked();
    }
}

/// A case whose token or step can't be made with this issuer is skipped; the
/// others go on.
fn possible(outcome: Result<(Option<Prepared>, Carried), RunError>) -> Result<(Option<Prepared>, Carried), RunError> {
    match outcome {
        Err(RunError::Mint(error)) if error.is_about_the_token() => Ok((None, skipped(error.to_string()))),
        Err(RunError::Witness(error)) if error.is_about_the_step() => Ok((None, skipped(error.to_string()))),
        outcome => outcome,
    }
}

fn skipped(why: impl Into<String>) -> Carried {
    Carried::without_exchange(Observation::Skipped { why: why.into() })
}

/// Pause between two tries.
const POLL: Duration = Duration::from_millis(100);

/// How much later than the target's answer a fetch may be in the journal.
const JOURNAL_DELAY: Duration = Duration::from_millis(500);

/// Whether the issuer is made to fail, and not only to change.
fn breaks(case: &Case) -> bool {
    case.variant.issuer.iter().any(Step::breaks_endpoint)
}

/// What the journal says: how often the target came, and whether it did at all.
fn witnessed(case: &Case, carried: Carried, before: Seen, after: Seen) -> Carried {
    let keys = after.keys.saturating_sub(before.keys);
    let metadata = after.metadata.saturating_sub(before.metadata);
    let about_metadata = !case.variant.issuer.is_empty() && case.variant.issuer.iter().all(Step::is_about_metadata);
    let judged = matches!(carried.observation, Observation::Answered(_) | Observation::Lost(_));
    if about_metadata && judged && metadata == 0 && !carried.got_in() {
        return skipped("the target does not read the issuer's metadata");
    }
    if case.variant.cache == Cache::Cold && judged && keys + metadata == 0 && !carried.got_in() {
        return Carried::not_run("the target did not fetch");
    }
    let evidence = Evidence { issuer_hits: Some(keys), ..carried.evidence };
    Carried { evidence, ..carried }
}
