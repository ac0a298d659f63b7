//! What excludes what among the arguments, and which of two stands: a flag wins
//! over an environment variable.

use clap::ArgMatches;
use clap::parser::ValueSource;

use super::args::MintArgs;
use super::session_args::SessionArgs;
use crate::error::Failure;

/// Pairs of arguments of which only one can stand.
const PAIRS: [(&str, &str); 16] = [
    ("url", "command"),
    ("url", "cwd"),
    ("url", "port"),
    ("url", "scheme"),
    ("idp", "issuer_addr"),
    ("idp", "key_file"),
    ("idp", "alg"),
    ("token", "client_id"),
    ("token", "idp"),
    ("token", "issuer_addr"),
    ("token", "key_file"),
    ("token", "alg"),
    ("client_id", "idp"),
    ("client_id", "issuer_addr"),
    ("client_id", "key_file"),
    ("client_id", "alg"),
];

/// Takes out what a flag overrules.
///
/// # Errors
///
/// [`Failure`] when two flags, or two variables, exclude each other.
pub(super) fn session(args: &mut SessionArgs, given: &ArgMatches) -> Result<(), Failure> {
    for id in overruled(given)? {
        match id {
            "url" => args.url = None,
            "command" => args.command = None,
            "cwd" => args.cwd = None,
            "port" => args.port = None,
            "scheme" => args.scheme = None,
            "idp" => args.idp = None,
            "issuer_addr" => args.issuer_addr = None,
            "token" => args.token = None,
            "client_id" => args.client_id = None,
            "alg" => args.keys.alg = None,
            _ => args.key_file = None,
        }
    }
    Ok(())
}

/// As [`session`], for `mint`.
///
/// # Errors
///
/// As for [`session`], and when no issuer is left.
pub(super) fn mint(args: &mut MintArgs, given: &ArgMatches) -> Result<(), Failure> {
    for id in overruled(given)? {
        match id {
            "idp" => args.idp = None,
            "alg" => args.alg = None,
            _ => args.key_file = None,
        }
    }
    if args.idp.is_none() && args.issuer_url.is_none() {
        return Err(Failure::usage("--issuer-url is missing: the token needs an issuer"));
    }
    control_token(args.idp.is_some(), given)
}

/// Arguments that would do nothing, or can't do what they say.
///
/// # Errors
///
/// [`Failure`] that names the first of them.
pub(super) fn check(args: &SessionArgs, given: &ArgMatches) -> Result<(), Failure> {
    if args.command.is_none() && args.cwd.is_some() {
        return Err(Failure::usage("--cwd needs --command: without one, nothing is started there"));
    }
    if args.command.is_none() && args.port.is_some() {
        return Err(Failure::usage("--port needs --command: it is the port that the command listens on"));
    }
    if args.command.is_none() && args.scheme.is_some() {
        return Err(Failure::usage("--scheme needs --command: a URL says its scheme itself"));
    }
    if args.command.is_none() && !args.env.is_empty() {
        return Err(Failure::usage("--env needs --command: without one, nothing is started with these variables"));
    }
    let demo = args.command.is_none() && args.url.is_none();
    if demo && args.path.as_deref().is_some_and(|path| path != "/") {
        return Err(Failure::usage("--path needs --url or --command: the built-in demo server has one route, /"));
    }
    if args.other_token.is_some() && args.token.is_none() && args.client_id.is_none() {
        return Err(Failure::usage("--other-token needs --token or --client-id: it is the second of two"));
    }
    if demo && (args.token.is_some() || args.client_id.is_some()) {
        return Err(Failure::usage(
            "a real token needs --url or --command: the built-in demo server trusts the mock issuer alone",
        ));
    }
    if let Some(path) = args.path.as_deref().filter(|path| !path.starts_with('/')) {
        return Err(Failure::usage(format!("--path must begin with /, as in --path /{path}")));
    }
    if let Some(address) = args.issuer_addr.filter(|address| !address.ip().is_loopback()) {
        return Err(Failure::usage(format!(
            "--issuer-addr must be a loopback address, such as 127.0.0.1:{}, not {address}",
            address.port()
        )));
    }
    super::api_args::check(args)?;
    control_token(args.idp.is_some(), given)
}

/// A variable may stand for other runs; a flag is meant for this one.
fn control_token(has_idp: bool, given: &ArgMatches) -> Result<(), Failure> {
    if !has_idp && source(given, "control_token") == Some(ValueSource::CommandLine) {
        return Err(Failure::usage("--control-token needs --idp: it opens the control API of a running mock-idp"));
    }
    Ok(())
}

/// Ids of the variables that give way to a flag.
fn overruled(given: &ArgMatches) -> Result<Vec<&'static str>, Failure> {
    let is_from = |id, wanted| source(given, id) == Some(wanted);
    let gives_way = |id, to| is_from(id, ValueSource::EnvVariable) && is_from(to, ValueSource::CommandLine);
    let both_ways = PAIRS.iter().flat_map(|(one, other)| [(*one, *other), (*other, *one)]);
    let overruled: Vec<&str> = both_ways.filter(|(id, to)| gives_way(id, to)).map(|(id, _)| id).collect();
    let stands = |id| source(given, id).is_some() && !overruled.contains(&id);
    match PAIRS.iter().find(|(one, other)| stands(one) && stands(other)) {
        Some((one, other)) => Err(Failure::usage(format!(
            "{} and {} exclude each other: keep one of them",
            spelled(given, one),
            spelled(given, other)
        ))),
        None => Ok(overruled),
    }
}

/// Where a value comes from; `None` where there is none, or no such argument.
fn source(given: &ArgMatches, id: &str) -> Option<ValueSource> {
    given.try_contains_id(id).unwrap_or(false).then(|| given.value_source(id)).flatten()
}

/// The argument as the user wrote it.
fn spelled(given: &ArgMatches, id: &str) -> String {
    match source(given, id) {
        Some(ValueSource::EnvVariable) => format!("BADPENNY_{}", id.to_uppercase()),
        _ => format!("--{}", id.replace('_', "-")),
    }
}
