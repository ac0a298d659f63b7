use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};

use crate::report::ReportTarget;
use crate::scenario::Selector;
use crate::target::VariableTemplate;

/// Does your API take bad tokens? Sends good and deliberately bad OAuth 2.0
/// access tokens to a resource server and judges what comes back.
#[derive(Debug, Parser)]
#[command(name = "badpenny", version, propagate_version = true, max_term_width = 100)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) verb: Verb,
}

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Run scenarios against a target; without one, against the built-in demo server
    Run(Box<RunArgs>),
    /// List the scenarios of a profile, or all of them
    List(ListArgs),
    /// Say what a scenario is about: the standard, the attack, the usual cause, the fix
    Why(WhyArgs),
    /// Mint the token of a variant and print it
    Mint(MintArgs),
    /// Run one variant again and show its exchange
    Replay(Box<ReplayArgs>),
}

#[derive(Debug, Args)]
pub(super) struct RunArgs {
    /// Scenarios or variants to run: ids as `list` prints them, `*` for any text
    pub(super) selectors: Vec<Selector>,
    #[command(flatten)]
    pub(super) session: SessionArgs,
    /// Write a report: terminal, json, junit or markdown, to standard output or to a file; repeatable
    #[arg(long = "report", value_name = "FORMAT[=FILE]", help_heading = "Output")]
    pub(super) reports: Vec<ReportTarget>,
    /// Name every variant of a finding
    #[arg(long, help_heading = "Output")]
    pub(super) all: bool,
    /// Compare the outcomes with this file; a difference fails the run
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub(super) snapshot: Option<PathBuf>,
    /// Write the outcomes into the snapshot file
    #[arg(long, requires = "snapshot", help_heading = "Output")]
    pub(super) update_snapshot: bool,
    /// Fail on deviations from recommendations as well
    #[arg(long, env = "BADPENNY_STRICT", help_heading = "Verdicts")]
    pub(super) strict: bool,
    /// Do not fail when a MUST could not be judged
    #[arg(long, help_heading = "Verdicts")]
    pub(super) allow_inconclusive: bool,
    /// Stop at the first finding
    #[arg(long, help_heading = "Verdicts")]
    pub(super) fail_fast: bool,
    /// How many variants travel at once
    #[arg(long, value_name = "N", env = "BADPENNY_JOBS", value_parser = clap::value_parser!(u16).range(1..=256), help_heading = "Verdicts")]
    pub(super) jobs: Option<u16>,
}

