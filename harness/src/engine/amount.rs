//! Many requests, and several senders at once.

use std::collections::BTreeMap;

use mock_idp::Staging;

use super::carried::{Carried, Reading, subject};
use super::parallel::parallel;
use super::wire::{OTHER_SUBJECT, Prepared, Wire, redacted};
use crate::learn::Acceptance;
use crate::scenario::{Case, ConnectionUse, Minted, Sender};
use crate::verdict::{Companion, Evidence, Fault};

/// One thing to do in an amount.
enum Job {
    Send(Sender),
    /// The issuer's steps in the middle of it.
    Steps,
}

/// What came of it.
enum Came {
    OfCase(Box<Carried>),
    OfCompanion(Sender, Option<Fault>),
    Nothing,
}

impl Wire {
    /// All rounds of a case; the worst of its own exchanges counts, and what
    /// went wrong with those who travelled along.
    pub(super) async fn amount(&self, case: &Case, prepared: &Prepared, reading: Reading<'_>) -> Carried {
        let control_subject = self.control_subject().await;
        let mix = self.mix(case, reading.acceptance).await;
        let came = parallel(jobs(case, &mix), case.variant.delivery.at_once, |job| {
            let (wire, case, prepared) = (self.clone(), case.clone(), prepared.clone());
            let (acceptance, subject) = (reading.acceptance.clone(), control_subject.clone());
            let issuer_broken = reading.issuer_broken;
            async move {
                let reading = Reading { acceptance: &acceptance, issuer_broken };
                wire.perform(job, &case, &prepared, reading, subject.as_deref()).await
            }
        });
        summary(came.await, case)
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

    async fn perform(
        &self,
        job: Job,
        case: &Case,
        prepared: &Prepared,
        reading: Reading<'_>,
        control_subject: Option<&str>,
    ) -> Came {
        match job {
            Job::Steps => {
                let staging = Staging { steps: &case.variant.meanwhile, twin: false, rekid: false };
                match self.minter.stage(staging).await {
                    Ok(_) => Came::Nothing,
                    Err(error) => Came::OfCase(Box::new(Carried::not_run(error.to_string()))),
                }
            }
            Job::Send(Sender::Case) => Came::OfCase(Box::new(self.case_once(case, prepared, reading).await)),
            Job::Send(sender) => {
                let fault = self.companion_fault(sender, reading.acceptance, control_subject).await;
                Came::OfCompanion(sender, fault)
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
    pub(super) async fn control_subject(&self) -> Option<String> {
        let control = self.companion(Sender::Control).await.ok()?;
        subject(&control.minted.payload)
    }
}

/// Every round's senders in turn, with the issuer's steps in the middle.
fn jobs(case: &Case, mix: &[Sender]) -> Vec<Job> {
    let round = || mix.iter().copied().map(Job::Send);
    let mut jobs: Vec<Job> = (0..case.variant.delivery.repeat).flat_map(|_| round()).collect();
    if !case.variant.meanwhile.is_empty() {
        jobs.insert(jobs.len() / 2, Job::Steps);
    }
    jobs
}

fn summary(came: Vec<Came>, case: &Case) -> Carried {
    let mut own: Option<Carried> = None;
    let mut sent: BTreeMap<&'static str, usize> = BTreeMap::new();
    let mut faults: BTreeMap<(&'static str, Fault), (Sender, usize)> = BTreeMap::new();
    for came in came {
        match came {
            Came::Nothing => {}
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
