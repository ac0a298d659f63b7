//! Sends a case as its delivery says: once, after a pause, again and again, or
//! in numbers.

use std::time::Duration;

use super::carried::{Carried, Reading};
use super::polls::Polls;
use super::wire::{Prepared, Wire};
use crate::scenario::{Case, ConnectionUse, Pause};
use crate::verdict::{Evidence, Held, Observation, VerdictKind, judge};

impl Wire {
    /// Everything that a case's delivery asks for, with a request that is ready.
    pub(in crate::engine) async fn carry(&self, case: &Case, prepared: &Prepared, reading: Reading<'_>) -> Carried {
        let delivery = &case.variant.delivery;
        if case.grows() {
            return self.growth(case, prepared, reading).await;
        }
        if let Some(pause) = &delivery.wait {
            self.client.pause(self.duration(pause)).await;
        }
        if delivery.after_control && !matches!(self.send_control(&self.minter).await, Ok(Ok(_))) {
            return Carried::not_run("the control before it got no answer");
        }
        if let Some(search) = &delivery.search {
            return self.search(case, search, reading).await;
        }
        if let Some(pause) = &delivery.again_after {
            return self.again_after(case, prepared, self.duration(pause), reading).await;
        }
        if delivery.until.is_some() {
            return self.once_or_until(case, prepared, reading).await;
        }
        if delivery.repeat > 1 || delivery.mix.len() > 1 {
            return self.amount(case, prepared, reading).await;
        }
        self.once(case, prepared, reading).await
    }

    /// One exchange. Where others use the target too, or it limits the rate, a
    /// server error may be theirs: it counts if it comes again.
    pub(in crate::engine) async fn once(&self, case: &Case, prepared: &Prepared, reading: Reading<'_>) -> Carried {
        let connection = &case.variant.delivery.connection;
        let mut sent = self.send(&prepared.request, connection).await;
        if let Ok(answer) = &sent
            && answer.status >= 500
            && !case.counts_fetches()
            && self.may_be_of_others(case, reading)
        {
            let pause = self.pause_after_error(answer);
            sent = self.send_alone_after(pause, &prepared.request, connection).await;
        }
        let carried = self.read(case, prepared, sent, reading);
        if *connection != ConnectionUse::Any {
            return carried;
        }
        match self.in_own_session(case, prepared, &carried, reading).await {
            Some(own) => own.behind(carried),
            None => carried,
        }
    }

    /// One exchange of many at the same time.
    pub(super) async fn one_of_many(&self, case: &Case, prepared: &Prepared, reading: Reading<'_>) -> Carried {
        let sent = match case.variant.delivery.connection {
            ConnectionUse::Any => self.send_in_company(&prepared.request).await,
            _ => self.send(&prepared.request, &case.variant.delivery.connection).await,
        };
        self.read(case, prepared, sent, reading)
    }

    /// Tries within a limit, gentle where the target is not the run's own.
    pub(in crate::engine) fn polls(&self, limit: Duration) -> Polls {
        if self.gentle { Polls::gentle(limit) } else { Polls::own(limit) }
    }

    /// How long a case waits at most, where it does.
    pub(in crate::engine) fn longest_wait(&self, case: &Case) -> Option<Duration> {
        let delivery = &case.variant.delivery;
        let pauses = [delivery.wait, delivery.again_after, delivery.until].into_iter().flatten();
        delivery.takes_time().then(|| pauses.map(|pause| self.duration(&pause)).sum())
    }

    fn duration(&self, pause: &Pause) -> Duration {
        pause.duration(self.leeway, self.refresh)
    }

    /// Accepted now, then judged after the pause; as a new token where something
    /// happens at the issuer before.
    async fn again_after(&self, case: &Case, prepared: &Prepared, pause: Duration, reading: Reading<'_>) -> Carried {
        let first = self.once_or_until(case, prepared, reading).await;
        if !first.got_in() {
            return Carried::not_run("the token was not accepted the first time");
        }
        self.client.pause(pause).await;
        if case.variant.meanwhile.is_empty() {
            return self.once_or_until(case, prepared, reading).await;
        }
        if let Err(carried) = self.meanwhile(case).await {
            return *carried;
        }
        match self.prepare(case).await {
            Ok(anew) => self.once_or_until(case, &anew, reading).await,
            Err(error) => Carried::not_run(error.to_string()),
        }
    }

    /// One exchange, or as many as it takes until it is as expected.
    async fn once_or_until(&self, case: &Case, prepared: &Prepared, reading: Reading<'_>) -> Carried {
        match &case.variant.delivery.until {
            Some(pause) => self.until(case, prepared, self.duration(pause), reading).await,
            None => self.once(case, prepared, reading).await,
        }
    }

    /// Until it is as expected, or the time is over.
    async fn until(&self, case: &Case, prepared: &Prepared, limit: Duration, reading: Reading<'_>) -> Carried {
        let mut polls = self.polls(limit);
        loop {
            let carried = self.once(case, prepared, reading).await;
            if is_as_expected(case, &carried) {
                let took = format!("as expected after {:.1} s", polls.elapsed().as_secs_f64());
                let evidence = Evidence { measured: Some(took), ..carried.evidence };
                return Carried { evidence, ..carried };
            }
            if !polls.again(&self.client).await {
                return carried;
            }
        }
    }
}

fn is_as_expected(case: &Case, carried: &Carried) -> bool {
    let Some(held) = Held::of(case) else { return true };
    let verdict = judge(&held, &carried.observation);
    verdict.kind == VerdictKind::Pass || matches!(carried.observation, Observation::Measured { .. })
}