/// What reaches a target and an issuer: shared by `run` and `replay`.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct SessionArgs {
    /// The protected route of a server that runs already
    #[arg(long, value_name = "URL", env = "BADPENNY_URL", conflicts_with = "command", help_heading = "Target")]
    pub(super) url: Option<String>,
    /// Start the server with this command line; it must listen on the port in SERVER_PORT or PORT
    #[arg(long, value_name = "CMD", env = "BADPENNY_COMMAND", help_heading = "Target")]
    pub(super) command: Option<String>,
    /// Working directory of the command
    #[arg(long, value_name = "DIR", env = "BADPENNY_CWD", help_heading = "Target")]
    pub(super) cwd: Option<PathBuf>,
    /// Set a variable of the command's environment; {issuer}, {port}, {ca_file}, ... are filled in; repeatable
    #[arg(long = "env", value_name = "NAME=TEMPLATE", help_heading = "Target")]
    pub(super) env: Vec<VariableTemplate>,
    /// The protected route's path [default: /, or the path of --url]
    #[arg(long, value_name = "PATH", env = "BADPENNY_PATH", help_heading = "Target")]
    pub(super) path: Option<String>,
    /// The protected route's method [default: GET]
    #[arg(long, value_name = "METHOD", env = "BADPENNY_METHOD", help_heading = "Target")]
    pub(super) method: Option<String>,
    /// Body of every request
    #[arg(long, value_name = "TEXT", help_heading = "Target")]
    pub(super) body: Option<String>,
    /// A header line of every request; repeatable
    #[arg(long = "header", value_name = "NAME: VALUE", help_heading = "Target")]
    pub(super) headers: Vec<HeaderArg>,
    /// Trust this CA (PEM) towards the target
    #[arg(long, value_name = "FILE", env = "BADPENNY_CACERT", help_heading = "Target")]
    pub(super) cacert: Option<PathBuf>,
    /// Accept any certificate of the target
    #[arg(long, help_heading = "Target")]
    pub(super) insecure: bool,
    /// Reach a host at another address, as curl does; repeatable
    #[arg(long, value_name = "HOST:PORT:ADDR", help_heading = "Target")]
    pub(super) resolve: Vec<String>,
    /// Deadline of one exchange in seconds [default: 10]
    #[arg(long, value_name = "SECONDS", env = "BADPENNY_TIMEOUT", value_parser = seconds, help_heading = "Target")]
    pub(super) timeout: Option<Duration>,
    /// How long the target may take to start and to accept the control, in seconds [default: 30]
    #[arg(long, value_name = "SECONDS", env = "BADPENNY_WAIT", value_parser = seconds, help_heading = "Target")]
    pub(super) wait: Option<Duration>,
    /// The profile [default: core]
    #[arg(long, value_name = "NAME", env = "BADPENNY_PROFILE", help_heading = "Tokens")]
    pub(super) profile: Option<String>,
    /// Add the scenarios of this file; repeatable
    #[arg(long = "scenarios", value_name = "FILE", help_heading = "Tokens")]
    pub(super) scenarios: Vec<PathBuf>,
    /// The scope that the route needs [default: test_scope]
    #[arg(long, value_name = "SCOPE", env = "BADPENNY_SCOPE", help_heading = "Tokens")]
    pub(super) scope: Option<String>,
    /// The audience of the API [default: api://default]
    #[arg(long, value_name = "AUDIENCE", env = "BADPENNY_AUDIENCE", help_heading = "Tokens")]
    pub(super) audience: Option<String>,
    /// Repeat identifiers and random texts of an earlier run
    #[arg(long, value_name = "N", env = "BADPENNY_SEED", help_heading = "Tokens")]
    pub(super) seed: Option<u64>,
    /// Drive this running mock-idp in place of an own one
    #[arg(long, value_name = "URL", env = "BADPENNY_IDP", help_heading = "Issuer")]
    pub(super) idp: Option<String>,
    /// The control token of that mock-idp
    #[arg(
        long,
        value_name = "TOKEN",
        env = "BADPENNY_CONTROL_TOKEN",
        hide_env_values = true,
        requires = "idp",
        help_heading = "Issuer"
    )]
    pub(super) control_token: Option<String>,
    /// The issuer identifier in the tokens, where the target knows it by another address
    #[arg(long, value_name = "URL", env = "BADPENNY_ISSUER_URL", help_heading = "Issuer")]
    pub(super) issuer_url: Option<String>,
    /// Address of the own issuer, such as 127.0.0.1:9443
    #[arg(
        long,
        value_name = "ADDR:PORT",
        env = "BADPENNY_ISSUER_ADDR",
        conflicts_with = "idp",
        help_heading = "Issuer"
    )]
    pub(super) issuer_addr: Option<std::net::SocketAddr>,
    /// Scheme of the issuer that the target is given: https or http [default: https]
    #[arg(long, value_name = "SCHEME", env = "BADPENNY_ISSUER_SCHEME", help_heading = "Issuer")]
    pub(super) issuer_scheme: Option<Scheme>,
    /// The issuer's signing key (PKCS#8 PEM), where the target has its public half
    #[arg(long, value_name = "FILE", env = "BADPENNY_KEY_FILE", conflicts_with = "idp", help_heading = "Issuer")]
    pub(super) key_file: Option<PathBuf>,
    /// Read settings from this file [default: badpenny.toml, where it is]
    #[arg(long, value_name = "FILE", env = "BADPENNY_CONFIG", help_heading = "Target")]
    pub(super) config: Option<PathBuf>,
    /// The target's name in reports [default: from the command or the URL]
    #[arg(long, value_name = "NAME", env = "BADPENNY_NAME", help_heading = "Output")]
    pub(super) name: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Scheme {
    Https,
    Http,
}

