//! Many requests, and several senders at once.

use std::collections::BTreeMap;

use mock_idp::Staging;

use super::carried::{Carried, Reading, subject};
use super::overlap::UnderWay;
use super::parallel::parallel;
use super::wire::{Prepared, Wire};
use crate::engine::minter::MintError;
use crate::learn::Acceptance;
use crate::scenario::{Cache, Case, Minted, Sender};
use crate::verdict::{Companion, Evidence, Fault};

/// What came of one request.
enum Came {
    OfCase(Box<Carried>),
    OfCompanion(Sender, Option<Fault>),
}

/// A request that can be sent, of that sender.
type Ready = (Sender, Result<Prepared, MintError>);

/// What all requests of an amount share.
#[derive(Clone)]
struct Company {
    case: Case,
    prepared: Prepared,
    acceptance: Acceptance,
    issuer_broken: bool,
    control_subject: Option<String>,
    under_way: UnderWay,
}

impl Wire {
    /// All rounds of a case; the worst of its own exchanges counts, and what
    /// went wrong with those who travelled along.
    pub(super) async fn amount(&self, case: &Case, prepared: &Prepared, reading: Reading<'_>) -> Carried {
        let company = Company {
            case: case.clone(),
            prepared: prepared.clone(),
            acceptance: reading.acceptance.clone(),
            issuer_broken: reading.issuer_broken,
            control_subject: self.control_subject().await,
            under_way: UnderWay::default(),
        };
        let mix = self.mix(case, reading.acceptance).await;
        match self.in_parts(rounds(case, &mix), &company).await {
            Ok(came) => summary(came, case),
            Err(carried) => *carried,
        }
    }

    /// Some before the issuer's steps, some behind them, some during a fetch: as
    /// the case asks for it.
    async fn in_parts(&self, senders: Vec<Sender>, company: &Company) -> Result<Vec<Came>, Box<Carried>> {
        let case = &company.case;
        let parts = Parts::of(senders, case);
        let mut came = self.all(parts.before, company).await;
        if !case.variant.meanwhile.is_empty() {
            self.meanwhile(case).await?;
        }
        let fetched = self.fetches().await?;
        came.extend(self.all(parts.behind, company).await);
        if case.variant.delivery.during_fetch {
            if !case.variant.meanwhile.is_empty() && self.fetches().await? != fetched {
                // It knows the new keys already: there is to be something to fetch.
                self.meanwhile(case).await?;
            }
            came.extend(self.all_during_fetch(parts.during, company).await?);
        }
        Ok(came)
    }

    /// The steps of the issuer in the middle of a case.
    pub(super) async fn meanwhile(&self, case: &Case) -> Result<(), Box<Carried>> {
        let staging = Staging { steps: &case.variant.meanwhile, twin: false, rekid: false };
        let staged = self.minter_for(case).stage(staging).await;
        staged.map(drop).map_err(|error| Box::new(Carried::not_run(error.to_string())))
    }

    /// How often the target has asked for keys.
    async fn fetches(&self) -> Result<u64, Box<Carried>> {
        let seen = self.minter.seen().await;
        seen.map(|seen| seen.keys).map_err(|error| Box::new(Carried::not_run(error.to_string())))
    }

    /// These requests, as many at once as the case says. Their tokens are made
    /// before: what is signed on the way would keep them apart.
    async fn all(&self, senders: Vec<Sender>, company: &Company) -> Vec<Came> {
        let ready = self.ready(senders, company).await;
        self.send_all(ready, company).await
    }

    async fn send_all(&self, ready: Vec<Ready>, company: &Company) -> Vec<Came> {
        parallel(ready, company.case.variant.delivery.at_once, |(sender, prepared)| {
            let (wire, company) = (self.clone(), company.clone());
            async move { wire.perform(sender, prepared, &company).await }
        })
        .await
    }

