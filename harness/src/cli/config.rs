//! `badpenny.toml`: flags as a file. A flag wins over an environment variable,
//! which wins over the file.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::ArgMatches;
use clap::parser::ValueSource;
use mock_idp::input::{InputError, Node, parse_toml_with_dates};
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::api_args::ApiTexts;
use super::args::{AcceptArgs, RunArgs};
use super::config_error::pointed;
use super::header_arg::HeaderArg;
use super::real::{PlaceArg, TokenParam};
use super::session_args::{Scheme, SessionArgs};
use super::{keys_args, load, settle};
use crate::error::Failure;
use crate::scenario::{Declaration, DeclarationError};
use crate::target::VariableTemplate;
use crate::token::{SecretSource, SourceError};

/// The file that is read where no other is named.
const DEFAULT_FILE: &str = "badpenny.toml";

/// A file's name and its text.
pub(super) type Named = (String, String);

/// Brings the arguments of `run` together with the file's; gives the file back
/// where it says what is accepted.
///
/// # Errors
///
/// [`Failure`] when the file is not usable, or arguments exclude each other.
pub(super) fn run(args: &mut RunArgs, given: &ArgMatches) -> Result<Option<Named>, Failure> {
    let file = session(&mut args.session, given)?;
    fill(&mut args.snapshot, file.snapshot);
    fill(&mut args.accept_file, file.accept_file);
    let excluded = file.exclude.iter().map(|text| text.parse());
    fill_list(&mut args.exclude, collected(excluded, "exclude")?);
    fill(&mut args.jobs, file.jobs);
    fill(&mut args.max_time, max_time(file.max_time.as_ref())?);
    // `BADPENNY_STRICT=0` is a word, too.
    if given.value_source("strict") == Some(ValueSource::DefaultValue) {
        args.strict = file.strict;
    }
    if given.value_source("slow") == Some(ValueSource::DefaultValue) {
        args.slow = file.slow;
    }
    Ok(file.accept.and(file.source))
}

/// Brings the arguments of `accept` together with the file's; gives its name back,
/// whether it is there or not.
///
/// # Errors
///
/// [`Failure`] when the file is not usable.
pub(super) fn accept(args: &mut AcceptArgs) -> Result<PathBuf, Failure> {
    let file = File::read(args.config.as_deref())?;
    fill(&mut args.file, file.accept_file);
    fill_list(&mut args.scenarios, file.scenarios);
    Ok(args.config.clone().unwrap_or_else(|| PathBuf::from(DEFAULT_FILE)))
}

/// Brings the arguments of a session together with the file's, and gives the
/// rest of the file back.
///
/// # Errors
///
/// As for [`run`].
pub(super) fn session(args: &mut SessionArgs, given: &ArgMatches) -> Result<File, Failure> {
    settle::session(args, given)?;
    let mut file = File::read(args.config.as_deref())?;
    let mut said = args.clone();
    // Where nobody named it, the line that repeats a finding does.
    said.config = said.config.or_else(|| file.source.as_ref().map(|(name, _)| PathBuf::from(name)));
    args.given = Some(Box::new(said));
    file.fill_target(args);
    file.fill_issuer(args)?;
    file.fill_rest(args)?;
    settle::check(args, given)?;
    Ok(file)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct File {
    url: Option<String>,
    command: Option<String>,
    cwd: Option<PathBuf>,
    port: Option<u16>,
    scheme: Option<Scheme>,
    one_bench: bool,
    reset: Option<String>,
    path: Option<String>,
    method: Option<String>,
    body: Option<String>,
    headers: BTreeMap<String, String>,
    carrier: Option<String>,
    success: Option<String>,
    opening: Option<String>,
    opening_body: Vec<String>,
    session: Option<String>,
    env: BTreeMap<String, String>,
    listener: Option<SocketAddr>,
    cacert: Option<PathBuf>,
    insecure: bool,
    resolve: Vec<String>,
    timeout: Option<f64>,
    wait: Option<f64>,
    rate: Option<f64>,
    profile: Option<String>,
    scenarios: Vec<PathBuf>,
    scope: Option<String>,
    other_scope: Option<String>,
    declare: BTreeMap<String, toml::Value>,
    allow: Vec<String>,
    leeway: Option<f64>,
    refresh: Option<f64>,
    audience: Option<String>,
    seed: Option<u64>,
    idp: Option<String>,
    issuer_url: Option<String>,
    issuer_addr: Option<SocketAddr>,
    issuer_scheme: Option<Scheme>,
    issuer_localhost: bool,
    key_file: Option<PathBuf>,
    alg: Option<String>,
    verifies_by: Option<String>,
    token: Option<String>,
    other_token: Option<String>,
    client_id: Option<String>,
    client_secret: Option<String>,
    token_url: Option<String>,
    token_param: BTreeMap<String, String>,
    name: Option<String>,
    snapshot: Option<PathBuf>,
    strict: bool,
    slow: bool,
    jobs: Option<u16>,
    max_time: Option<MaxTime>,
    exclude: Vec<String>,
    accept_file: Option<PathBuf>,
    /// Read by [`crate::excuse::read`], which points into the text.
    accept: Option<IgnoredAny>,
    /// Read by [`mock_idp::dialect::Dialect::read`], which points into the text.
    dialect: Option<IgnoredAny>,
    #[serde(skip)]
    source: Option<Named>,
}

/// Seconds, or a text with a unit.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum MaxTime {
    Seconds(f64),
    Text(String),
}

