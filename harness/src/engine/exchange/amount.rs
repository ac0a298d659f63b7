//! Many requests, and several senders at once.

use std::collections::BTreeMap;

use mock_idp::Staging;

use super::carried::{Carried, Reading, subject};
use super::overlap::UnderWay;
use super::parallel::parallel;
use super::wire::{OTHER_SUBJECT, Prepared, Wire, redacted};
use crate::learn::Acceptance;
use crate::scenario::{Cache, Case, ConnectionUse, Minted, Sender};
use crate::verdict::{Companion, Evidence, Fault};

/// What came of one request.
enum Came {
    OfCase(Box<Carried>),
    OfCompanion(Sender, Option<Fault>),
}

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
        let mut senders = rounds(case, &mix);
        let meanwhile = &case.variant.meanwhile;
        let later = if meanwhile.is_empty() { std::mem::take(&mut senders) } else { senders.split_off(senders.len() / 2) };
        let mut came = self.all(senders, &company).await;
        if !meanwhile.is_empty() {
            let staging = Staging { steps: meanwhile, twin: false, rekid: false };
            if let Err(error) = self.minter_for(case).stage(staging).await {
                return Carried::not_run(error.to_string());
            }
        }
        let rest = if case.variant.delivery.during_fetch {
            self.all_during_fetch(later, &company).await
        } else {
            Ok(self.all(later, &company).await)
        };
        match rest {
            Ok(rest) => came.extend(rest),
            Err(carried) => return *carried,
        }
        summary(came, case)
    }

    /// These requests, as many at once as the case says.
    async fn all(&self, senders: Vec<Sender>, company: &Company) -> Vec<Came> {
        parallel(senders, company.case.variant.delivery.at_once, |sender| {
            let (wire, company) = (self.clone(), company.clone());
            async move { wire.perform(sender, &company).await }
        })
        .await
    }

    /// These requests, which meet the target while it fetches: a target that
    /// knows its keys is made to fetch first, one that doesn't fetches for the
    /// first of them.
    async fn all_during_fetch(&self, senders: Vec<Sender>, company: &Company) -> Result<Vec<Came>, Box<Carried>> {
        let delivery = &company.case.variant.delivery;
        let begun = match company.case.variant.cache {
            Cache::Cold => self.minter.hold().await.map(|()| true),
            Cache::Warm | Cache::Refreshed => self.begin_fetch().await,
        };
        let outcome = match begun {
            Ok(true) => {
                let enough = delivery.at_once.min(senders.len());
                let (came, released) =
                    tokio::join!(self.all(senders, company), self.release_under(&company.under_way, enough));
                released.map(|()| came).map_err(|error| Carried::not_run(error.to_string()))
            }
            Ok(false) => Err(self.unfetched("the target did not fetch the changed keys")),
            Err(error) => Err(Carried::not_run(error.to_string())),
        };
        // Whatever came of it, the issuer answers again.
        drop(self.minter.release().await);
        outcome.map_err(Box::new)
    }

    /// Who travels along. A target may know its users, and not this other one
    /// (RFC 8725, section 3.8): who is refused alone proves nothing in company.
    async fn mix(&self, case: &Case, acceptance: &Acceptance) -> Vec<Sender> {
        let mut mix = case.variant.delivery.mix.clone();
        if mix.contains(&Sender::OtherUser)
            && self.companion_fault(Sender::OtherUser, acceptance, None).await == Some(Fault::KeptOut)
        {
            mix.retain(|sender| *sender != Sender::OtherUser);
        }
        mix
    }

    async fn perform(&self, sender: Sender, company: &Company) -> Came {
        let reading = Reading { acceptance: &company.acceptance, issuer_broken: company.issuer_broken };
        company.under_way.one_more();
        match sender {
            Sender::Case => {
                Came::OfCase(Box::new(self.case_once(&company.case, &company.prepared, reading).await))
            }
            sender => {
                let subject = company.control_subject.as_deref();
                Came::OfCompanion(sender, self.companion_fault(sender, reading.acceptance, subject).await)
            }
        }
    }

    /// The case's own request, with a token of its own unless it was minted before.
    async fn case_once(&self, case: &Case, prepared: &Prepared, reading: Reading<'_>) -> Carried {
        if case.variant.minted == Minted::Before {
            return self.once(case, prepared, reading).await;
        }
        match self.prepare(case).await {
            Ok(fresh) => self.once(case, &fresh, reading).await,
            Err(error) => Carried::not_run(error.to_string()),
        }
    }

    /// What went wrong with one that travels along. A rate limit proves nothing.
    async fn companion_fault(
        &self,
        sender: Sender,
        acceptance: &Acceptance,
        control_subject: Option<&str>,
    ) -> Option<Fault> {
        let prepared = self.companion(sender).await.ok()?;
        let sent = self.send(&prepared.request, &ConnectionUse::Any).await;
        let is_good = sender.is_good()?;
        let answer = match redacted(sent, prepared.minted.token.expose()) {
            Ok(answer) => answer,
            Err(failure) => return (is_good && failure.may_have_arrived()).then_some(Fault::KeptOut),
        };
        match (is_good, acceptance.accepts(&answer)) {
            (false, true) => Some(Fault::GotIn),
            (true, false) if answer.status != 429 => Some(Fault::KeptOut),
            (true, true) => {
                let due = if sender == Sender::OtherUser { Some(OTHER_SUBJECT) } else { control_subject };
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
