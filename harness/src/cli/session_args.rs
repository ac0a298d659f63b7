use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use clap::builder::FalseyValueParser;

use super::api_args::ApiArgs;
use super::dialect_args::DialectArgs;
use super::header_arg::HeaderArg;
use super::keys_args::KeysArgs;
use super::real::{PlaceArg, TokenParam};
use crate::scenario::{Allowance, Declaration};
use crate::target::VariableTemplate;

/// What reaches a target and an issuer: shared by `run` and `replay`.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct SessionArgs {
    /// The protected route of a server that runs already
    #[arg(long, value_name = "URL", env = "BADPENNY_URL", help_heading = "Target")]
    pub(super) url: Option<String>,
    /// Start the server with this command line; it must listen on the port in SERVER_PORT or PORT
    #[arg(long, value_name = "CMD", env = "BADPENNY_COMMAND", help_heading = "Target")]
    pub(super) command: Option<String>,
    /// Working directory of the command
    #[arg(long, value_name = "DIR", env = "BADPENNY_CWD", help_heading = "Target")]
    pub(super) cwd: Option<PathBuf>,
    /// The port that the command listens on, where it reads neither SERVER_PORT nor PORT
    #[arg(long, value_name = "PORT", env = "BADPENNY_PORT", value_parser = port, help_heading = "Target")]
    pub(super) port: Option<u16>,
    /// Scheme that the command's server speaks: https or http [default: http]
    #[arg(long, value_name = "SCHEME", env = "BADPENNY_SCHEME", help_heading = "Target")]
    pub(super) scheme: Option<Scheme>,
    /// Only one process of the command can be there at a time, as where all share a database
    #[arg(long, env = "BADPENNY_ONE_BENCH", value_parser = FalseyValueParser::new(), help_heading = "Target")]
    pub(super) one_bench: bool,
    /// Run this command line between cases, to bring a target that keeps state back to where it was; there is one bench then
    #[arg(long, value_name = "CMD", env = "BADPENNY_RESET", help_heading = "Target")]
    pub(super) reset: Option<String>,
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
    #[command(flatten)]
    pub(super) api: ApiArgs,
    /// Say what the target can do, such as identity=/sub where it echoes the caller; repeatable
    #[arg(long = "declare", value_name = "NAME[=VALUE]", help_heading = "Target")]
    pub(super) declare: Vec<Declaration>,
    /// Send to a server that is not on this machine what is left out there: writes, heavy, floods, listener; repeatable
    #[arg(long = "allow", value_name = "WHAT", env = "BADPENNY_ALLOW", value_delimiter = ',', help_heading = "Target")]
    pub(super) allow: Vec<Allowance>,
    /// An address of this machine under which the target can call back, such as 192.0.2.7:8000 [default: 127.0.0.1, any port]
    #[arg(long, value_name = "ADDR:PORT", env = "BADPENNY_LISTENER", help_heading = "Target")]
    pub(super) listener: Option<SocketAddr>,
    /// Trust this CA towards the target, or this certificate of the target itself (PEM)
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
    /// How many requests may be sent to the target in a second, all of the run together [default: any number; 5 where it is not on this machine]
    #[arg(long, value_name = "N", env = "BADPENNY_RATE", value_parser = rate, help_heading = "Target")]
    pub(super) rate: Option<f64>,
    /// The profile, or a file of your own that ends in .toml [default: okta]
    #[arg(long, value_name = "NAME", env = "BADPENNY_PROFILE", help_heading = "Tokens")]
    pub(super) profile: Option<String>,
    /// Add the scenarios of this file; repeatable
    #[arg(long = "scenarios", value_name = "FILE", help_heading = "Tokens")]
    pub(super) scenarios: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) dialect: DialectArgs,
    /// The scope that the route needs [default: test_scope]
    #[arg(long, value_name = "SCOPE", env = "BADPENNY_SCOPE", help_heading = "Tokens")]
    pub(super) scope: Option<String>,
    /// The scope that declared routes need (both-path, write-method) [default: other_scope]
    #[arg(long, value_name = "SCOPE", env = "BADPENNY_OTHER_SCOPE", help_heading = "Tokens")]
    pub(super) other_scope: Option<String>,
    /// The clock difference in seconds that the target may tolerate [default: the profile's]
    #[arg(long, value_name = "SECONDS", env = "BADPENNY_LEEWAY", value_parser = seconds, help_heading = "Tokens")]
    pub(super) leeway: Option<Duration>,
    /// Within which time the target must see new keys, in seconds [default: the profile's]
    #[arg(long, value_name = "SECONDS", env = "BADPENNY_REFRESH", value_parser = seconds, help_heading = "Tokens")]
    pub(super) refresh: Option<Duration>,
    /// The audience of the API [default: api://default]
    #[arg(long, value_name = "AUDIENCE", env = "BADPENNY_AUDIENCE", help_heading = "Tokens")]
    pub(super) audience: Option<String>,
    /// Repeat identifiers and random texts of an earlier run
    #[arg(long, value_name = "N", env = "BADPENNY_SEED", value_parser = seed, help_heading = "Tokens")]
    pub(super) seed: Option<u64>,
    /// Drive this running mock-idp in place of an own one
    #[arg(long, value_name = "URL", env = "BADPENNY_IDP", help_heading = "Issuer")]
    pub(super) idp: Option<String>,
    /// The control token of that mock-idp
    #[arg(long, value_name = "TOKEN", env = "BADPENNY_CONTROL_TOKEN", hide_env_values = true, help_heading = "Issuer")]
    pub(super) control_token: Option<String>,
    /// The whole issuer identifier in the tokens, where the target knows it by another address than it listens at
    #[arg(long, value_name = "URL", env = "BADPENNY_ISSUER_URL", help_heading = "Issuer")]
    pub(super) issuer_url: Option<String>,
    /// Loopback address of the own issuer, such as 127.0.0.1:9443
    #[arg(long, value_name = "ADDR:PORT", env = "BADPENNY_ISSUER_ADDR", help_heading = "Issuer")]
    pub(super) issuer_addr: Option<SocketAddr>,
    /// Scheme of the issuer that the target is given: https or http [default: https]
    #[arg(long, value_name = "SCHEME", env = "BADPENNY_ISSUER_SCHEME", help_heading = "Issuer")]
    pub(super) issuer_scheme: Option<Scheme>,
    /// Call the own issuer localhost in place of 127.0.0.1, for targets that take no address for a name
    #[arg(long, help_heading = "Issuer")]
    pub(super) issuer_localhost: bool,
    /// The issuer's signing key (PKCS#8 PEM), where the target has its public half; with HS256 to HS512 the secret that they share
    #[arg(long, value_name = "FILE", env = "BADPENNY_KEY_FILE", help_heading = "Issuer")]
    pub(super) key_file: Option<PathBuf>,
    #[command(flatten)]
    pub(super) keys: KeysArgs,
    /// The control is a real token, for an API whose issuer's keys you don't have: env:NAME, file:PATH or cmd:COMMAND
    #[arg(long, value_name = "PLACE", env = "BADPENNY_TOKEN", hide_env_values = true, help_heading = "Real token")]
    pub(super) token: Option<PlaceArg>,
    /// A second real token, such as one with a lesser scope: env:NAME, file:PATH or cmd:COMMAND
    #[arg(
        long,
        value_name = "PLACE",
        env = "BADPENNY_OTHER_TOKEN",
        hide_env_values = true,
        help_heading = "Real token"
    )]
    pub(super) other_token: Option<PlaceArg>,
    /// Get the real token by the client credentials grant, as this client
    #[arg(long, value_name = "ID", env = "BADPENNY_CLIENT_ID", help_heading = "Real token")]
    pub(super) client_id: Option<String>,
    /// Where the client's secret stands: env:NAME, file:PATH or cmd:COMMAND
    #[arg(
        long,
        value_name = "PLACE",
        env = "BADPENNY_CLIENT_SECRET",
        hide_env_values = true,
        help_heading = "Real token"
    )]
    pub(super) client_secret: Option<PlaceArg>,
    /// The token endpoint [default: the one in the metadata of --issuer-url]
    #[arg(long, value_name = "URL", env = "BADPENNY_TOKEN_URL", help_heading = "Real token")]
    pub(super) token_url: Option<String>,
    /// What the token endpoint wants besides, such as audience=https://api.example; repeatable
    #[arg(long = "token-param", value_name = "NAME=VALUE", help_heading = "Real token")]
    pub(super) token_params: Vec<TokenParam>,
    /// Read settings from this file [default: badpenny.toml, where it is]
    #[arg(long, value_name = "FILE", env = "BADPENNY_CONFIG", help_heading = "Target")]
    pub(super) config: Option<PathBuf>,
    /// The target's name in reports [default: from the command or the URL]
    #[arg(long, value_name = "NAME", env = "BADPENNY_NAME", help_heading = "Output")]
    pub(super) name: Option<String>,
    /// What the command line and the environment say, before the settings file is read.
    #[arg(skip)]
    pub(super) given: Option<Box<SessionArgs>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Scheme {
    Https,
    Http,
}

