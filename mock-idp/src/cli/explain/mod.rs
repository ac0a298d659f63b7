//! `mock-idp explain`: what a token says, and why it should be refused.

mod decoded;
mod expected;
mod header;
mod identity;
mod keys;
mod permission;
mod print;
mod reason;
mod segments;
mod signature;
#[cfg(test)]
mod tests;
mod times;

use std::io::Read as _;
use std::process::ExitCode;

use clap::Args;
use mock_idp::Scheme;
use mock_idp::clock::Clock;

use super::args::IssuerArgs;
use super::error::CliError;
use super::setup::{Ports, Setup, door};
use decoded::Decoded;
use expected::Expected;
use keys::Keys;
use reason::Reason;

/// The longest token that is read from standard input, in bytes.
const LONGEST: u64 = 1 << 20;

#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// The token; `-` reads it from standard input, which keeps it out of the shell's history
    #[arg(default_value = "-")]
    token: String,
    /// Authorization server whose settings are the defaults
    #[arg(long, value_name = "ID", default_value = "default")]
    server: String,
    /// The issuer that is right [default: the server at either door]
    #[arg(long, value_name = "URL")]
    issuer: Option<String>,
    /// The audience that is right [default: the server's]
    #[arg(long)]
    audience: Option<String>,
    /// The scopes that are needed, separated by spaces; empty asks for none [default: the server's first]
    #[arg(long)]
    scope: Option<String>,
    /// The issuer's keys, a JWK Set [default: those of the state directory]
    #[arg(long, value_name = "FILE|URL")]
    jwks: Option<String>,
    /// Clock difference in seconds that is tolerated
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    leeway: i64,
}

/// 0 where nothing speaks against the token, 1 where something does.
pub(super) fn explain(issuer: &IssuerArgs, args: &ExplainArgs) -> Result<ExitCode, CliError> {
    let setup = Setup::new(issuer, Ports::USUAL)?;
    let server = setup.server(&args.server)?;
    let keys = match &args.jwks {
        Some(place) => Keys::of_set(place, &setup.config)?,
        None => Keys::of(server),
    };
    let first = server.scopes.first().map_or("", |scope| &scope.name);
    let scopes = args.scope.as_deref().unwrap_or(first).split_whitespace().map(str::to_owned).collect();
    let expected = Expected {
        issuers: args.issuer.clone().map_or_else(|| issuers(&setup, &args.server), |issuer| Ok(vec![issuer]))?,
        audience: args.audience.clone().unwrap_or_else(|| server.audience.clone()),
        scopes,
        dialect: server.dialect.clone(),
        leeway: args.leeway,
        now: Clock::system().now(),
    };
    let text = token(&args.token)?;
    let (decoded, reasons) = judge(&text, &keys, &expected);
    print::print(decoded.as_ref(), &reasons, &expected)?;
    Ok(if reasons.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// Everything that speaks against the token, in the order in which it is read.
fn judge<'a>(token: &'a str, keys: &Keys, expected: &Expected) -> (Option<Decoded<'a>>, Vec<Reason>) {
    let mut reasons = Vec::new();
    let decoded = Decoded::read(token, &mut reasons);
    if let Some(decoded) = &decoded {
        signature::check(decoded, keys, expected, &mut reasons);
        identity::check(decoded, expected, &mut reasons);
        times::check(decoded, expected, &mut reasons);
        permission::check(decoded, expected, &mut reasons);
    }
    (decoded, reasons)
}

/// The token alone, however it was copied.
fn token(given: &str) -> Result<String, CliError> {
    let mut text = given.to_owned();
    if given == "-" {
        text.clear();
        std::io::stdin().lock().take(LONGEST).read_to_string(&mut text)?;
    }
    let text = text.trim();
    let text = text.strip_prefix("Bearer ").unwrap_or(text).trim();
    if text.is_empty() { Err(CliError::NoToken) } else { Ok(text.to_owned()) }
}

/// The identifiers of a server: the one that is pinned, or that of either door.
fn issuers(setup: &Setup, server: &str) -> Result<Vec<String>, CliError> {
    let server = setup.server(server)?;
    let mut bases = vec![setup.base()?];
    if setup.config.issuer_url.is_none() && setup.config.issuer_scheme.is_none() {
        bases.extend(door(&setup.listen, Scheme::Http).ok());
    }
    Ok(bases.iter().map(|base| server.identifier(base)).collect())
}
