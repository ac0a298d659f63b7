use std::fmt::Write as _;

use super::args::ReplayArgs;
use super::session::Session;
use super::{config, load, output};
use crate::error::Failure;
use crate::event::{CaseResult, Event};
use crate::scenario::{Plan, PlanError, Selector};

/// `badpenny replay ID@variant`: one case again, told in full.
pub(super) async fn replay(mut args: ReplayArgs) -> Result<u8, Failure> {
    args.session = config::with_file(args.session)?;
    let plan = plan(&args)?;
    let mut opened = Session::open(&args.session).await?.into_run(plan);
    let outcome = opened.run.execute(&mut |_: &Event| {}).await;
    let report = match outcome {
        Ok(report) => report,
        Err(error) => return Err(opened.explain(error).await),
    };
    opened.run.target.stop().await;
    for result in &report.results {
        output::print(&told(result));
    }
    Ok(report.finished.exit)
}

fn plan(args: &ReplayArgs) -> Result<Plan, Failure> {
    let catalogue = load::catalogue(&args.session.scenarios)?;
    let profile = args.session.profile.as_deref().unwrap_or(super::DEFAULT_PROFILE);
    let selector: Selector = args.variant.parse().map_err(Failure::usage)?;
    Plan::new(&catalogue, profile, &[selector]).map_err(|error| match error {
        PlanError::NothingSelected { .. } => Failure::nothing_selected(error),
        other => Failure::usage(other),
    })
}

fn told(result: &CaseResult) -> String {
    let mut out = format!("{}\n{}\n\n", result.name(), result.title);
    for change in &result.changes {
        let _ = writeln!(out, "token      {change}");
    }
    let status = result.observed.status.map(|status| status.to_string());
    let came = status.or_else(|| result.observed.failure.clone()).unwrap_or_else(|| "-".to_owned());
    let _ = writeln!(out, "expected   {}", result.expected);
    let _ = writeln!(out, "came       {came}");
    if let Some(challenge) = &result.observed.challenge {
        let _ = writeln!(out, "challenge  {challenge}");
    }
    let _ = writeln!(out, "verdict    {} ({}, {}): {}", result.verdict, result.level, result.tier, result.reason);
    for line in &result.log {
        let _ = writeln!(out, "log        {line}");
    }
    let _ = writeln!(out, "took       {:.1} ms\n", result.duration_ms);
    out
}