impl Scheme {
    /// As it stands in a URL, and in an argument.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Https => "https",
            Self::Http => "http",
        }
    }
}

/// Seconds, or a number with `s`, `m` or `h` behind it.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let (number, factor) = match text.as_bytes().last() {
        Some(b's') => (&text[..text.len() - 1], 1.0),
        Some(b'm') => (&text[..text.len() - 1], 60.0),
        Some(b'h') => (&text[..text.len() - 1], 3600.0),
        _ => (text, 1.0),
    };
    let seconds = number.parse::<f64>().ok().map(|number| number * factor);
    let seconds = seconds.filter(|seconds| (0.01..=MOST_SECONDS).contains(seconds));
    seconds.map(Duration::from_secs_f64).ok_or_else(|| "expected a time such as 90, 90s, 5m or 1h".to_owned())
}

/// Requests a second.
pub(super) fn rate(text: &str) -> Result<f64, String> {
    let rate = text.parse().ok().filter(|rate| (0.01..=10_000.0).contains(rate));
    rate.ok_or_else(|| "expected requests per second, from 0.01 to 10000".to_owned())
}

fn port(text: &str) -> Result<u16, String> {
    text.parse().ok().filter(|port| *port > 0).ok_or_else(|| "expected a port from 1 to 65535".to_owned())
}

