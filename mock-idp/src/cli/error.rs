use std::process::ExitCode;

use mock_idp::config::ConfigFileError;
use mock_idp::dialect::DialectError;
use mock_idp::input::InputError;
use mock_idp::state_dir::StateError;
use mock_idp::{IssuerError, MintError, StartError};

/// Wrong arguments or configuration.
const USAGE: u8 = 2;
/// The issuer could not be started.
const NOT_STARTED: u8 = 3;

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
    #[error(transparent)]
    State(#[from] StateError),
    #[error(transparent)]
    Start(#[from] StartError),
    #[error("{0}")]
    Io(#[from] std::io::Error),
}

impl CliError {
    pub(crate) fn exit_code(&self) -> ExitCode {
        match self {
            Self::State(_) | Self::Start(_) | Self::Io(_) => ExitCode::from(NOT_STARTED),
            _ => ExitCode::from(USAGE),
        }
    }
}
