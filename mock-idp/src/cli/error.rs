use std::path::PathBuf;
use std::process::ExitCode;

use mock_idp::config::ConfigFileError;
use mock_idp::dialect::DialectError;
use mock_idp::http::HttpError;
use mock_idp::input::InputError;
use mock_idp::state_dir::StateError;
use mock_idp::{IssuerError, MintError, StartError};

/// The issuer that runs is not well, or refuses.
const UNWELL: u8 = 1;
/// Wrong arguments or configuration.
const USAGE: u8 = 2;
/// The issuer could not be started.
const NOT_STARTED: u8 = 3;
/// As a shell tells that a command may not be run, or is not there.
const NOT_EXECUTABLE: u8 = 126;
const NOT_FOUND: u8 = 127;

/// Why a command ends without success.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CliError {
    #[error(transparent)]
    ConfigFile(#[from] ConfigFileError),
    #[error(transparent)]
    Input(#[from] InputError),
    #[error(transparent)]
    Dialect(#[from] DialectError),
    #[error(transparent)]
    Issuer(#[from] IssuerError),
    #[error(transparent)]
    Mint(#[from] MintError),
    #[error("--mutation is not JSON: {0}")]
    MutationJson(serde_json::Error),
    #[error("no port is known that an issuer identifier could name: give --https-port, or pin --issuer-url")]
    NoPort,
    #[error("there is no authorization server \"{0}\": add it to the configuration file")]
    UnknownServer(String),
    #[error(
        "{name} can't stand in a .env file, whose readers don't agree on quotes, backslashes and line breaks: use --format shell"
    )]
    NoDotenvWord { name: &'static str },
    #[error("{} is there already: replace it with --force, or name another file", path.display())]
    FileIsThere { path: PathBuf },
    #[error("{} cannot be written: {source}", path.display())]
    Unwritable { path: PathBuf, source: std::io::Error },
    #[error("{what} cannot be read: {source}")]
    Unreadable { what: String, source: std::io::Error },
    #[error("{what} is no JWK Set: {problem}")]
    NoKeySet { what: String, problem: String },
    #[error("there is no token to explain: give it as the argument, or `-` and write it to standard input")]
    NoToken,
    #[error("the command \"{program}\" cannot be started: {source}")]
    Command { program: String, source: std::io::Error },
    #[error("the issuer stopped before the command did")]
    Stopped,
    #[error(transparent)]
    Http(HttpError),
    #[error("{0}; is `mock-idp` running there? --idp names another address")]
    NotRunning(HttpError),
    #[error("{url} answers, but not as a mock-idp: {problem}")]
    Unwell { url: String, problem: String },
    #[error("{url} refuses with {status}: {problem}")]
    Refused { url: String, status: u16, problem: String },
    #[error(transparent)]
    State(#[from] StateError),
    #[error(transparent)]
    Start(#[from] StartError),
    #[error("{0}")]
    Io(#[from] std::io::Error),
}

impl From<HttpError> for CliError {
    fn from(error: HttpError) -> Self {
        match error {
            HttpError::Unreachable { .. } => Self::NotRunning(error),
            other => Self::Http(other),
        }
    }
}

impl CliError {
    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::Http(_) | Self::NotRunning(_) | Self::Unwell { .. } | Self::Refused { .. } => UNWELL,
            Self::State(_) | Self::Start(_) | Self::Io(_) | Self::Stopped => NOT_STARTED,
            Self::Command { source, .. } if source.kind() == std::io::ErrorKind::NotFound => NOT_FOUND,
            Self::Command { .. } => NOT_EXECUTABLE,
            _ => USAGE,
        })
    }
}