impl File {
    fn read(named: Option<&Path>) -> Result<Self, Failure> {
        let path = named.unwrap_or(Path::new(DEFAULT_FILE));
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if named.is_none() && error.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(Failure::usage(format!("{} cannot be read: {error}", path.display()))),
        };
        let unusable = |error: String| Failure::usage(format!("{} is not usable: {error}", path.display()));
        let mut file: Self = toml::from_str(&text)
            .map_err(|error| Failure::usage(format!("{} is not usable {}", path.display(), pointed(&error, &text))))?;
        file.check().map_err(unusable)?;
        file.source = Some((path.display().to_string(), text));
        Ok(file)
    }

    fn check(&self) -> Result<(), String> {
        let own_issuer = if self.issuer_addr.is_some() { "issuer-addr" } else { "key-file" };
        let pairs = [
            ("url", self.url.is_some(), "command", self.command.is_some()),
            ("idp", self.idp.is_some(), "alg", self.alg.is_some()),
            ("idp", self.idp.is_some(), own_issuer, self.issuer_addr.is_some() || self.key_file.is_some()),
            ("token", self.token.is_some(), "client-id", self.client_id.is_some()),
            ("token", self.token.is_some(), "idp", self.idp.is_some()),
            ("client-id", self.client_id.is_some(), "idp", self.idp.is_some()),
        ];
        for (one, has_one, other, has_other) in pairs {
            if has_one && has_other {
                return Err(format!("`{one}` and `{other}` exclude each other: keep one of them"));
            }
        }
        if self.jobs.is_some_and(|jobs| !(1..=256).contains(&jobs)) {
            return Err("`jobs` must be from 1 to 256".to_owned());
        }
        Ok(())
    }

    /// The table `[dialect]`, with the file.
    fn dialect_table(&self) -> Result<Option<(Node, Named)>, Failure> {
        let Some((file, text)) = self.source.as_ref().filter(|_| self.dialect.is_some()) else { return Ok(None) };
        let pointed = |error: InputError| Failure::usage(load::pointed(file, text.clone(), &error));
        let root = parse_toml_with_dates(text).map_err(pointed)?;
        let table = root.as_table().map_err(pointed)?;
        Ok(table.get("dialect").cloned().map(|node| (node, (file.clone(), text.clone()))))
    }

    /// A target on the command line takes the place of the file's, whole.
    fn fill_target(&mut self, args: &mut SessionArgs) {
        if args.url.is_none() && args.command.is_none() {
            args.url = self.url.take();
            args.command = self.command.take();
            fill(&mut args.cwd, self.cwd.take());
            fill(&mut args.port, self.port.take());
            fill(&mut args.scheme, self.scheme.take());
        } else if args.url.is_some() {
            self.env.clear();
        }
    }

    /// An issuer on the command line does as well.
    fn fill_issuer(&mut self, args: &mut SessionArgs) -> Result<(), Failure> {
        let has_real = args.token.is_some() || args.client_id.is_some();
        if args.issuer_addr.is_none() && args.key_file.is_none() && args.keys.alg.is_none() && !has_real {
            fill(&mut args.idp, self.idp.take());
        }
        if args.idp.is_none() && !has_real {
            fill(&mut args.issuer_addr, self.issuer_addr.take());
            fill(&mut args.key_file, self.key_file.take());
            fill(&mut args.keys.alg, word(self.alg.as_deref(), "alg", keys_args::algorithm)?);
        }
        fill(&mut args.keys.verifies_by, word(self.verifies_by.as_deref(), "verifies-by", keys_args::verification)?);
        if args.token.is_none() && args.idp.is_none() {
            fill(&mut args.client_id, self.client_id.take());
        }
        if args.client_id.is_some() {
            fill(&mut args.token_url, self.token_url.take());
        }
        fill(&mut args.issuer_url, self.issuer_url.take());
        fill(&mut args.issuer_scheme, self.issuer_scheme.take());
        args.issuer_localhost |= self.issuer_localhost;
        Ok(())
    }

    fn fill_rest(&mut self, args: &mut SessionArgs) -> Result<(), Failure> {
        if args.client_id.is_none() && args.idp.is_none() {
            fill(&mut args.token, place(self.token.as_deref(), "token")?);
        }
        if args.token.is_some() || args.client_id.is_some() {
            fill(&mut args.other_token, place(self.other_token.as_deref(), "other-token")?);
        }
        if args.client_id.is_some() {
            fill(&mut args.client_secret, place(self.client_secret.as_deref(), "client-secret")?);
            let params = std::mem::take(&mut self.token_param).into_iter();
            fill_list(&mut args.token_params, params.map(|(name, value)| TokenParam { name, value }).collect());
        }
        args.dialect.table = self.dialect_table()?;
        fill(&mut args.path, self.path.take());
        fill(&mut args.method, self.method.take());
        fill(&mut args.body, self.body.take());
        fill(&mut args.listener, self.listener.take());
        fill(&mut args.cacert, self.cacert.take());
        fill(&mut args.timeout, duration(self.timeout, "timeout")?);
        fill(&mut args.wait, duration(self.wait, "wait")?);
        fill(&mut args.rate, rate(self.rate)?);
        fill(&mut args.profile, self.profile.take());
        fill(&mut args.scope, self.scope.take());
        fill(&mut args.other_scope, self.other_scope.take());
        fill(&mut args.leeway, duration(self.leeway, "leeway")?);
        fill(&mut args.refresh, duration(self.refresh, "refresh")?);
        fill(&mut args.audience, self.audience.take());
        fill(&mut args.seed, self.seed.take());
        fill(&mut args.name, self.name.take());
        fill_list(&mut args.resolve, std::mem::take(&mut self.resolve));
        fill_list(&mut args.scenarios, std::mem::take(&mut self.scenarios));
        args.api.fill(ApiTexts {
            carrier: self.carrier.take(),
            success: self.success.take(),
            opening: self.opening.take(),
            opening_body: std::mem::take(&mut self.opening_body),
            session: self.session.take(),
        })?;
        args.insecure |= self.insecure;
        args.one_bench |= self.one_bench;
        fill(&mut args.reset, self.reset.take());
        let lines = self.headers.iter().map(|(name, value)| HeaderArg::new(name, value));
        fill_list(&mut args.headers, collected(lines, "headers")?);
        let allowed = self.allow.iter().map(|word| word.parse());
        fill_list(&mut args.allow, collected(allowed, "allow")?);
        let declarations = self.declare.iter().map(|(name, value)| declaration(name, value));
        fill_list(&mut args.declare, collected(declarations, "declare")?);
        let templates = self.env.iter().map(|(name, value)| format!("{name}={value}").parse());
        let of_file: Vec<VariableTemplate> = collected(templates, "env")?;
        // Each variable by itself: what is not named on the command line is as the file says.
        let others = of_file.into_iter().filter(|own| !args.env.iter().any(|given| given.name == own.name));
        args.env = others.chain(args.env.iter().cloned()).collect();
        Ok(())
    }
}

