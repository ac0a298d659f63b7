//! `badpenny.toml`: the flags of a session as a file. A flag wins over an
//! environment variable, which wins over the file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

use super::args::{HeaderArg, Scheme, SessionArgs};
use crate::error::Failure;

/// The file that is read where no other is named.
const DEFAULT_FILE: &str = "badpenny.toml";

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct File {
    url: Option<String>,
    command: Option<String>,
    cwd: Option<PathBuf>,
    path: Option<String>,
    method: Option<String>,
    body: Option<String>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    env: BTreeMap<String, String>,
    cacert: Option<PathBuf>,
    timeout: Option<f64>,
    wait: Option<f64>,
    profile: Option<String>,
    scope: Option<String>,
    audience: Option<String>,
    seed: Option<u64>,
    idp: Option<String>,
    issuer_url: Option<String>,
    issuer_addr: Option<std::net::SocketAddr>,
    issuer_scheme: Option<Scheme>,
    key_file: Option<PathBuf>,
    name: Option<String>,
}

/// The session with what the file says where neither flag nor variable does.
pub(super) fn with_file(mut args: SessionArgs) -> Result<SessionArgs, Failure> {
    let Some((path, text)) = read(args.config.as_deref())? else { return Ok(args) };
    let file: File =
        toml::from_str(&text).map_err(|error| Failure::usage(format!("{} is not usable: {error}", path.display())))?;
    // A target on the command line takes the place of the file's, whole.
    if args.url.is_none() && args.command.is_none() {
        args.url = file.url;
        args.command = file.command;
        args.cwd = args.cwd.or(file.cwd);
    }
    if args.url.is_some() && args.command.is_some() {
        return Err(Failure::usage(format!("{} has both `url` and `command`: keep one of them", path.display())));
    }
    if args.idp.is_none() && args.issuer_addr.is_none() && args.key_file.is_none() {
        args.idp = file.idp;
        args.issuer_addr = file.issuer_addr;
        args.key_file = file.key_file;
    }
    args.path = args.path.or(file.path);
    args.method = args.method.or(file.method);
    args.body = args.body.or(file.body);
    args.cacert = args.cacert.or(file.cacert);
    args.timeout = args.timeout.map_or_else(|| duration(file.timeout, "timeout"), |flag| Ok(Some(flag)))?;
    args.wait = args.wait.map_or_else(|| duration(file.wait, "wait"), |flag| Ok(Some(flag)))?;
    args.profile = args.profile.or(file.profile);
    args.scope = args.scope.or(file.scope);
    args.audience = args.audience.or(file.audience);
    args.seed = args.seed.or(file.seed);
    args.issuer_url = args.issuer_url.or(file.issuer_url);
    args.issuer_scheme = args.issuer_scheme.or(file.issuer_scheme);
    args.name = args.name.or(file.name);
    if args.headers.is_empty() {
        args.headers = file.headers.into_iter().map(|(name, value)| HeaderArg { name, value }).collect();
    }
    if args.env.is_empty() {
        let templates = file.env.into_iter().map(|(name, value)| format!("{name}={value}").parse());
        args.env = templates.collect::<Result<_, _>>().map_err(|error| Failure::usage(format!("`env`: {error}")))?;
    }
    Ok(args)
}

fn read(named: Option<&Path>) -> Result<Option<(PathBuf, String)>, Failure> {
    let path = named.unwrap_or(Path::new(DEFAULT_FILE));
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some((path.to_owned(), text))),
        Err(error) if named.is_none() && error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failure::usage(format!("{} cannot be read: {error}", path.display()))),
    }
}

fn duration(seconds: Option<f64>, name: &str) -> Result<Option<Duration>, Failure> {
    match seconds {
        None => Ok(None),
        Some(seconds) if (0.01..=3600.0).contains(&seconds) => Ok(Some(Duration::from_secs_f64(seconds))),
        Some(_) => Err(Failure::usage(format!("`{name}` must be from 0.01 to 3600 seconds"))),
    }
}
