//! What is about to be sent to a server that is not on this machine, before the
//! first request.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{BufRead as _, IsTerminal as _};
use std::time::Duration;

use super::output;
use crate::engine::RunSettings;
use crate::error::Failure;
use crate::event::Partial;
use crate::printable::counted;
use crate::scenario::{Case, Plan};

/// Tells what is about to happen, and asks whether it may, unless `yes` says so.
///
/// # Errors
///
/// [`Failure`] when the answer is no, there is nobody to ask, or `stop` is done
/// before.
pub(super) async fn announce(
    plan: &Plan,
    settings: &RunSettings,
    target: &str,
    yes: bool,
    stop: impl Future<Output = Partial>,
) -> Result<(), Failure> {
    output::notice(&told(plan, settings, target));
    if yes {
        return Ok(());
    }
    if !std::io::stdin().is_terminal() {
        return Err(Failure::usage("nobody can be asked here whether that may be sent: add --yes"));
    }
    output::notice("go on? [y/N] ");
    let answer = tokio::select! {
        answer = answer() => answer,
        _ = stop => return Err(Failure::interrupted()),
    };
    match matches!(answer.trim(), "y" | "Y" | "yes") {
        true => Ok(()),
        false => Err(Failure::usage("nothing was sent")),
    }
}

/// A line of standard input, read on a thread of its own, which nothing waits for.
async fn answer() -> String {
    let (tell, told) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        let mut line = String::new();
        let read = std::io::stdin().lock().read_line(&mut line);
        // Nobody may be listening any more.
        drop(tell.send(read.map(|_| line).unwrap_or_default()));
    });
    told.await.unwrap_or_default()
}

/// How many requests, how fast, for how long, and what is left out.
fn told(plan: &Plan, settings: &RunSettings, target: &str) -> String {
    let (sent, left): (Vec<&Case>, Vec<&Case>) = plan.cases.iter().partition(|case| settings.hindrance(case).is_none());
    let requests = requests(&sent);
    let rate = settings.rate.unwrap_or(f64::INFINITY);
    let seconds = Duration::from_secs_f64((requests as f64 / rate).min(1e6));
    let mut out = format!(
        "plan             {} to {target}: about {requests} requests, {rate} a second at most, so about {} s\n",
        counted(sent.len(), "variant"),
        seconds.as_secs()
    );
    let mut why: BTreeMap<String, usize> = BTreeMap::new();
    for case in left {
        if let Some(allowance) = settings.needs_allowance(case) {
            *why.entry(allowance.missing()).or_default() += 1;
        }
    }
    for (reason, count) in why {
        let _ = writeln!(out, "                 {count} left out: {reason}");
    }
    out
}

/// What a run sends besides its cases: to learn, and to see after each scenario
/// that the target is still well.
fn requests(sent: &[&Case]) -> usize {
    const TO_LEARN: usize = 6;
    let own: usize = sent.iter().map(|case| case.variant.delivery.requests()).sum();
    let alike = sent.chunk_by(|a, b| a.scenario.id == b.scenario.id);
    let looks: usize = alike.map(|alike| alike.len().div_ceil(RunSettings::BEFORE_A_LOOK)).sum();
    TO_LEARN + own + looks
}
