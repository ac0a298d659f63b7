use std::path::PathBuf;
use std::time::Duration;

use clap::builder::FalseyValueParser;
use clap::{Args, Parser, Subcommand};
use mock_idp::keys::Algorithm;

use super::dialect::LikeArg;
use super::keys_args::algorithm;
use super::session_args::{Scheme, SessionArgs, duration, seed};
use crate::report::ReportTarget;
use crate::scenario::Selector;

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
    /// Run one variant again and tell in full what came of it
    Replay(Box<ReplayArgs>),
    /// Accept a finding until a day: write an entry into badpenny.toml, or into a file of its own
    Accept(AcceptArgs),
    /// Read real access tokens and write the settings that mint their like, without what they say
    /// of anybody
    Dialect(DialectVerbArgs),
    /// Show what the RFCs ask of a resource server, and which scenarios hold it to that
    Coverage(CoverageArgs),
    /// Show what verifier libraries do with their issuer's keys, as measured: how soon a new key is
    /// seen, how long keys are kept, and the --refresh that suits
    Stacks(StacksArgs),
}

#[derive(Debug, Args)]
pub(super) struct RunArgs {
    /// What to run: ids as `list` prints them, `*` for any text; rfc6750/3 with the sections below;
    /// level:must; tag:anyone, tag:slow, tag:no-token, tag:CVE-2015-9235, ...
    pub(super) selectors: Vec<Selector>,
    /// Leave out what this selects; repeatable
    #[arg(long, value_name = "SELECTOR", help_heading = "Selection")]
    pub(super) exclude: Vec<Selector>,
    /// Only what failed in the last run of this target with this profile from this folder
    #[arg(long, help_heading = "Selection")]
    pub(super) last_failed: bool,
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
    #[arg(long, help_heading = "Output")]
    pub(super) update_snapshot: bool,
    /// Fail only on findings that the snapshot does not have
    #[arg(long, help_heading = "Verdicts")]
    pub(super) only_new: bool,
    /// Accept the findings that the [[accept]] entries of this file name, besides those of badpenny.toml
    #[arg(long, value_name = "FILE", env = "BADPENNY_ACCEPT_FILE", help_heading = "Verdicts")]
    pub(super) accept_file: Option<PathBuf>,
    /// Fail on deviations from recommendations as well
    #[arg(long, env = "BADPENNY_STRICT", value_parser = FalseyValueParser::new(), help_heading = "Verdicts")]
    pub(super) strict: bool,
    /// Do not fail when a MUST could not be judged
    #[arg(long, help_heading = "Verdicts")]
    pub(super) allow_inconclusive: bool,
    /// Run what is slow or heavy as well: waits, floods, large bodies; elsewhere than on this machine
    /// what is heavy needs --allow heavy besides
    #[arg(long, env = "BADPENNY_SLOW", value_parser = FalseyValueParser::new(), help_heading = "Verdicts")]
    pub(super) slow: bool,
    /// Stop after the first scenario with a finding
    #[arg(long, help_heading = "Verdicts")]
    pub(super) fail_fast: bool,
    /// Begin without asking, where the target is not on this machine
    #[arg(long, env = "BADPENNY_YES", value_parser = FalseyValueParser::new(), help_heading = "Target")]
    pub(super) yes: bool,
    /// End after that time, such as 90s or 5m, with a report of what was judged until then
    #[arg(long, value_name = "DURATION", env = "BADPENNY_MAX_TIME", value_parser = duration, help_heading = "Verdicts")]
    pub(super) max_time: Option<Duration>,
    /// How many variants travel at once [default: 4], and how many benches stand side by side
    /// [default: as many as fit into memory, at most 16]
    #[arg(long, value_name = "N", env = "BADPENNY_JOBS", value_parser = jobs, help_heading = "Verdicts")]
    pub(super) jobs: Option<u16>,
}

