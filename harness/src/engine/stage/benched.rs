//! What changes the issuer, is counted there, or takes its time: each case on a
//! bench of its own, side by side, or one after the other where there is one
//! bench only.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::choice::Way;
use super::measured::carry_out;
use super::queue::{Deal, Kind, Queue};
use super::reset::reset;
use crate::engine::bench::{Bench, Door, Others, Start, Supply};
use crate::engine::run::RunError;
use crate::engine::stage::accepted_control;
use crate::event::Event;
use crate::scenario::Case;

/// Carries these cases out, in the way that was chosen. Gives back those that
/// nothing may run beside.
pub(in crate::engine) async fn benched(
    bench: &mut Bench<'_>,
    cases: Vec<Case>,
    supply: &Supply,
    way: Way,
) -> Result<Vec<Case>, RunError> {
    match way {
        Way::SideBySide { benches, share } => side_by_side(bench, cases, supply, benches, share).await,
        Way::OneByOne(start) => one_by_one(bench, cases, start).await.map(|()| Vec::new()),
    }
}

async fn side_by_side(
    bench: &Bench<'_>,
    cases: Vec<Case>,
    supply: &Supply,
    benches: usize,
    share: usize,
) -> Result<Vec<Case>, RunError> {
    let (alone, cases): (Vec<Case>, Vec<Case>) =
        cases.into_iter().partition(|case| Door::of(case) != Door::Shared && !supply.has_doors());
    let (timed, cases) = cases.into_iter().partition(is_timed);
    let mut queue = Queue::new(timed, deals(cases, share), benches);
    let starts = Arc::new(Semaphore::new(std::thread::available_parallelism().map_or(2, usize::from)));
    let others = Others::to_come();
    let mut running: JoinSet<Result<Kind, RunError>> = JoinSet::new();
    loop {
        while let Some((deal, kind)) = queue.next() {
            // Whoever needs another door shares its bench with nobody.
            let door = deal.first().map_or(Door::Shared, Door::of);
            let Some(mut own) = supply.open(bench, door).await? else {
                return Ok(deal.into_iter().chain(queue.into_cases()).chain(alone).collect());
            };
            (own.starts, own.others) = (Some(Arc::clone(&starts)), others.clone());
            running.spawn(async move { carry_deal(own, deal).await.map(|()| kind) });
        }
        if queue.has_only_timed() {
            others.are_through();
        }
        match running.join_next().await {
            Some(Ok(outcome)) => queue.done(outcome?),
            Some(Err(error)) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            Some(Err(_)) => {}
            None => return Ok(alone),
        }
    }
}

fn is_timed(case: &Case) -> bool {
    case.variant.delivery.measure.is_some()
}

/// Those first that wait longest, then one case a bench; of those that are no
/// more than requests, some share one.
fn deals(cases: Vec<Case>, share: usize) -> VecDeque<Deal> {
    let waits = |case: &Case| case.waits_for_fetch() || case.variant.delivery.takes_time();
    let (first, rest): (Vec<Case>, Vec<Case>) = cases.into_iter().partition(waits);
    let (own, shared): (Vec<Case>, Vec<Case>) =
        rest.into_iter().partition(|case| case.is_staged() || case.counts_fetches());
    let single = first.into_iter().chain(own).map(|case| vec![case]);
    single.chain(shared.chunks(share.max(1)).map(<[Case]>::to_vec)).collect()
}

async fn carry_deal(mut bench: Bench<'static>, deal: Deal) -> Result<(), RunError> {
    let watched = deal.iter().any(Case::counts_calls);
    let mut start = Start::Fresh;
    for case in deal {
        carry_out(&mut bench, case, start).await?;
        start = Start::Running;
    }
    if watched {
        bench.settle_calls(Instant::now()).await;
    }
    bench.close().await
}

async fn one_by_one(bench: &mut Bench<'_>, cases: Vec<Case>, start: Start) -> Result<(), RunError> {
    let (waiting, rest): (Vec<Case>, Vec<Case>) =
        cases.into_iter().partition(|case| !case.is_staged() && case.variant.delivery.takes_time());
    all_at_once(bench, waiting).await?;
    let (harmless, changing): (Vec<Case>, Vec<Case>) = rest.into_iter().partition(|case| !case.is_staged());
    let mut left = changing.iter().filter(|case| waits(case, start)).count();
    if left > 0 {
        bench.reporter.event(Event::Planned { choice: forecast(bench, left) });
    }
    let is_first_pause = |bench: &Bench<'_>| bench.fetching.pause().is_some_and(|pause| pause.as_secs() >= 2);
    let mut told = false;
    for case in harmless.into_iter().chain(changing) {
        left -= usize::from(waits(&case, start));
        reset(&bench.wire.settings).await?;
        if start == Start::Running && bench.subject.is_owned() && case.signs_with_builtin() {
            // A target that runs already may know that key.
            carry_out(bench, case.clone(), Start::Fresh).await?;
            bench.settle_down(&case).await?;
        } else {
            carry_out(bench, case, start).await?;
        }
        if !told && left > 0 && is_first_pause(bench) {
            told = true;
            bench.reporter.event(Event::Planned { choice: forecast(bench, left) });
        }
    }
    if start == Start::Fresh {
        // The last of them has left a target behind that saw a changed issuer.
        bench.renew().await;
    }
    Ok(())
}

/// Cases that only take their time wait at the same time.
async fn all_at_once(bench: &mut Bench<'_>, cases: Vec<Case>) -> Result<(), RunError> {
    let mut ready = Vec::new();
    for case in cases {
        let Some(case) = bench.runnable(case) else { continue };
        if let Some(prepared) = bench.mint(&case).await? {
            ready.push((case, prepared));
        }
    }
    bench.carry_waiting(ready).await
}

/// Whether a case waits until the target fetches.
fn waits(case: &Case, start: Start) -> bool {
    case.is_staged() && (start == Start::Running || case.waits_for_fetch())
}

/// How long the cases that wait may take, and why.
fn forecast(bench: &Bench<'_>, cases: usize) -> String {
    let count = crate::printable::counted(cases, "case");
    match bench.fetching.pause() {
        None => format!(
            "{count} about keys wait one after the other until the target fetches them: the first one tells how long that takes, and none waits more than {} s",
            bench.wire.refresh.as_secs()
        ),
        Some(pause) => format!(
            "the target fetches keys again after {:.0} s: {count} about them take some {:.0} s more",
            pause.as_secs_f64(),
            pause.as_secs_f64() * 2.0 * cases as f64
        ),
    }
}

/// Whether a bench of its own can be had: its target starts beside the first
/// one, and takes the tokens of another issuer.
pub(super) async fn can_stand_beside(bench: &Bench<'_>, supply: &Supply) -> Result<Result<(), String>, RunError> {
    let Some(mut own) = supply.open(bench, Door::Shared).await? else {
        return Ok(Err("it can't be started a second time".to_owned()));
    };
    if let Err(error) = own.start().await {
        return Ok(Err(format!("a second one does not start beside it: {error}")));
    }
    let accepted = accepted_control(&own.wire).await;
    let knows = own.wire.minter.seen().await?;
    let known = bench.wire.minter.seen().await?;
    let outcome = match accepted {
        Err(_) => Err("a second one does not take the tokens of another issuer: its issuer is its own".to_owned()),
        Ok(_) if knows.keys == 0 && known.keys > 0 => {
            Err("a second one does not fetch the keys of the issuer that it is given".to_owned())
        }
        Ok(_) => Ok(()),
    };
    own.close().await?;
    Ok(outcome)
}
