use std::net::IpAddr;
use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, StringValueParser, TypedValueParser as _};
use clap::{Args, Parser, Subcommand, ValueEnum};
use mock_idp::Scheme;
use mock_idp::config::Secret;
use mock_idp::dialect::{DialectFlags, Shape};
use mock_idp::keys::Algorithm;

use super::env::EnvArgs;
use super::explain::ExplainArgs;
use super::health::HealthArgs;
use super::init::InitArgs;
use super::postman::PostmanArgs;
use super::run::RunArgs;
use super::scope::ScopeArgs;

/// An Okta-compatible issuer for tests. It mints any access token, good or
/// deliberately bad: for testing only.
///
/// Without a verb it serves until it is interrupted, and prints one JSON line
/// once it is ready. A flag wins over its variable, which wins over the
/// configuration file.
#[derive(Debug, Parser)]
#[command(name = "mock-idp", version)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) verb: Option<Verb>,
    #[command(flatten)]
    pub(crate) issuer: IssuerArgs,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Print a token, made with the keys of the state directory
    Mint(Box<MintArgs>),
    /// Print the names of all scenario variants that `mint` takes, or of all answers that can be otherwise
    List(ListArgs),
    /// Print the settings of a program that is to trust this issuer, or write its `.env`
    Env(EnvArgs),
    /// Run a command beside an issuer of its own, which ends with it
    Run(RunArgs),
    /// Write a collection and an environment for Postman
    Postman(PostmanArgs),
    /// Decode a token, and tell every reason to refuse it
    Explain(ExplainArgs),
    /// Ask whether an issuer answers: exit status 0, or 1 and what is wrong
    Health(HealthArgs),
    /// Write a configuration file with every setting in it, as a comment
    Init(InitArgs),
    /// Change the scopes of an issuer that runs
    Scope(ScopeArgs),
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Issuer")]
pub(crate) struct IssuerArgs {
    /// Port for http; 0 picks a free one [default: 9000]
    #[arg(long, global = true, env = "MOCK_IDP_PORT")]
    pub(crate) port: Option<u16>,
    /// Port for https; 0 picks a free one [default: 9443]
    #[arg(long, global = true, value_name = "PORT", env = "MOCK_IDP_HTTPS_PORT")]
    pub(crate) https_port: Option<u16>,
    /// What the tokens of the server `default` are signed with: RS256, ES512, EdDSA, HS256, ... [default: RS256]
    #[arg(long, global = true, value_name = "NAME", env = "MOCK_IDP_ALG", value_parser = one_of(&Algorithm::ALL), hide_possible_values = true)]
    pub(crate) alg: Option<Algorithm>,
    /// Address to listen on [default: 127.0.0.1]
    #[arg(long, global = true, value_name = "ADDRESS", env = "MOCK_IDP_BIND")]
    pub(crate) bind: Option<IpAddr>,
    /// What issuer identifiers begin with [default: the address that was called]
    #[arg(long, global = true, value_name = "URL", env = "MOCK_IDP_ISSUER_URL")]
    pub(crate) issuer_url: Option<String>,
    /// Scheme that issuer identifiers state at both doors [default: caller, the one that was called]
    #[arg(long, global = true, value_enum, value_name = "SCHEME", env = "MOCK_IDP_ISSUER_SCHEME")]
    pub(crate) issuer_scheme: Option<SchemeArg>,
    /// Host name or address for the certificate, besides localhost; repeatable
    #[arg(long, global = true, value_name = "NAME", value_delimiter = ',', env = "MOCK_IDP_ALIAS")]
    pub(crate) alias: Vec<String>,
    /// Configuration file (TOML)
    #[arg(long, global = true, value_name = "FILE", env = "MOCK_IDP_CONFIG")]
    pub(crate) config: Option<PathBuf>,
    /// Folder that keeps the keys [default: $XDG_STATE_HOME/mock-idp, ~/.local/state/mock-idp]
    #[arg(long, global = true, value_name = "DIR", env = "MOCK_IDP_STATE_DIR")]
    pub(crate) state_dir: Option<PathBuf>,
    /// Makes identifiers in tokens repeatable
    #[arg(long, global = true, env = "MOCK_IDP_SEED")]
    pub(crate) seed: Option<u64>,
    /// What /_mock/ asks for as a bearer token; required off loopback
    #[arg(long, global = true, value_name = "TOKEN", env = "MOCK_IDP_CONTROL_TOKEN", hide_env_values = true, value_parser = secret())]
    pub(crate) control_token: Option<Secret>,
    /// What Okta's management API asks for as SSWS token [default: the control token]
    #[arg(long, global = true, value_name = "TOKEN", env = "MOCK_IDP_API_TOKEN", hide_env_values = true, value_parser = secret())]
    pub(crate) api_token: Option<Secret>,
    /// Makes an authorization server like `default` when one that nobody made is first asked for
    #[arg(long, global = true, env = "MOCK_IDP_TOUCH")]
    pub(crate) touch: bool,
}

