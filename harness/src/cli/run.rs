use std::pin::pin;

use clap::ArgMatches;
use mock_idp::clock::Clock;

use super::args::RunArgs;
use super::interruption::Interruption;
use super::load::Library;
use super::memory::Memory;
use super::opened::{Opened, stop};
use super::progress::Progress;
use super::recording::Recording;
use super::reports::Reports;
use super::session::{Session, is_elsewhere, target_name};
use super::{ahead, config, load, output};
use crate::engine::{Run, RunReport, RunSettings};
use crate::error::Failure;
use crate::event::Partial;
use crate::excuse::{Accept, Date, Excuses, Within};
use crate::scenario::{Case, Plan, Selection};
use crate::verdict::Strictness;

/// `badpenny run`.
pub(super) async fn run(mut args: RunArgs, given: &ArgMatches, interruption: &Interruption) -> Result<u8, Failure> {
    // An end that is asked for while files are read comes to a report, too.
    interruption.take_over();
    let settings = config::run(&mut args, given)?;
    let library = Library::of(&args.session)?;
    let memory = Memory::of(&target_name(&args.session), &library.profile);
    let plan = library.plan(&args.session, &selection(&args, &memory)?)?;
    let (chosen, unproven) = (plan.partial, unproven(&plan));
    let accepts = accepts(settings, &args, &library)?;
    let recording = Recording::read(&args)?;
    let excuses = Excuses::new(accepts, &target_name(&args.session), Date::today(&Clock::system()))
        .and_known(recording.as_ref().map(Recording::known).unwrap_or_default());
    let reports = Reports::open(&args.reports)?;
    let mut report = carry_out(plan, &args, excuses, reports.include_terminal(), interruption).await?;
    memory.keep(&report, strictness(&args), &unproven);
    // Before the reports, which tell the exit code.
    let narrowed = !report.started.left_out.is_empty();
    let partial = chosen || narrowed || report.finished.partial.is_some();
    let told = recording.map_or(Ok(String::new()), |recording| recording.settle(&mut report, partial));
    let written = reports.write(&report, strictness(&args), args.all);
    output::notice(&told?);
    written?;
    Ok(report.finished.exit)
}

/// What is to be run: what the arguments choose, or what of it failed last.
fn selection(args: &RunArgs, memory: &Memory) -> Result<Selection, Failure> {
    let among = if args.last_failed { Some(memory.failed().map_err(Failure::nothing_selected)?) } else { None };
    Ok(Selection { only: args.selectors.clone(), among, without: args.exclude.clone() })
}

/// Checks that see a part of the exchanges only, so that passing them proves nothing.
fn unproven(plan: &Plan) -> Vec<String> {
    plan.checks.iter().filter(|_| plan.narrowed).map(Case::name).collect()
}

/// What is accepted: in the settings, and in a file of its own.
fn accepts(settings: Option<config::Named>, args: &RunArgs, library: &Library) -> Result<Vec<Accept>, Failure> {
    let mut accepts = Vec::new();
    if let Some(settings) = settings {
        accepts.extend(load::accepts(settings, Within::Settings, &library.catalogue)?);
    }
    if let Some(path) = &args.accept_file {
        let file = (path.display().to_string(), load::text(path)?);
        accepts.extend(load::accepts(file, Within::AFileOfItsOwn, &library.catalogue)?);
    }
    Ok(accepts)
}

async fn carry_out(
    plan: Plan,
    args: &RunArgs,
    excuses: Excuses,
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
    settings.excuses = excuses;
    settings.fail_fast = args.fail_fast;
    settings.slow = args.slow;
    settings.jobs = args.jobs.map_or(settings.jobs, usize::from);
    settings.benches = args.jobs.map(usize::from);
    if is_elsewhere(&args.session) {
        ahead::announce(&opened.run.plan, &opened.run.settings, &target_name(&args.session), args.yes, stop.as_mut())
            .await?;
    }
    opened.execute(stop, &mut Progress::new(!to_terminal)).await
}

/// The report of a run that was ended while its target was started.
fn unreached(plan: &Plan, args: &RunArgs, why: Partial) -> RunReport {
    let settings = RunSettings { strictness: strictness(args), ..RunSettings::default() };
    Run::unreached(plan, &target_name(&args.session), "", &settings, why)
}

fn strictness(args: &RunArgs) -> Strictness {
    Strictness { strict: args.strict, allow_inconclusive: args.allow_inconclusive }
}