    /// The requests of these senders: the case's with a token of its own each,
    /// unless it was minted before; each of the others keeps to one token.
    async fn ready(&self, senders: Vec<Sender>, company: &Company) -> Vec<Ready> {
        let mut ready = Vec::with_capacity(senders.len());
        let mut kept: Vec<(Sender, Prepared)> = Vec::new();
        for sender in senders {
            let known = kept.iter().find(|(known, _)| *known == sender).map(|(_, prepared)| prepared.clone());
            let prepared = match (sender, known) {
                (Sender::Case, _) if company.case.variant.minted == Minted::Before => Ok(company.prepared.clone()),
                (Sender::Case, _) => self.prepare(&company.case).await,
                // One unknown key after the other.
                (Sender::UnknownKid, _) => self.companion(sender).await,
                (_, Some(prepared)) => Ok(prepared),
                (other, None) => {
                    let prepared = self.companion(other).await;
                    kept.extend(prepared.as_ref().ok().map(|prepared| (other, prepared.clone())));
                    prepared
                }
            };
            ready.push((sender, prepared));
        }
        ready
    }

    /// These requests, which meet the target while it fetches. It is made to do
    /// so by a request before them: a target that runs already may keep off its
    /// issuer for a while, and what it refuses then is another matter.
    async fn all_during_fetch(&self, senders: Vec<Sender>, company: &Company) -> Result<Vec<Came>, Box<Carried>> {
        let delivery = &company.case.variant.delivery;
        // The issuer is not to hold its answer back while tokens are signed.
        let ready = self.ready(senders, company).await;
        // Some fetch as they start, and have nothing left to fetch.
        let may_be_served = company.case.variant.cache == Cache::Cold;
        let outcome = match self.begin_fetch(may_be_served).await {
            Ok(true) => {
                let enough = delivery.at_once.min(ready.len());
                let (came, released) =
                    tokio::join!(self.send_all(ready, company), self.release_under(&company.under_way, enough));
                released.map(|()| came).map_err(|error| Carried::not_run(error.to_string()))
            }
            Ok(false) => Err(self.unfetched("the target did not fetch the changed keys")),
            Err(error) => Err(Carried::not_run(error.to_string())),
        };
        // Whatever came of it, the issuer answers again.
        drop(self.minter.release().await);
        outcome.map_err(Box::new)
    }

    /// Who travels along, of those whose token can be made. A target may know its
    /// users, and not this other one (RFC 8725, section 3.8): who is refused alone
    /// proves nothing in company.
    async fn mix(&self, case: &Case, acceptance: &Acceptance) -> Vec<Sender> {
        let mut mix = Vec::new();
        for sender in &case.variant.delivery.mix {
            if !self.minter.has_real_token() || self.companion(*sender).await.is_ok() {
                mix.push(*sender);
            }
        }
        if mix.contains(&Sender::OtherUser)
            && let Ok(prepared) = self.companion(Sender::OtherUser).await
            && self.companion_fault(Sender::OtherUser, &prepared, acceptance, None).await == Some(Fault::KeptOut)
        {
            mix.retain(|sender| *sender != Sender::OtherUser);
        }
        mix
    }

    async fn perform(&self, sender: Sender, prepared: Result<Prepared, MintError>, company: &Company) -> Came {
        let reading = Reading { acceptance: &company.acceptance, issuer_broken: company.issuer_broken };
        company.under_way.one_more();
        match (sender, prepared) {
            (Sender::Case, Ok(prepared)) => {
                Came::OfCase(Box::new(self.one_of_many(&company.case, &prepared, reading).await))
            }
            (Sender::Case, Err(error)) => Came::OfCase(Box::new(Carried::not_run(error.to_string()))),
            (sender, Ok(prepared)) => {
                let subject = company.control_subject.as_deref();
                Came::OfCompanion(sender, self.companion_fault(sender, &prepared, reading.acceptance, subject).await)
            }
            (sender, Err(_)) => Came::OfCompanion(sender, None),
        }
    }

