//! Cases that change the issuer: its keys, its documents, its health.
//!
//! Whatever the target refuses proves something only if it knows what was
//! changed: a healthy twin key, published the same way, must get through first,
//! or the issuer's journal must show that the target came. Where the harness
//! starts the target, the issuer is changed before, so that a target which reads
//! its keys once is judged as well; only what is about a change in a target's
//! life is done while it runs.

use std::time::{Duration, Instant};

use mock_idp::Staging;
use mock_idp::keys::is_builtin_kid;
use mock_idp::mutation::Mutation;
use mock_idp::step::Step;

use super::{Bench, Start};
use crate::engine::exchange::{Carried, Prepared, Reading};
use crate::engine::record::Done;
use crate::engine::run::RunError;
use crate::engine::witness::Seen;
use crate::scenario::{Access, Cache, Case, Minted};
use crate::verdict::{Death, Evidence, Observation, Unfetched};

/// A case on its stage: its request, where it came to one, and what came of it.
type Played = (Option<Prepared>, Carried);

impl Bench<'_> {
    /// Carries a case out with the issuer changed for it, then makes the issuer
    /// whole again.
    pub(in crate::engine) async fn staged(&mut self, case: Case, start: Start) -> Result<(), RunError> {
        let begin = Instant::now();
        let Some(case) = self.runnable(case) else { return Ok(()) };
        let nothing = match self.proves_nothing(&case, start).await? {
            Some(why) => Some(Carried::skipped(why)),
            None => self.needs_no_wait(&case, start),
        };
        if let Some(carried) = nothing {
            self.record(Done { case, changes: Vec::new(), curl: None, carried });
            return Ok(());
        }
        if start == Start::Fresh && case.needs_life() && !self.begin_life(&case).await {
            // `stopped` says why.
            drop(self.runnable(case));
            return Ok(());
        }
        let before = self.wire.minter.seen().await?;
        let outcome = self.on_stage(&case, start).await;
        self.look_at_log_closely(&case.scenario.id).await;
        let after = self.seen_after(&case, before).await;
        self.wire.minter.restore().await?;
        let (prepared, carried) = possible(outcome)?;
        let carried = self.afterwards(&case, witnessed(&self.wire, &case, carried, before, after?), start).await?;
        let lost = matches!(carried.observation, Observation::Died(_)) || carried.evidence.unrecovered.is_some();
        let changes = prepared.map(|prepared| prepared.minted.changes).unwrap_or_default();
        let carried = Carried { elapsed: begin.elapsed(), ..carried };
        self.record(Done { case, changes, curl: None, carried });
        if lost && start == Start::Running && self.subject.is_owned() {
            self.renew().await;
        }
        Ok(())
    }

    /// Why nothing could follow from this case here, if so.
    async fn proves_nothing(&self, case: &Case, start: Start) -> Result<Option<&'static str>, RunError> {
        if case.variant.issuer.iter().any(Step::shows_certificate)
            && self.wire.minter.settings().issuer.starts_with("http:")
        {
            return Ok(Some("the issuer is not https, so it has no certificate to show"));
        }
        if let Some(path) = &case.variant.issuer_path
            && !self.wire.minter.is_at(path)
        {
            return Ok(Some("the target can't be started for an issuer with another identifier"));
        }
        let may_keep = start == Start::Running && !self.subject.is_owned() && breaks(case) && !owes_recovery(case);
        if may_keep {
            let why =
                "the target goes on running, and may keep the address of this attacker as long as it keeps metadata";
            return Ok(Some(why));
        }
        // A target that runs on may have the built-in key from before.
        if start == Start::Fresh || !case.signs_with_builtin() {
            return Ok(None);
        }
        let control = self.wire.minter.mint(&Mutation::control()).await?;
        let header: serde_json::Value = serde_json::from_str(&control.header).unwrap_or_default();
        let is_builtin = header["kid"].as_str().is_some_and(is_builtin_kid);
        Ok(is_builtin
            .then_some("the issuer of this run signs with the built-in key, which the target may know for that reason"))
    }

    /// What a case comes to that waits for a fetch which is known not to come.
    fn needs_no_wait(&self, case: &Case, start: Start) -> Option<Carried> {
        let waits = case.needs_life() && case.variant.cache.has_twin() || start == Start::Running;
        (waits && self.fetching.is_never()).then(|| self.wire.unfetched("the target did not fetch the changed keys"))
    }

    /// The steps and the case, in the order that its cache asks for.
    async fn on_stage(&mut self, case: &Case, start: Start) -> Result<Played, RunError> {
        let early = match case.variant.minted {
            Minted::Before => Some(self.wire.prepare(case).await?),
            Minted::After => None,
        };
        if case.variant.cache == Cache::Missed
            && let Some(prepared) = &early
            && let Some(carried) = self.sent_early(case, prepared).await
        {
            return Ok((early, carried));
        }
        let is_cold = case.variant.cache == Cache::Cold;
        let staging = Staging {
            steps: &case.variant.issuer,
            twin: case.variant.cache.has_twin(),
            // A target that runs already may know the key.
            rekid: is_cold && start == Start::Running,
        };
        let revision = self.wire.minter_for(case).stage(staging).await?;
        if start == Start::Fresh
            && !case.needs_life()
            && let Some(carried) = self.start_on_stage(case).await?
        {
            return Ok((early, carried));
        }
        if case.variant.cache == Cache::Refreshed
            && let Err(carried) = self.await_fetch(case, revision).await?
        {
            return Ok((early, carried));
        }
        let prepared = match early {
            Some(prepared) => prepared,
            None => self.wire.prepare(case).await?,
        };
        let carried = self.carry_staged(case, &prepared, is_cold && start == Start::Running).await?;
        let carried = self.with_second_fetch(case, carried).await?;
        let carried = self.with_fetch_after_miss(case, carried, revision).await?;
        Ok((Some(prepared), carried))
    }

    /// Starts the target while the issuer is as the case wants it. Where that is
    /// what keeps it from starting: what follows for the case.
    async fn start_on_stage(&mut self, case: &Case) -> Result<Option<Carried>, RunError> {
        let limit = breaks(case).then_some(STAGED_START);
        let Err(error) = self.start_within(limit).await else { return Ok(None) };
        if case.variant.issuer_path.is_some() {
            let issuer = &self.wire.minter.settings().issuer;
            let death =
                Death { exit: format!("it does not start for the issuer {issuer}: {error}"), log: self.subject.log() };
            return Ok(Some(Carried::without_exchange(Observation::Died(death))));
        }
        self.wire.minter.restore().await?;
        if !self.renew().await {
            return Ok(Some(Carried::not_run(format!("the target does not start: {error}"))));
        }
        if breaks(case) {
            let why = "the target does not start while its issuer fails: nothing is served, and nothing can be sent";
            return Ok(Some(Carried::skipped(why)));
        }
        let death = Death { exit: format!("it does not start with this key set: {error}"), log: self.subject.log() };
        Ok(Some(Carried::without_exchange(Observation::Died(death))))
    }

    /// Sends the case; a cold target that keeps off its issuer for a while is
    /// given time.
    async fn carry_staged(&self, case: &Case, prepared: &Prepared, patient: bool) -> Result<Carried, RunError> {
        let reading = Reading { acceptance: &self.acceptance, issuer_broken: breaks(case) };
        let _waiting = case.variant.delivery.takes_time().then(|| {
            let what = "until the target follows a change of keys";
            self.reporter.waiting(case, what, self.wire.refresh)
        });
        let mut polls = self.wire.polls(self.wire.refresh);
        let before = self.wire.minter.seen().await?;
        loop {
            let carried = self.wire.carry(case, prepared, reading).await;
            let seen = self.wire.minter.seen().await?;
            let came = seen != before;
            if !patient || came || carried.got_in() {
                return Ok(if came { carried } else { self.with_missing_fetch(case, carried, seen) });
            }
            if !polls.again(&self.wire.client).await {
                self.fetching.never();
                return Ok(carried);
            }
        }
    }

    /// A good token of a new key that is refused although its time is over, and
    /// nobody came to look for the key.
    fn with_missing_fetch(&self, case: &Case, carried: Carried, seen: Seen) -> Carried {
        let is_good = case.expectation().is_some_and(|expectation| expectation.access == Access::Accepted);
        let waited = case.variant.cache == Cache::Warm && case.variant.delivery.until.is_some();
        if !waited || !is_good || carried.got_in() {
            return carried;
        }
        self.fetching.never();
        if self.wire.refresh < self.wire.refresh_due {
            return self.wire.unfetched("the target did not fetch the new key");
        }
        let unfetched = Unfetched { given: self.wire.refresh, fetches: seen.keys, max_age: seen.max_age };
        let evidence = Evidence { unfetched: Some(unfetched), ..carried.evidence };
        Carried { evidence, ..carried }
    }

    /// Some let one fetch pass and pause after it. Where a target had the time for
    /// it, how long that pause is stands beside how soon the first one came.
    async fn with_second_fetch(&self, case: &Case, carried: Carried) -> Result<Carried, RunError> {
        let waited = case.variant.cache == Cache::Warm && case.variant.delivery.until.is_some();
        let Some(first) = carried.evidence.measured.clone().filter(|_| waited && self.wire.tells_pause) else {
            return Ok(carried);
        };
        let _waiting = self.reporter.waiting(case, "until the target fetches once more", self.wire.refresh);
        let second = match self.probe_pause(self.wire.refresh).await? {
            Some(pause) => format!("the next fetch after {:.1} s", pause.as_secs_f64()),
            None => format!("no other fetch within {} s", self.wire.refresh.as_secs_f64()),
        };
        let evidence = Evidence { measured: Some(format!("{first}, {second}")), ..carried.evidence };
        Ok(Carried { evidence, ..carried })
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
            self.wire.client.pause(JOURNAL_DELAY / 50).await;
        }
    }

    /// With the issuer whole again: did the target survive, and does it come
    /// back? Only a fault of the issuer is to be recovered from within the time
    /// that a target has; after a change of keys the next fetch is its own
    /// affair, and where it goes on running, it is waited for.
    async fn afterwards(&mut self, case: &Case, carried: Carried, start: Start) -> Result<Carried, RunError> {
        if matches!(carried.observation, Observation::Died(_)) {
            return Ok(carried);
        }
        if let Some(death) = self.subject.death(matches!(carried.observation, Observation::Lost(_))).await {
            return Ok(carried.died(death, case));
        }
        let is_judged = owes_recovery(case) && !matches!(carried.observation, Observation::Skipped { .. });
        if !is_judged && start == Start::Fresh {
            return Ok(carried);
        }
        if !is_judged {
            self.settle_down(case).await?;
            return Ok(carried);
        }
        let evidence = Evidence { unrecovered: self.unrecovered(case).await?, ..carried.evidence };
        Ok(Carried { evidence, ..carried })
    }

    /// Waits until the target accepts the control again after a case; else
    /// starts it again, where that is possible.
    pub(in crate::engine) async fn settle_down(&mut self, case: &Case) -> Result<(), RunError> {
        let Some(why) = self.unrecovered(case).await? else { return Ok(()) };
        if !self.subject.is_owned() || !self.renew().await {
            self.stop(format!("the target refuses the control since {}: {why}", case.name()));
        }
        Ok(())
    }

    /// Why the control does not get through again; `None` once it does.
    async fn unrecovered(&self, case: &Case) -> Result<Option<String>, RunError> {
        let limit = self.wire.refresh_due.max(self.wire.settings.recovery);
        let limit = self.fetching.pause().map_or(limit, |pause| limit.max(pause * 2));
        let _waiting = self.reporter.waiting(case, "until the target accepts the control again", limit);
        let mut polls = self.wire.polls(limit);
        loop {
            let why = match self.send_known_control().await? {
                Ok(answer) if self.acceptance.accepts(&answer) => return Ok(None),
                Ok(answer) => format!("it answers {} to the control", answer.status),
                Err(failure) => failure.kind.to_string(),
            };
            if !polls.again(&self.wire.client).await {
                return Ok(Some(why));
            }
        }
    }
}

