//! The command line, one file a verb.

mod args;
mod config;
mod list;
mod load;
mod mint;
mod output;
mod progress;
mod replay;
mod run;
mod session;
mod why;

use std::process::ExitCode;

use clap::Parser as _;

use crate::error::Failure;

/// The profile of a bare `run`.
const DEFAULT_PROFILE: &str = "core";

/// Reads the arguments, does what they say, and gives back the exit code.
#[must_use]
pub fn main() -> ExitCode {
    let cli = match args::Cli::try_parse() {
        Ok(cli) => cli,
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
        tokio::select! {
            outcome = perform(cli) => outcome,
            () = interrupted() => Err(Failure { code: crate::exit::INTERRUPTED, message: "interrupted".to_owned() }),
        }
    });
    match outcome {
        Ok(code) => ExitCode::from(code),
        Err(failure) => end(&failure),
    }
}

async fn perform(cli: args::Cli) -> Result<u8, Failure> {
    match cli.verb {
        args::Verb::Run(run) => run::run(*run).await,
        args::Verb::Replay(replay) => replay::replay(*replay).await,
        args::Verb::List(list) => list::list(&list),
        args::Verb::Why(why) => why::why(&why),
        args::Verb::Mint(mint) => mint::mint(&mint).await,
    }
}

fn end(failure: &Failure) -> ExitCode {
    output::error(&failure.message);
    ExitCode::from(failure.code)
}

/// Ctrl-C, or a polite request to end.
async fn interrupted() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let (Ok(mut interrupt), Ok(mut terminate)) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
        else {
            return std::future::pending().await;
        };
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