pub(super) fn fill<T>(argument: &mut Option<T>, of_file: Option<T>) {
    if argument.is_none() {
        *argument = of_file;
    }
}

fn fill_list<T>(argument: &mut Vec<T>, of_file: Vec<T>) {
    if argument.is_empty() {
        *argument = of_file;
    }
}

/// As on the command line: `writes = true` in the file is `--declare writes`.
fn declaration(name: &str, value: &toml::Value) -> Result<Declaration, String> {
    let text = match value {
        toml::Value::Boolean(true) => name.to_owned(),
        toml::Value::String(value) => format!("{name}={value}"),
        _ => return Err(format!("\"{name}\" must be a text, or true where it takes no value")),
    };
    text.parse().map_err(|error: DeclarationError| error.to_string())
}

fn collected<T, E: std::fmt::Display>(
    entries: impl Iterator<Item = Result<T, E>>,
    name: &str,
) -> Result<Vec<T>, Failure> {
    entries.collect::<Result<_, E>>().map_err(|error| Failure::usage(format!("`{name}`: {error}")))
}

fn max_time(given: Option<&MaxTime>) -> Result<Option<Duration>, Failure> {
    let text = match given {
        None => return Ok(None),
        Some(MaxTime::Seconds(seconds)) => seconds.to_string(),
        Some(MaxTime::Text(text)) => text.clone(),
    };
    let time = super::session_args::duration(&text);
    time.map(Some).map_err(|error| Failure::usage(format!("`max-time`: {error}")))
}

/// A word that is read as its flag's is.
fn word<T>(given: Option<&str>, name: &str, read: impl Fn(&str) -> Result<T, String>) -> Result<Option<T>, Failure> {
    given.map(read).transpose().map_err(|error| Failure::usage(format!("`{name}`: {error}")))
}

fn place(given: Option<&str>, name: &str) -> Result<Option<PlaceArg>, Failure> {
    let place = given.map(str::parse).transpose();
    let place = place.map_err(|error: SourceError| Failure::usage(format!("`{name}`: {error}")))?;
    Ok(place.map(|place: SecretSource| PlaceArg(Ok(place))))
}

fn rate(given: Option<f64>) -> Result<Option<f64>, Failure> {
    let rate = given.map(|rate| super::session_args::rate(&rate.to_string())).transpose();
    rate.map_err(|error| Failure::usage(format!("`rate`: {error}")))
}

fn duration(seconds: Option<f64>, name: &str) -> Result<Option<Duration>, Failure> {
    match seconds {
        None => Ok(None),
        Some(seconds) if (0.01..=3600.0).contains(&seconds) => Ok(Some(Duration::from_secs_f64(seconds))),
        Some(_) => Err(Failure::usage(format!("`{name}` must be from 0.01 to 3600 seconds"))),
    }
}