#[derive(Debug, Args)]
pub(crate) struct MintArgs {
    /// Scenario variant, such as time/expired@one-hour [default: an honest token]
    #[arg(conflicts_with = "mutation")]
    pub(crate) scenario: Option<String>,
    /// Mutation as JSON, such as '[{"claim":"exp","set":{"now":-3600}}]'
    #[arg(long, value_name = "JSON")]
    pub(crate) mutation: Option<String>,
    /// Authorization server
    #[arg(long, value_name = "ID", default_value = "default")]
    pub(crate) server: String,
    /// `iss` [default: the server at https://127.0.0.1:9443]
    #[arg(long, value_name = "URL")]
    pub(crate) issuer: Option<String>,
    /// `aud` [default: the server's]
    #[arg(long)]
    pub(crate) audience: Option<String>,
    /// The scopes, separated by spaces [default: the server's first]
    #[arg(long)]
    pub(crate) scope: Option<String>,
    /// The client, and `sub` [default: the server's first client]
    #[arg(long, value_name = "ID")]
    pub(crate) client_id: Option<String>,
    /// `sub` of another user [default: the client]
    #[arg(long, value_name = "SUB")]
    pub(crate) subject: Option<String>,
    #[command(flatten)]
    pub(crate) dialect: DialectArgs,
    /// Clock difference in seconds that the target tolerates [default: 300]
    #[arg(long, value_name = "SECONDS", allow_negative_numbers = true)]
    pub(crate) leeway: Option<i64>,
    /// Print the whole answer of POST /_mock/mint, with the exact bytes
    #[arg(long)]
    pub(crate) json: bool,
}

/// What the honest token looks like.
#[derive(Debug, Args)]
pub(crate) struct DialectArgs {
    /// Whose tokens it is like [default: okta]
    #[arg(long, value_parser = PossibleValuesParser::new(Shape::ALL.map(|(word, _)| word)))]
    pub(crate) shape: Option<String>,
    /// `typ` of its header; empty is none [default: the shape's]
    #[arg(long)]
    pub(crate) typ: Option<String>,
    /// `kid` of its header [default: the key's]
    #[arg(long)]
    pub(crate) kid: Option<String>,
    /// Claim of the scopes: scp-array, scp-string, scope-string, scope-array, a name, or a JSON Pointer
    /// such as /realm_access/roles [default: the shape's]
    #[arg(long, value_name = "CLAIM", conflicts_with = "no_scope")]
    pub(crate) scope_claim: Option<String>,
    /// No scope in the token
    #[arg(long)]
    pub(crate) no_scope: bool,
    /// A claim, such as tenant='"acme"' or realm_access='{"roles":["a"]}'; repeatable
    #[arg(long = "claim", value_name = "NAME=JSON")]
    pub(crate) claims: Vec<String>,
}

impl DialectArgs {
    /// The same, as the library takes them.
    pub(crate) fn flags(&self) -> DialectFlags {
        DialectFlags {
            shape: self.shape.clone(),
            typ: self.typ.clone(),
            kid: self.kid.clone(),
            scope_claim: self.scope_claim.clone(),
            no_scope: self.no_scope,
            claims: self.claims.clone(),
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// Print the answers that can be otherwise instead, each with what it is
    #[arg(long)]
    pub(crate) answers: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SchemeArg {
    Http,
    Https,
    Caller,
}

impl SchemeArg {
    /// The scheme, where it is not the caller's.
    pub(crate) fn pinned(self) -> Option<Scheme> {
        match self {
            Self::Http => Some(Scheme::Http),
            Self::Https => Some(Scheme::Https),
            Self::Caller => None,
        }
    }
}

/// What nothing shows again.
fn secret() -> impl clap::builder::TypedValueParser<Value = Secret> {
    StringValueParser::new().map(Secret::new)
}

/// Takes the words of a table.
fn one_of<T: Copy + Send + Sync + 'static>(
    words: &'static [(&'static str, T)],
) -> impl clap::builder::TypedValueParser<Value = T> {
    PossibleValuesParser::new(words.iter().map(|(word, _)| *word)).try_map(move |given| {
        let found = words.iter().find(|(word, _)| *word == given).map(|(_, value)| *value);
        found.ok_or("not among the words")
    })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