#[derive(Debug, Args)]
pub(super) struct ListArgs {
    /// What to list: ids, `*` for any text; rfc6750/3; level:must; tag:anyone, ...
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
    #[arg(long, value_name = "TOKEN", env = "BADPENNY_CONTROL_TOKEN", hide_env_values = true)]
    pub(super) control_token: Option<String>,
    /// The whole issuer identifier in the token, such as https://127.0.0.1:9443/oauth2/default
    #[arg(long, value_name = "URL", env = "BADPENNY_ISSUER_URL", required_unless_present = "idp")]
    pub(super) issuer_url: Option<String>,
    /// Which identifier of that mock-idp the token carries: https or http [default: https]
    #[arg(long, value_name = "SCHEME", env = "BADPENNY_ISSUER_SCHEME")]
    pub(super) issuer_scheme: Option<Scheme>,
    /// The issuer's signing key (PKCS#8 PEM), or with HS256 to HS512 the secret that it shares [default: the built-in test key]
    #[arg(long, value_name = "FILE", env = "BADPENNY_KEY_FILE")]
    pub(super) key_file: Option<PathBuf>,
    /// What it signs with: RS256, PS384, ES512, EdDSA, Ed25519, HS256, ... [default: what --key-file is for, else RS256]
    #[arg(long, value_name = "NAME", env = "BADPENNY_ALG", value_parser = algorithm)]
    pub(super) alg: Option<Algorithm>,
    /// The scope that the route needs [default: test_scope]
    #[arg(long, value_name = "SCOPE", env = "BADPENNY_SCOPE")]
    pub(super) scope: Option<String>,
    /// The audience of the API [default: api://default]
    #[arg(long, value_name = "AUDIENCE", env = "BADPENNY_AUDIENCE")]
    pub(super) audience: Option<String>,
    /// Repeat identifiers and random texts
    #[arg(long, value_name = "N", env = "BADPENNY_SEED", value_parser = seed)]
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
    /// Don't ask before requests go to a server that is not on this machine
    #[arg(long, env = "BADPENNY_YES", value_parser = FalseyValueParser::new())]
    pub(super) yes: bool,
}

#[derive(Debug, Args)]
pub(super) struct AcceptArgs {
    /// What is accepted: an id, ID@variant, or with `*` for any text
    pub(super) id: String,
    /// Why
    #[arg(long, value_name = "TEXT")]
    pub(super) reason: String,
    /// The last day on which it is, such as 2027-01-31
    #[arg(long, value_name = "DATE")]
    pub(super) until: String,
    /// Who answers for it
    #[arg(long, value_name = "NAME")]
    pub(super) owner: Option<String>,
    /// Only for the target of that name, as reports say it [default: for every target]
    #[arg(long, value_name = "NAME")]
    pub(super) target: Option<String>,
    /// Write into this file [default: the settings' `accept-file`, else the settings themselves]
    #[arg(long, value_name = "FILE", env = "BADPENNY_ACCEPT_FILE")]
    pub(super) file: Option<PathBuf>,
    /// Know the scenarios of this file as well; repeatable
    #[arg(long = "scenarios", value_name = "FILE")]
    pub(super) scenarios: Vec<PathBuf>,
    /// Read settings from this file [default: badpenny.toml, where it is]
    #[arg(long, value_name = "FILE", env = "BADPENNY_CONFIG")]
    pub(super) config: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct DialectVerbArgs {
    /// A real access token: env:NAME, file:PATH, cmd:COMMAND, or - for standard input; repeatable, since
    /// tokens of several subjects tell what is common to all
    #[arg(long, value_name = "PLACE", required = true)]
    pub(super) like: Vec<LikeArg>,
}

#[derive(Debug, Args)]
pub(super) struct CoverageArgs {
    /// Only what this RFC asks for, such as 7519
    #[arg(long, value_name = "NUMBER")]
    pub(super) rfc: Option<u32>,
    /// Print JSON
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Args)]
pub(super) struct StacksArgs {
    /// Only libraries or languages with this in their name
    pub(super) name: Option<String>,
    /// Print a Markdown table
    #[arg(long)]
    pub(super) markdown: bool,
}

fn jobs(text: &str) -> Result<u16, String> {
    text.parse()
        .ok()
        .filter(|jobs| (1..=256).contains(jobs))
        .ok_or_else(|| "expected a number from 1 to 256".to_owned())
}
