//! `mock-idp run`: a command beside an issuer of its own.

use std::ffi::OsString;
use std::process::{ExitCode, ExitStatus};

use clap::Args;
use mock_idp::{Issuer, Scheme, StartError};
use tokio::process::{Child, Command};

use super::args::IssuerArgs;
use super::env::Variables;
use super::error::CliError;
use super::serve::{bind, runtime};
use super::setup::{Ports, Setup};
use super::signals::Watched;
use super::watch::Watch;

/// What a shell adds to the number of the signal that ended a command.
const BY_SIGNAL: i32 = 128;

#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    /// Authorization server that the command is told of
    #[arg(long, value_name = "ID", default_value = "default")]
    server: String,
    /// The command, which gets the environment of `mock-idp env`
    #[arg(last = true, required = true)]
    command: Vec<OsString>,
}

/// The issuer ends with the command.
pub(super) fn run(issuer: &IssuerArgs, args: &RunArgs) -> Result<ExitCode, CliError> {
    let setup = Setup::new(issuer, Ports::FREE)?;
    let server = setup.server(&args.server)?;
    let own = Issuer::new(&setup.config)?;
    let watch = Watch::new(issuer.config.as_deref(), &setup);
    let bound = bind(&setup, own.clone())?;
    let base = setup.base_at(bound.addresses(), Scheme::Https).to_owned();
    let variables = Variables::of(&setup, server, &base)?;
    runtime()?.block_on(async {
        let signals = Watched::new().map_err(StartError::Runtime)?;
        watch.map(|watch| tokio::spawn(watch.run(own)));
        let command = start(&args.command, &variables)?;
        if let Some(process) = command.id() {
            signals.pass_on(process);
        }
        tokio::select! {
            status = end(command) => status,
            served = bound.serve(std::future::pending()) => Err(served.err().map_or(CliError::Stopped, CliError::from)),
        }
    })
}

fn start(line: &[OsString], variables: &Variables) -> Result<Child, CliError> {
    let (program, arguments) = line.split_first().ok_or(CliError::Stopped)?;
    let started = Command::new(program).args(arguments).envs(variables.all()).kill_on_drop(true).spawn();
    started.map_err(|source| CliError::Command { program: program.to_string_lossy().into_owned(), source })
}

async fn end(mut command: Child) -> Result<ExitCode, CliError> {
    Ok(code(command.wait().await?))
}

/// The command's own status; as a shell tells it where a signal ended it.
fn code(status: ExitStatus) -> ExitCode {
    #[cfg(unix)]
    let signal = std::os::unix::process::ExitStatusExt::signal(&status);
    #[cfg(not(unix))]
    let signal = None;
    let code = status.code().or_else(|| signal.map(|signal: i32| BY_SIGNAL + signal));
    code.and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from)
}
