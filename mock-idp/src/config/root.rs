use std::net::IpAddr;
use std::path::{Path, PathBuf};

use super::{AuthorizationServer, ConfigFileError, DEFAULT_SERVER, Secret, check, read};
use crate::Scheme;
use crate::input::InputError;

/// Everything that an issuer is set up with.
///
/// The fields about listening and state are `None` where the file doesn't say:
/// the binary's flags and defaults, or the builder's, fill them.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Config {
    /// The authorization servers; `default` is always the first.
    pub servers: Vec<AuthorizationServer>,
    /// What every issuer identifier begins with, such as `https://idp.test`;
    /// `None`, the default: the address that was called.
    pub issuer_url: Option<String>,
    /// The origins whose pages may read the answers, such as `http://localhost:3000`,
    /// besides those of the clients' redirect URIs; `None`, the default: every one.
    pub trusted_origins: Option<Vec<String>>,
    /// The scheme of every issuer identifier and of the endpoints in discovery, whichever
    /// door was called: they begin with the address that listens for it, which needs no
    /// port that is known beforehand. `None`, the default: the address that was called.
    /// Not beside [`Config::issuer_url`].
    pub issuer_scheme: Option<Scheme>,
    /// Host names and addresses that the certificate shall name besides
    /// `127.0.0.1`, `::1` and `localhost`.
    pub aliases: Vec<String>,
    /// What `/_mock/` asks for as a bearer token; `None`, the default: nothing.
    pub control_token: Option<Secret>,
    /// What Okta's management API asks for as `Authorization: SSWS`; `None`, the default:
    /// the control token, and nothing where there is none either.
    pub api_token: Option<Secret>,
    /// Whether an authorization server that nobody has made is made when it is first
    /// asked for, like `default`. Defaults to false.
    pub touch: bool,
    /// The address to listen on.
    pub bind: Option<IpAddr>,
    /// The port for http; 0 picks a free one.
    pub port: Option<u16>,
    /// The port for https; 0 picks a free one.
    pub https_port: Option<u16>,
    /// What makes identifiers repeatable.
    pub seed: Option<u64>,
    /// Where the binary keeps its keys.
    pub state_dir: Option<PathBuf>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            servers: vec![AuthorizationServer::new(DEFAULT_SERVER)],
            issuer_url: None,
            trusted_origins: None,
            issuer_scheme: None,
            aliases: Vec::new(),
            control_token: None,
            api_token: None,
            touch: false,
            bind: None,
            port: None,
            https_port: None,
            seed: None,
            state_dir: None,
        }
    }
}

impl Config {
    /// Reads a TOML file; paths in it are relative to its folder.
    ///
    /// # Errors
    ///
    /// [`ConfigFileError`] when it can't be read, or a field is unknown or wrong.
    pub fn from_file(path: &Path) -> Result<Self, ConfigFileError> {
        let bytes =
            std::fs::read(path).map_err(|source| ConfigFileError::Unreadable { path: path.to_owned(), source })?;
        let folder = path.parent().unwrap_or_else(|| Path::new(""));
        let text = String::from_utf8_lossy(&bytes);
        let read = match std::str::from_utf8(&bytes) {
            Ok(text) => Self::parse(text, folder),
            Err(error) => Err(not_utf8(error.valid_up_to())),
        };
        read.map_err(|source| {
            let (line, column) = source.line_and_column(&text).unwrap_or((1, 1));
            ConfigFileError::Wrong { path: path.to_owned(), line, column, source: Box::new(source) }
        })
    }

    /// Reads TOML text; paths in it are relative to `folder`.
    ///
    /// # Errors
    ///
    /// When a field is unknown or wrong; the error names it.
    pub fn parse(text: &str, folder: &Path) -> Result<Self, InputError> {
        read::config(text, folder)
    }

    /// Adds an authorization server; one of the same id is replaced.
    #[must_use]
    pub fn with_server(mut self, server: AuthorizationServer) -> Self {
        match self.servers.iter_mut().find(|known| known.id == server.id) {
            Some(known) => *known = server,
            None => self.servers.push(server),
        }
        self
    }

    /// What the certificate shall name besides this machine: the aliases, and
    /// the address to listen on where it is one of its own.
    #[must_use]
    pub fn certificate_names(&self) -> Vec<String> {
        let bind = self.bind.filter(|address| !address.is_unspecified()).map(|address| address.to_string());
        self.aliases.iter().cloned().chain(bind).collect()
    }

    /// The authorization server of that id.
    #[must_use]
    pub fn server(&self, id: &str) -> Option<&AuthorizationServer> {
        self.servers.iter().find(|server| server.id == id)
    }

    /// Checks what no type can: ids, scope names, URLs, doubles.
    ///
    /// # Errors
    ///
    /// When something is wrong; the error names the field.
    pub fn check(&self) -> Result<(), InputError> {
        check::config(self)
    }
}

fn not_utf8(at: usize) -> InputError {
    let message = "this is not UTF-8, which TOML is written in".to_owned();
    InputError { path: String::new(), span: Some(at..at), message, help: None }
}
