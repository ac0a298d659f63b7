use std::fmt::Write as _;
use std::pin::pin;

use clap::ArgMatches;

use super::args::ReplayArgs;
use super::interruption::Interruption;
use super::opened::{Opened, stop};
use super::session::{Session, is_elsewhere, target_name};
use super::{ahead, config, load, output};
use crate::error::Failure;
use crate::event::{CaseResult, Event, Sink};
use crate::printable::counted;
use crate::scenario::{Selection, Selector};

/// `badpenny replay ID@variant`: one case again, told in full.
pub(super) async fn replay(
    mut args: ReplayArgs,
    given: &ArgMatches,
    interruption: &Interruption,
) -> Result<u8, Failure> {
    config::session(&mut args.session, given)?;
    let selector: Selector = args.variant.parse().map_err(Failure::usage)?;
    if !selector.is_by_name() {
        let message = format!("\"{selector}\" is no name: replay takes one variant, such as time/expired@one-hour");
        return Err(Failure::usage(message));
    }
    let library = load::Library::of(&args.session)?;
    let plan = library.plan(&args.session, &Selection::of(std::slice::from_ref(&selector)))?;
    let mut opened = Opened::new(Session::open(&args.session, &plan.settings).await?, plan);
    // Whoever asks for one case by name has the time for it.
    opened.run.settings.slow = true;
    opened.run.settings.transcript = true;
    let mut transcript = Transcript::default();
    let mut stop = pin!(stop(interruption, None));
    if is_elsewhere(&args.session) {
        let (run, name) = (&opened.run, target_name(&args.session));
        // One variant was asked for by its name; a check takes many.
        let may_be_sent = args.yes || run.plan.cases.len() <= 1;
        ahead::announce(&run.plan, &run.settings, &name, may_be_sent, stop.as_mut()).await?;
    }
    let report = opened.execute(stop, &mut transcript).await?;
    let is_chosen = |result: &&CaseResult| selector.matches(&result.id, &result.variant);
    let chosen: Vec<&CaseResult> = report.results.iter().filter(is_chosen).collect();
    let others = report.results.len() - chosen.len();
    if others > 0 {
        // A check has no exchange of its own.
        output::notice(&format!("judged over the exchanges of {}\n\n", counted(others, "variant")));
    }
    for result in chosen {
        output::print(&format!("{}{}", told(result), transcript.of(result)))?;
    }
    Ok(report.finished.exit)
}

/// The exchanges of a run, and what its target logged meanwhile.
#[derive(Default)]
struct Transcript {
    /// Each with its case.
    exchanges: Vec<(String, Vec<String>)>,
    /// Each with the scenario behind which it came.
    log: Vec<(String, Vec<String>)>,
}

impl Sink for Transcript {
    fn on(&mut self, event: &Event) {
        match event {
            Event::Exchanged { case, lines } => self.exchanges.push((case.clone(), lines.clone())),
            Event::Logged { after, lines } => self.log.push((after.clone(), lines.clone())),
            _ => {}
        }
    }
}

impl Transcript {
    /// What belongs to that case.
    fn of(&self, result: &CaseResult) -> String {
        let mut out = String::new();
        for (_, lines) in self.exchanges.iter().filter(|(case, _)| *case == result.name()) {
            let _ = writeln!(out, "{}\n", lines.join("\n"));
        }
        let log: Vec<&String> =
            self.log.iter().filter(|(after, _)| *after == result.id).flat_map(|(_, log)| log).collect();
        for line in &log {
            let _ = writeln!(out, "log        {line}");
        }
        if !log.is_empty() {
            out.push('\n');
        }
        out
    }
}

fn told(result: &CaseResult) -> String {
    let mut out = format!("{}\n{}\n\n", result.name(), result.title);
    for change in &result.changes {
        let _ = writeln!(out, "token      {change}");
    }
    let status = result.observed.status.map(|status| status.to_string());
    let got = status.or_else(|| result.observed.failure.clone()).unwrap_or_else(|| "-".to_owned());
    let _ = writeln!(out, "expected   {}", result.expected);
    let _ = writeln!(out, "got        {got}");
    if let Some(challenge) = &result.observed.challenge {
        let _ = writeln!(out, "challenge  {challenge}");
    }
    let _ = writeln!(out, "verdict    {} ({}, {}): {}", result.verdict, result.level, result.tier, result.reason);
    let _ = writeln!(out, "who        {}", result.cause.who(result.who));
    for line in &result.log {
        let _ = writeln!(out, "log        {line}");
    }
    let _ = writeln!(out, "took       {:.1} ms\n", result.duration_ms);
    out
}
