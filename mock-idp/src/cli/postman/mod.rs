//! `mock-idp postman`: requests for Postman and for newman.

mod environment;

use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::Args;

use super::args::IssuerArgs;
use super::error::CliError;
use super::new_file;
use super::setup::{Ports, Setup};
use environment::Environment;

/// Postman's collection format 2.1.0. Whatever differs stands in the environment.
const COLLECTION: &str = include_str!("../../../templates/postman_collection.json");

#[derive(Debug, Args)]
pub(crate) struct PostmanArgs {
    /// File for the requests; `-` is standard output
    #[arg(long, value_name = "FILE", default_value = "mock-idp.postman_collection.json")]
    collection: PathBuf,
    /// File for what they are filled in with; `-` is standard output
    #[arg(long, value_name = "FILE", default_value = "mock-idp.postman_environment.json")]
    environment: PathBuf,
    /// Authorization server
    #[arg(long, value_name = "ID", default_value = "default")]
    server: String,
    /// The API that is called with the tokens
    #[arg(long, value_name = "URL", default_value = "http://localhost:8080/")]
    api: String,
    /// Replace the files if they are there
    #[arg(long)]
    force: bool,
}

pub(super) fn postman(issuer: &IssuerArgs, args: &PostmanArgs) -> Result<(), CliError> {
    let setup = Setup::new(issuer, Ports::USUAL)?;
    let server = setup.server(&args.server)?;
    let environment = Environment::of(&setup, server, &args.api)?.text()?;
    write(&args.collection, COLLECTION, args.force)?;
    write(&args.environment, &environment, args.force)
}

fn write(file: &Path, text: &str, force: bool) -> Result<(), CliError> {
    if file == Path::new("-") {
        return Ok(std::io::stdout().lock().write_all(text.as_bytes())?);
    }
    new_file::write(file, text, force)
}