/// A case whose token or step can't be made with this issuer is skipped; the
/// others go on.
fn possible(outcome: Result<Played, RunError>) -> Result<Played, RunError> {
    match outcome {
        Err(RunError::Mint(error)) if error.is_about_the_token() => Ok((None, Carried::skipped(error.to_string()))),
        Err(RunError::Witness(error)) if error.is_about_the_step() => Ok((None, Carried::skipped(error.to_string()))),
        outcome => outcome,
    }
}

/// How long a target may take to start while its issuer fails.
const STAGED_START: Duration = Duration::from_secs(15);

/// How much later than the target's answer a fetch may be in the journal.
const JOURNAL_DELAY: Duration = Duration::from_millis(500);

/// Whether the issuer is made to fail, and not only to change.
fn breaks(case: &Case) -> bool {
    case.variant.issuer.iter().any(Step::breaks_endpoint)
}

/// Whether a target must be as it was within the time that it has, once the
/// issuer is whole again.
fn owes_recovery(case: &Case) -> bool {
    case.variant.issuer.iter().any(Step::must_be_recovered_from)
}

/// What the journal says: how often the target came, and whether it did at all.
fn witnessed(
    wire: &crate::engine::exchange::Wire,
    case: &Case,
    carried: Carried,
    before: Seen,
    after: Seen,
) -> Carried {
    let keys = after.keys.saturating_sub(before.keys);
    let metadata = after.metadata.saturating_sub(before.metadata);
    let about_metadata = !case.variant.issuer.is_empty() && case.variant.issuer.iter().all(Step::is_about_metadata);
    let judged = matches!(carried.observation, Observation::Answered(_) | Observation::Lost(_));
    if about_metadata && judged && metadata == 0 && !carried.got_in() {
        return Carried::skipped("the target does not read the issuer's metadata");
    }
    // Whoever knows its issuer by another name looks for no keys of this one.
    let may_stay_away = case.variant.issuer_path.is_some();
    let is_cold = case.variant.cache == Cache::Cold && !may_stay_away;
    if is_cold && judged && keys + metadata == 0 && !carried.got_in() {
        return wire.unfetched("the target did not fetch");
    }
    let evidence = Evidence { issuer_hits: Some(keys), ..carried.evidence };
    Carried { evidence, ..carried }
}
