//! The command line: one file a verb.

mod args;
mod env;
mod error;
mod explain;
mod health;
mod http;
mod init;
mod list;
mod mint;
mod new_file;
mod postman;
mod run;
mod running;
mod scope;
mod serve;
mod setup;
mod signals;
mod trust;
mod watch;

use std::io::{ErrorKind, Write as _};
use std::process::ExitCode;

use clap::Parser as _;

use args::{Cli, Verb};
use error::CliError;

/// Runs the command that the arguments name.
pub(crate) fn run() -> ExitCode {
    let cli = Cli::parse();
    match carry_out(&cli) {
        Ok(code) => code,
        // Whoever read the output has seen enough, as `head` does.
        Err(CliError::Io(error)) if error.kind() == ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            // Without a standard error there is nobody to tell.
            let _ = writeln!(std::io::stderr(), "mock-idp: {error}");
            error.exit_code()
        }
    }
}

fn carry_out(cli: &Cli) -> Result<ExitCode, CliError> {
    let issuer = &cli.issuer;
    let done = match &cli.verb {
        None => serve::serve(issuer),
        Some(Verb::Mint(args)) => mint::mint(issuer, args),
        Some(Verb::List(args)) => list::list(args),
        Some(Verb::Env(args)) => env::env(issuer, args),
        Some(Verb::Run(args)) => return run::run(issuer, args),
        Some(Verb::Postman(args)) => postman::postman(issuer, args),
        Some(Verb::Explain(args)) => return explain::explain(issuer, args),
        Some(Verb::Health(args)) => health::health(issuer, args),
        Some(Verb::Init(args)) => init::init(args),
        Some(Verb::Scope(args)) => scope::scope(issuer, args),
    };
    done.map(|()| ExitCode::SUCCESS)
}
