//! The command line, one file a verb.

mod accept;
mod ahead;
mod api_args;
mod args;
mod config;
mod config_error;
mod coverage;
mod dialect;
mod dialect_args;
mod header_arg;
mod interruption;
mod keys_args;
mod list;
mod load;
mod memory;
mod mint;
mod opened;
mod output;
mod progress;
mod real;
mod recording;
mod replay;
mod replay_hint;
mod reports;
mod run;
mod session;
mod session_args;
mod settle;
mod stacks;
mod start;
mod waits;
mod why;

use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue};
use clap::{ArgMatches, CommandFactory as _, FromArgMatches as _};

use mock_idp::clock::Clock;

use self::interruption::Interruption;
use crate::error::Failure;

/// Reads the arguments, does what they say, and gives back the exit code.
#[must_use]
pub fn main() -> ExitCode {
    let (cli, given) = match parse() {
        Ok(parsed) => parsed,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { crate::exit::USAGE } else { crate::exit::SUCCESS });
        }
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return end(&Failure::fault(error)),
    };
    // The guards of targets live in this future: dropped on Ctrl-C, they end
    // what they started.
    let outcome = runtime.block_on(async {
        let interruption = Interruption::listen();
        tokio::select! {
            outcome = perform(cli, &given, &interruption) => outcome,
            () = interruption.left_to_the_caller() => Err(Failure::interrupted()),
        }
    });
    match outcome {
        Ok(code) => ExitCode::from(code),
        Err(failure) => end(&failure),
    }
}

/// The arguments, and those of the verb as they were given: with their sources.
fn parse() -> Result<(args::Cli, ArgMatches), clap::Error> {
    let mut command = args::Cli::command();
    let mut matches = command.try_get_matches_from_mut(std::env::args_os()).map_err(without_value)?;
    let cli = args::Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut command))?;
    let given = matches.remove_subcommand().map(|(_, given)| given).unwrap_or_default();
    Ok((cli, given))
}

/// A message about an argument that may hold a secret, without what was given.
fn without_value(mut error: clap::Error) -> clap::Error {
    const MAY_HOLD_SECRETS: [&str; 4] = ["--header", "--token-param", "--env", "--body"];
    let argument = error.get(ContextKind::InvalidArg).map(ToString::to_string).unwrap_or_default();
    if MAY_HOLD_SECRETS.iter().any(|option| argument.starts_with(option)) {
        error.insert(ContextKind::InvalidValue, ContextValue::String("...".to_owned()));
    }
    error
}

async fn perform(cli: args::Cli, given: &ArgMatches, interruption: &Interruption) -> Result<u8, Failure> {
    match cli.verb {
        args::Verb::Run(run) => run::run(*run, given, interruption).await,
        args::Verb::Replay(replay) => replay::replay(*replay, given, interruption).await,
        args::Verb::List(list) => list::list(&list),
        args::Verb::Why(why) => why::why(&why),
        args::Verb::Mint(mint) => mint::mint(mint, given).await,
        args::Verb::Accept(accept) => accept::accept(accept, &Clock::system()),
        args::Verb::Dialect(args) => dialect::dialect(&args).await,
        args::Verb::Coverage(coverage) => coverage::coverage(&coverage),
        args::Verb::Stacks(args) => stacks::stacks(&args),
    }
}

fn end(failure: &Failure) -> ExitCode {
    output::error(&failure.message);
    ExitCode::from(failure.code)
}