#[derive(Debug, Args)]
pub(super) struct ListArgs {
    /// Scenarios or variants to list; `*` for any text
    pub(super) selectors: Vec<Selector>,
    /// Only those of this profile
    #[arg(long, value_name = "NAME")]
    pub(super) profile: Option<String>,
    /// Print JSON
    #[arg(long)]
    pub(super) json: bool,
    /// Add the scenarios of this file; repeatable
    #[arg(long = "scenarios", value_name = "FILE")]
    pub(super) scenarios: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct WhyArgs {
    /// The scenario's id; a variant's name does as well
    pub(super) id: String,
    /// Add the scenarios of this file; repeatable
    #[arg(long = "scenarios", value_name = "FILE")]
    pub(super) scenarios: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct MintArgs {
    /// The variant, such as time/expired@one-hour
    #[arg(required_unless_present = "mutation")]
    pub(super) variant: Option<String>,
    /// A mutation as JSON in place of a variant's name
    #[arg(long, value_name = "JSON", conflicts_with = "variant")]
    pub(super) mutation: Option<String>,
    /// Mint through this running mock-idp
    #[arg(long, value_name = "URL", env = "BADPENNY_IDP")]
    pub(super) idp: Option<String>,
    /// The control token of that mock-idp
    #[arg(long, value_name = "TOKEN", env = "BADPENNY_CONTROL_TOKEN", hide_env_values = true, requires = "idp")]
    pub(super) control_token: Option<String>,
    /// The issuer identifier in the token
    #[arg(long, value_name = "URL", env = "BADPENNY_ISSUER_URL", required_unless_present = "idp")]
    pub(super) issuer_url: Option<String>,
    /// The issuer's signing key (PKCS#8 PEM) [default: the built-in test key]
    #[arg(long, value_name = "FILE", env = "BADPENNY_KEY_FILE", conflicts_with = "idp")]
    pub(super) key_file: Option<PathBuf>,
    /// The scope that the route needs [default: test_scope]
    #[arg(long, value_name = "SCOPE", env = "BADPENNY_SCOPE")]
    pub(super) scope: Option<String>,
    /// The audience of the API [default: api://default]
    #[arg(long, value_name = "AUDIENCE", env = "BADPENNY_AUDIENCE")]
    pub(super) audience: Option<String>,
    /// Repeat identifiers and random texts
    #[arg(long, value_name = "N", env = "BADPENNY_SEED")]
    pub(super) seed: Option<u64>,
    /// Show the decoded token and how it differs from the control as well (on standard error)
    #[arg(long)]
    pub(super) explain: bool,
}

#[derive(Debug, Args)]
pub(super) struct ReplayArgs {
    /// The variant, such as time/expired@one-hour
    pub(super) variant: String,
    #[command(flatten)]
    pub(super) session: SessionArgs,
}

/// A header line, `Name: value`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct HeaderArg {
    pub(super) name: String,
    pub(super) value: String,
}

impl std::str::FromStr for HeaderArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once(':') {
            Some((name, value)) if !name.trim().is_empty() => {
                Ok(Self { name: name.trim().to_owned(), value: value.trim().to_owned() })
            }
            _ => Err(format!("\"{text}\" is no header line: write \"Name: value\"")),
        }
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    text.parse()
        .ok()
        .filter(|seconds| (0.01..=3600.0).contains(seconds))
        .map(Duration::from_secs_f64)
        .ok_or_else(|| "expected seconds from 0.01 to 3600".to_owned())
}
