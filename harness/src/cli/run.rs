use clap::ArgMatches;

use super::args::RunArgs;
use super::interruption::Interruption;
use super::opened::Opened;
use super::progress::Progress;
use super::recording::Recording;
use super::reports::Reports;
use super::session::Session;
use super::{config, load, output};
use crate::engine::RunReport;
use crate::error::Failure;
use crate::scenario::Plan;
use crate::verdict::Strictness;

/// `badpenny run`.
pub(super) async fn run(mut args: RunArgs, given: &ArgMatches, interruption: &Interruption) -> Result<u8, Failure> {
    config::run(&mut args, given)?;
    let plan = load::plan(&args.session, &args.selectors)?;
    let partial = plan.partial;
    let recording = Recording::read(&args)?;
    let reports = Reports::open(&args.reports)?;
    let mut report = carry_out(plan, &args, reports.include_terminal(), interruption).await?;
    // Before the reports, which tell the exit code.
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
    let session = Session::open(&args.session, &plan.settings).await?;
    if let Some(advice) = &session.advice {
        output::notice(&format!("{advice}\n"));
    }
    let mut opened = Opened::new(session, plan);
    let settings = &mut opened.run.settings;
    settings.strictness = strictness(args);
    settings.fail_fast = args.fail_fast;
    settings.slow = args.slow;
    settings.jobs = args.jobs.map_or(settings.jobs, usize::from);
    opened.execute(interruption, &mut Progress::new(!to_terminal)).await
}

fn strictness(args: &RunArgs) -> Strictness {
    Strictness { strict: args.strict, allow_inconclusive: args.allow_inconclusive }
}
