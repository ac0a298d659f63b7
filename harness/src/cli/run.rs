use std::pin::pin;

use clap::ArgMatches;

use super::args::RunArgs;
use super::interruption::Interruption;
use super::opened::{Opened, stop};
use super::progress::Progress;
use super::recording::Recording;
use super::reports::Reports;
use super::session::{Session, is_elsewhere, name_of};
use super::{ahead, config, load, output};
use crate::engine::{Run, RunReport, RunSettings};
use crate::error::Failure;
use crate::event::Partial;
use crate::scenario::Plan;
use crate::verdict::Strictness;

/// `badpenny run`.
pub(super) async fn run(mut args: RunArgs, given: &ArgMatches, interruption: &Interruption) -> Result<u8, Failure> {
    // An end that is asked for while files are read comes to a report, too.
    interruption.take_over();
    config::run(&mut args, given)?;
    let plan = load::plan(&args.session, &args.selectors)?;
    let chosen = plan.partial;
    let recording = Recording::read(&args)?;
    let reports = Reports::open(&args.reports)?;
    let mut report = carry_out(plan, &args, reports.include_terminal(), interruption).await?;
    // Before the reports, which tell the exit code.
    let partial = chosen || report.finished.partial.is_some();
    let told = recording.map_or(Ok(String::new()), |recording| recording.settle(&mut report, partial));
    let written = reports.write(&report, strictness(&args), args.all);
    output::notice(&told?);
    written?;
    Ok(report.finished.exit)
}

async fn carry_out(
    plan: Plan,
    args: &RunArgs,
    to_terminal: bool,
    interruption: &Interruption,
) -> Result<RunReport, Failure> {
    let mut stop = pin!(stop(interruption, args.max_time));
    let session = tokio::select! {
        why = &mut stop => return Ok(unreached(&plan, args, why)),
        session = Session::open(&args.session, &plan.settings) => session?,
    };
    if let Some(advice) = &session.advice {
        output::notice(&format!("{advice}\n"));
    }
    if let Some(real) = &session.real {
        output::notice(&real.notice);
    }
    let mut opened = Opened::new(session, plan);
    let settings = &mut opened.run.settings;
    settings.strictness = strictness(args);
    settings.fail_fast = args.fail_fast;
    settings.slow = args.slow;
    settings.jobs = args.jobs.map_or(settings.jobs, usize::from);
    settings.benches = args.jobs.map(usize::from);
    if is_elsewhere(&args.session) {
        ahead::announce(&opened.run.plan, &opened.run.settings, &name_of(&args.session), args.yes)?;
    }
    opened.execute(stop, &mut Progress::new(!to_terminal)).await
}

/// The report of a run that was ended while its target was started.
fn unreached(plan: &Plan, args: &RunArgs, why: Partial) -> RunReport {
    let settings = RunSettings { strictness: strictness(args), ..RunSettings::default() };
    Run::unreached(plan, &name_of(&args.session), "", &settings, why)
}

fn strictness(args: &RunArgs) -> Strictness {
    Strictness { strict: args.strict, allow_inconclusive: args.allow_inconclusive }
}