/// What a run's identifiers and random texts are drawn from.
pub(super) fn seed(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| format!("expected a whole number from 0 to {}", u64::MAX))
}

/// A day.
const MOST_SECONDS: f64 = 86_400.0;

fn seconds(text: &str) -> Result<Duration, String> {
    text.parse()
        .ok()
        .filter(|seconds| (0.01..=3600.0).contains(seconds))
        .map(Duration::from_secs_f64)
        .ok_or_else(|| "expected seconds from 0.01 to 3600".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_is_none_is_told_what_is_expected() {
        assert_eq!(port("8080"), Ok(8080));
        for wrong in ["http", "0", "65536", ""] {
            assert_eq!(port(wrong), Err("expected a port from 1 to 65535".to_owned()), "{wrong}");
        }
        assert_eq!(seed("0"), Ok(0));
        assert!(seed("-1").unwrap_err().starts_with("expected a whole number from 0"));
    }

    #[test]
    fn a_time_may_have_a_unit() {
        assert_eq!(duration("90"), Ok(Duration::from_secs(90)));
        assert_eq!(duration("1.5m"), Ok(Duration::from_secs(90)));
        assert_eq!(duration("1h"), Ok(Duration::from_secs(3600)));
        for wrong in ["", "s", "0", "-1", "5 minutes", "nan", "99h"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }
}
