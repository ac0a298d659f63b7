//! What the environment tells the server.

use std::env::{self, VarError};

use reqwest::redirect::Policy;

/// Whose tokens the server takes, and where it listens.
pub(crate) struct Settings {
    /// `ISSUER`, compared byte by byte with `iss`.
    pub(crate) issuer: String,
    /// `AUDIENCE`, or `api://default`.
    pub(crate) audience: String,
    /// `SCOPE`, or `test_scope`.
    pub(crate) scope: String,
    /// `SERVER_PORT`, else `PORT`, else 8080. 0 takes a free one.
    pub(crate) port: u16,
    /// Fetches the keys. On Linux it reads its roots from `SSL_CERT_FILE` by itself.
    pub(crate) client: reqwest::Client,
}

/// Why the server can't be set up.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SettingsError {
    /// When `ISSUER` is absent or isn't UTF-8.
    #[error("set ISSUER to the issuer whose tokens are accepted")]
    Issuer(#[from] VarError),
    /// When the port isn't one.
    #[error("set SERVER_PORT to a port between 0 and 65535")]
    Port(#[from] std::num::ParseIntError),
    /// When the TLS roots can't be loaded.
    #[error("make SSL_CERT_FILE or the system's certificates readable")]
    Client(#[from] reqwest::Error),
}

impl Settings {
    pub(crate) fn from_env() -> Result<Self, SettingsError> {
        let port = env::var("SERVER_PORT").or_else(|_| env::var("PORT"));
        Ok(Self {
            issuer: env::var("ISSUER")?,
            audience: env::var("AUDIENCE").unwrap_or_else(|_| "api://default".to_owned()),
            scope: env::var("SCOPE").unwrap_or_else(|_| "test_scope".to_owned()),
            port: port.as_deref().unwrap_or("8080").parse()?,
            client: reqwest::Client::builder().redirect(Policy::none()).build()?,
        })
    }
}
