//! `mock-idp env`: the settings of a program that is to trust this issuer.

mod format;
mod variables;

use std::io::Write as _;
use std::path::PathBuf;

use clap::Args;

use super::args::IssuerArgs;
use super::error::CliError;
use super::new_file;
use super::setup::{Ports, Setup};
pub(super) use format::Format;
pub(super) use variables::Variables;

#[derive(Debug, Args)]
pub(crate) struct EnvArgs {
    /// Authorization server
    #[arg(long, value_name = "ID", default_value = "default")]
    server: String,
    /// How to write them
    #[arg(long, value_enum, default_value_t = Format::Shell)]
    format: Format,
    /// File to write them to [default: standard output]
    #[arg(long, value_name = "FILE")]
    write: Option<PathBuf>,
    /// Replace the file if it is there
    #[arg(long, requires = "write")]
    force: bool,
}

pub(super) fn env(issuer: &IssuerArgs, args: &EnvArgs) -> Result<(), CliError> {
    let setup = Setup::new(issuer, Ports::USUAL)?;
    let server = setup.server(&args.server)?;
    let text = args.format.text(&Variables::of(&setup, server, &setup.base()?)?)?;
    match &args.write {
        Some(path) => new_file::write(path, &text, args.force),
        None => Ok(std::io::stdout().lock().write_all(text.as_bytes())?),
    }
}
