//! From arguments, environment and file to what an issuer is set up with.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use mock_idp::config::{AuthorizationServer, Config};
use mock_idp::random::Random;
use mock_idp::state_dir::StateDir;
use mock_idp::{Addresses, Listen, Scheme};

use super::args::{IssuerArgs, SchemeArg};
use super::error::CliError;

/// The ports where nobody says others: for http, and for https.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ports(u16, u16);

impl Ports {
    /// Those that every verb knows.
    pub(super) const USUAL: Self = Self(9000, 9443);
    /// Any that are free.
    pub(super) const FREE: Self = Self(0, 0);
}

/// Everything that the arguments say, with keys in place.
#[derive(Debug)]
pub(super) struct Setup {
    pub(super) config: Config,
    pub(super) listen: Listen,
    pub(super) state: StateDir,
}

impl Setup {
    pub(super) fn new(args: &IssuerArgs, ports: Ports) -> Result<Self, CliError> {
        let mut config = config(args)?;
        let state = state(&config)?;
        add_keys(&mut config, &state)?;
        Ok(Self { listen: listen(&config, ports), config, state })
    }

    /// The authorization server of that id.
    pub(super) fn server(&self, id: &str) -> Result<&AuthorizationServer, CliError> {
        self.config.server(id).ok_or_else(|| CliError::UnknownServer(id.to_owned()))
    }

    /// What issuer identifiers begin with, for a program on this machine that is given one.
    pub(super) fn base(&self) -> Result<String, CliError> {
        match &self.config.issuer_url {
            Some(url) => Ok(url.clone()),
            None => door(&self.listen, self.config.issuer_scheme.unwrap_or(Scheme::Https)),
        }
    }

    /// What they begin with at the door of that scheme, once the ports are taken.
    pub(super) fn base_at<'a>(&'a self, addresses: &'a Addresses, scheme: Scheme) -> &'a str {
        let stated = self.config.issuer_scheme.unwrap_or(scheme);
        self.config.issuer_url.as_deref().unwrap_or_else(|| addresses.at(stated))
    }
}

/// What the arguments say, checked; no key is made for it.
pub(super) fn config(args: &IssuerArgs) -> Result<Config, CliError> {
    let mut config = match &args.config {
        Some(path) => Config::from_file(path)?,
        None => Config::default(),
    };
    apply(args, &mut config);
    config.check()?;
    Ok(config)
}

/// The folder of the keys.
pub(super) fn state(config: &Config) -> Result<StateDir, CliError> {
    let root = match config.state_dir.clone() {
        Some(root) => root,
        None => StateDir::default_path(|name| std::env::var(name).ok())?,
    };
    Ok(StateDir::open(root)?)
}

/// Where to listen.
pub(super) fn listen(config: &Config, ports: Ports) -> Listen {
    let mut listen = Listen::default();
    listen.bind = config.bind.unwrap_or(listen.bind);
    listen.port = config.port.unwrap_or(ports.0);
    listen.https_port = config.https_port.unwrap_or(ports.1);
    listen
}

/// The address of a door, as a caller on this machine writes it.
pub(super) fn door(listen: &Listen, scheme: Scheme) -> Result<String, CliError> {
    let host = match listen.bind {
        IpAddr::V4(all) if all.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(all) if all.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        own => own,
    };
    let port = match scheme {
        Scheme::Http => listen.port,
        Scheme::Https => listen.https_port,
    };
    if port == 0 { Err(CliError::NoPort) } else { Ok(format!("{}://{}", scheme.name(), SocketAddr::new(host, port))) }
}

/// A flag or its variable wins over the file.
fn apply(args: &IssuerArgs, config: &mut Config) {
    config.port = args.port.or(config.port);
    config.https_port = args.https_port.or(config.https_port);
    config.bind = args.bind.or(config.bind);
    config.seed = args.seed.or(config.seed);
    config.issuer_url = args.issuer_url.clone().or(config.issuer_url.take());
    config.issuer_scheme = args.issuer_scheme.map_or(config.issuer_scheme, SchemeArg::pinned);
    config.state_dir = args.state_dir.clone().or(config.state_dir.take());
    config.control_token = args.control_token.clone().or(config.control_token.take());
    config.api_token = args.api_token.clone().or(config.api_token.take());
    config.touch |= args.touch;
    if let Some(server) = config.servers.first_mut() {
        server.algorithm = args.alg.or(server.algorithm);
    }
    if !args.alias.is_empty() {
        config.aliases.clone_from(&args.alias);
    }
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
