//! `mock-idp health`: whether an issuer answers.

use std::io::Write as _;

use clap::Args;
use serde_json::Value;

use super::args::IssuerArgs;
use super::error::CliError;
use super::running::{RunningArgs, roots};
use super::{http, setup};

#[derive(Debug, Args)]
pub(crate) struct HealthArgs {
    #[command(flatten)]
    running: RunningArgs,
}

pub(super) fn health(issuer: &IssuerArgs, args: &HealthArgs) -> Result<(), CliError> {
    let config = setup::config(issuer)?;
    let base = args.running.base(&config)?;
    let url = format!("{base}/_mock/health");
    let answer = http::get(&url, &roots(&config)?)?;
    let told: Option<Value> = serde_json::from_slice(answer.body()).ok();
    if answer.status() != 200 || told.is_none_or(|told| told["status"] != "ok") {
        let problem = format!("its status is {}", answer.status());
        return Err(CliError::Unwell { url, problem });
    }
    Ok(writeln!(std::io::stdout().lock(), "{base} is well")?)
}
