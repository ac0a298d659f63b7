use std::path::Path;

use super::args::RunArgs;
use super::progress::Progress;
use super::session::Session;
use super::{config, load, output};
use crate::engine::{Run, RunError, RunReport};
use crate::error::Failure;
use crate::report::{Format, ReportTarget, Style};
use crate::scenario::{Plan, PlanError};
use crate::snapshot::Snapshot;
use crate::verdict::Strictness;

/// `badpenny run`.
pub(super) async fn run(mut args: RunArgs) -> Result<u8, Failure> {
    args.session = config::with_file(args.session)?;
    let plan = plan(&args)?;
    let partial = plan.partial;
    let reports = reports(&args);
    let recorded = recorded(&args)?;
    let session = Session::open(&args.session).await?;
    if let Some(advice) = &session.advice {
        output::notice(&format!("{advice}\n"));
    }
    let strictness = Strictness { strict: args.strict, allow_inconclusive: args.allow_inconclusive };
    let mut run = into_run(plan, session, &args, strictness);
    let quiet = !reports.iter().any(|report| report.format == Format::Terminal && report.file.is_none());
    let outcome = run.run.execute(&mut Progress::new(quiet)).await;
    let report = match outcome {
        Ok(report) => report,
        Err(error) => return Err(run.explain(error).await),
    };
    let Opened { run, .. } = run;
    run.target.stop().await;
    for target in &reports {
        write_report(target, &report, strictness, args.all)?;
    }
    let drifted = match &args.snapshot {
        Some(path) => snapshot(path, recorded, &report, partial, &args)?,
        None => false,
    };
    Ok(if drifted && report.finished.exit == crate::exit::SUCCESS {
        crate::exit::FINDINGS
    } else {
        report.finished.exit
    })
}

/// A run with what must live as long as it does.
pub(super) struct Opened {
    pub(super) run: Run,
    issuer: crate::issuer::Issuer,
    _trust: Option<crate::target::TrustFiles>,
}

fn into_run(plan: Plan, session: Session, args: &RunArgs, strictness: Strictness) -> Opened {
    let mut opened = session.into_run(plan);
    let settings = &mut opened.run.settings;
    settings.strictness = strictness;
    settings.fail_fast = args.fail_fast;
    settings.jobs = args.jobs.map_or(settings.jobs, usize::from);
    opened
}

impl Session {
    /// The run of a plan in this session.
    pub(super) fn into_run(self, plan: Plan) -> Opened {
        let (issuer, trust) = (self.issuer, self.trust);
        let run = Run {
            plan,
            target: self.target,
            target_name: self.target_name,
            minter: self.minter,
            client: self.client,
            settings: self.settings,
            random: self.random,
        };
        Opened { run, issuer, _trust: trust }
    }
}

impl Opened {
    /// Why there are no verdicts, with the exit code and what to try.
    pub(super) async fn explain(self, error: RunError) -> Failure {
        let failure = match &error {
            RunError::Control(control) => {
                let diagnosis = self.run.diagnose(control, self.issuer.key_fetches().await).await;
                Failure::target(format!("{error}; nothing was judged\n{diagnosis}"))
            }
            RunError::Renew(_) | RunError::Endpoint(_) => Failure::target(&error),
            RunError::Mint(_) => Failure::fault(&error),
        };
        self.run.target.stop().await;
        failure
    }
}

fn plan(args: &RunArgs) -> Result<Plan, Failure> {
    let catalogue = load::catalogue(&args.session.scenarios)?;
    let profile = args.session.profile.as_deref().unwrap_or(super::DEFAULT_PROFILE);
    Plan::new(&catalogue, profile, &args.selectors).map_err(|error| match error {
        PlanError::NothingSelected { .. } => Failure::nothing_selected(error),
        other => Failure::usage(other),
    })
}

fn reports(args: &RunArgs) -> Vec<ReportTarget> {
    let mut reports = args.reports.clone();
    // A file alone leaves the terminal as it was.
    if reports.iter().all(|report| report.file.is_some()) {
        reports.insert(0, ReportTarget { format: Format::Terminal, file: None });
    }
    reports
}

fn write_report(target: &ReportTarget, report: &RunReport, strictness: Strictness, all: bool) -> Result<(), Failure> {
    let style = Style { colour: target.file.is_none() && output::colour(), all };
    let text = target.format.render(report, strictness, style).map_err(Failure::fault)?;
    match &target.file {
        None => output::print(&text),
        Some(path) => {
            std::fs::write(path, text)
                .map_err(|error| Failure::usage(format!("{} cannot be written: {error}", path.display())))?;
        }
    }
    Ok(())
}

/// The recorded snapshot; none where it is about to be written for the first time.
fn recorded(args: &RunArgs) -> Result<Option<Snapshot>, Failure> {
    match &args.snapshot {
        Some(path) if args.update_snapshot && !path.exists() => Ok(None),
        Some(path) => Snapshot::read(path).map(Some).map_err(Failure::usage),
        None => Ok(None),
    }
}

/// Compares with the snapshot, or writes it; tells whether the run drifted.
fn snapshot(
    path: &Path,
    recorded: Option<Snapshot>,
    report: &RunReport,
    partial: bool,
    args: &RunArgs,
) -> Result<bool, Failure> {
    let recorded = recorded.unwrap_or_default();
    let drift = recorded.drift(report, partial);
    let shown = path.display();
    if args.update_snapshot {
        recorded.updated(report, partial).write(path).map_err(Failure::usage)?;
        output::notice(&format!("snapshot {shown} written\n{drift}"));
        return Ok(false);
    }
    if !drift.is_empty() {
        output::notice(&format!("snapshot {shown} differs:\n{drift}accept with --update-snapshot\n"));
    }
    Ok(drift.fails(args.strict))
}
