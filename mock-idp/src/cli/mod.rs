//! The command line: one file a verb.

mod args;
mod env;
mod error;
mod list;
mod mint;
mod serve;
mod setup;

use std::io::{ErrorKind, Write as _};
use std::process::ExitCode;

use clap::Parser as _;

use args::{Cli, Verb};
use error::CliError;

/// Runs the command that the arguments name.
pub(crate) fn run() -> ExitCode {
    let cli = Cli::parse();
    let done = match &cli.verb {
        None => serve::serve(&cli.issuer),
        Some(Verb::Mint(args)) => mint::mint(&cli.issuer, args),
        Some(Verb::List(args)) => list::list(args),
        Some(Verb::Env(args)) => env::env(&cli.issuer, args),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever read the output has seen enough, as `head` does.
        Err(CliError::Io(error)) if error.kind() == ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            // Without a standard error there is nobody to tell.
            let _ = writeln!(std::io::stderr(), "mock-idp: {error}");
            error.exit_code()
        }
    }
}
