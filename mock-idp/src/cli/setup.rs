//! From arguments, environment and file to what an issuer is set up with.

use mock_idp::Listen;
use mock_idp::config::{Config, Secret};
use mock_idp::random::Random;
use mock_idp::state_dir::StateDir;

use super::args::{IssuerArgs, SchemeArg};
use super::error::CliError;

const PORT: u16 = 9000;
const HTTPS_PORT: u16 = 9443;

/// Everything that the arguments say, with keys in place.
#[derive(Debug)]
pub(super) struct Setup {
    pub(super) config: Config,
    pub(super) listen: Listen,
    pub(super) state: StateDir,
}

impl Setup {
    pub(super) fn new(args: &IssuerArgs) -> Result<Self, CliError> {
        let mut config = match &args.config {
            Some(path) => Config::from_file(path)?,
            None => Config::default(),
        };
        apply(args, &mut config);
        config.check()?;
        let root = match config.state_dir.clone() {
            Some(root) => root,
            None => StateDir::default_path(|name| std::env::var(name).ok())?,
        };
        let state = StateDir::open(root)?;
        add_keys(&mut config, &state)?;
        Ok(Self { listen: listen(&config), config, state })
    }

    /// What issuer identifiers begin with, for a program on this machine.
    pub(super) fn base(&self, scheme: SchemeArg) -> Result<String, CliError> {
        if let Some(url) = &self.config.issuer_url {
            return Ok(url.clone());
        }
        match (scheme, self.listen.port, self.listen.https_port) {
            (SchemeArg::Http, 0, _) | (SchemeArg::Https, _, 0) => Err(CliError::NoPort),
            (SchemeArg::Http, port, _) => Ok(format!("http://127.0.0.1:{port}")),
            (SchemeArg::Https, _, port) => Ok(format!("https://127.0.0.1:{port}")),
        }
    }
}

/// A flag or its variable wins over the file.
fn apply(args: &IssuerArgs, config: &mut Config) {
    config.port = args.port.or(config.port);
    config.https_port = args.https_port.or(config.https_port);
    config.bind = args.bind.or(config.bind);
    config.seed = args.seed.or(config.seed);
    config.issuer_url = args.issuer_url.clone().or(config.issuer_url.take());
    config.state_dir = args.state_dir.clone().or(config.state_dir.take());
    config.control_token = args.control_token.clone().map(Secret::new).or(config.control_token.take());
    config.api_token = args.api_token.clone().map(Secret::new).or(config.api_token.take());
    config.touch |= args.touch;
    if let Some(server) = config.servers.first_mut() {
        server.algorithm = args.alg.or(server.algorithm);
    }
    if !args.alias.is_empty() {
        config.aliases.clone_from(&args.alias);
    }
}

fn listen(config: &Config) -> Listen {
    let mut listen = Listen::default();
    listen.bind = config.bind.unwrap_or(listen.bind);
    listen.port = config.port.unwrap_or(PORT);
    listen.https_port = config.https_port.unwrap_or(HTTPS_PORT);
    listen
}

/// A server without a key in the file has one in the state directory. Its
/// `kid` never follows from the seed: two machines don't share one.
fn add_keys(config: &mut Config, state: &StateDir) -> Result<(), CliError> {
    let random = Random::from_system();
    for server in &mut config.servers {
        if server.key.is_none() {
            server.key = Some(state.signing_key(&server.id, server.algorithm(), &random)?);
        }
    }
    Ok(())
}