    /// What went wrong with one that travels along. A rate limit proves nothing.
    async fn companion_fault(
        &self,
        sender: Sender,
        prepared: &Prepared,
        acceptance: &Acceptance,
        control_subject: Option<&str>,
    ) -> Option<Fault> {
        let sent = self.send_in_company(&prepared.request).await;
        let is_good = sender.is_good()?;
        let answer = match self.redacted(sent, prepared.minted.token.expose()) {
            Ok(answer) => answer,
            Err(failure) => return (is_good && failure.may_have_arrived()).then_some(Fault::KeptOut),
        };
        match (is_good, acceptance.accepts(&answer)) {
            (false, true) => Some(Fault::GotIn),
            (true, false) if answer.status != 429 => Some(Fault::KeptOut),
            (true, true) => {
                let other = subject(&prepared.minted.payload).filter(|_| sender == Sender::OtherUser);
                let due = other.as_deref().or(control_subject);
                let served = self.subject_in(&answer)?;
                (due.is_some_and(|due| due != served)).then_some(Fault::WrongIdentity)
            }
            _ => None,
        }
    }

    /// The subject of the control.
    pub(in crate::engine) async fn control_subject(&self) -> Option<String> {
        let control = self.companion(Sender::Control).await.ok()?;
        subject(&control.minted.payload)
    }
}

/// Who sends when.
struct Parts {
    /// Before the issuer's steps.
    before: Vec<Sender>,
    /// Behind them.
    behind: Vec<Sender>,
    /// While the target fetches.
    during: Vec<Sender>,
}

impl Parts {
    /// Half before the steps and half behind them. Where it is about a fetch, the
    /// steps come early, while the target still keeps off its issuer after the
    /// fetch before: half of the rest meets that, the other half the next fetch.
    fn of(mut senders: Vec<Sender>, case: &Case) -> Self {
        let delivery = &case.variant.delivery;
        let has_steps = !case.variant.meanwhile.is_empty();
        let early = match (has_steps, delivery.during_fetch) {
            (false, _) => 0,
            (true, true) => delivery.at_once.min(senders.len()),
            (true, false) => senders.len() / 2,
        };
        let mut behind = senders.split_off(early);
        let during = match (has_steps, delivery.during_fetch) {
            (_, false) => Vec::new(),
            (false, true) => std::mem::take(&mut behind),
            (true, true) => behind.split_off(behind.len() / 2),
        };
        Self { before: senders, behind, during }
    }
}

/// Every round's senders in turn.
fn rounds(case: &Case, mix: &[Sender]) -> Vec<Sender> {
    (0..case.variant.delivery.repeat).flat_map(|_| mix.iter().copied()).collect()
}

fn summary(came: Vec<Came>, case: &Case) -> Carried {
    let mut own: Option<Carried> = None;
    let mut sent: BTreeMap<&'static str, usize> = BTreeMap::new();
    let mut faults: BTreeMap<(&'static str, Fault), (Sender, usize)> = BTreeMap::new();
    for came in came {
        match came {
            Came::OfCase(carried) => {
                own = Some(match own {
                    Some(worst) => worst.or_worse(*carried, case),
                    None => *carried,
                });
            }
            Came::OfCompanion(sender, fault) => {
                *sent.entry(sender.word()).or_default() += 1;
                if let Some(fault) = fault {
                    faults.entry((sender.word(), fault)).or_insert((sender, 0)).1 += 1;
                }
            }
        }
    }
    let companions = faults.into_iter().map(|((word, fault), (sender, count))| Companion {
        sender,
        fault,
        count,
        of: sent.get(word).copied().unwrap_or(count),
    });
    let carried = own.unwrap_or_else(|| Carried::not_run("nothing was sent"));
    let evidence = Evidence { companions: companions.collect(), ..carried.evidence };
    Carried { evidence, ..carried }
}
