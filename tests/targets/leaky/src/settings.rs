//! What the server is told.

use std::env;
use std::num::ParseIntError;

use reqwest::redirect::Policy;

use crate::defect::{Defect, UnknownDefect};

/// Whose tokens the server takes.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The one issuer. Its keys are at `{issuer}/v1/keys`.
    pub issuer: String,
    /// The name of this API. Defaults to `api://default`.
    pub audience: String,
    /// The scope that the route needs. Defaults to `test_scope`.
    pub scope: String,
    /// The client that fetches the keys; [`http_client`] makes a suitable one.
    pub client: reqwest::Client,
}

impl Settings {
    /// Okta's defaults for `issuer`, whose keys `client` fetches.
    pub fn new(issuer: impl Into<String>, client: reqwest::Client) -> Self {
        Self { issuer: issuer.into(), audience: "api://default".to_owned(), scope: "test_scope".to_owned(), client }
    }

    /// Reads `ISSUER`, `AUDIENCE`, `SCOPE`, and the defect from `LEAKY_DEFECT`.
    ///
    /// # Errors
    /// [`SettingsError`] without `ISSUER`, with an unknown defect, or without TLS roots.
    pub fn from_env() -> Result<(Self, Option<Defect>), SettingsError> {
        let issuer = env::var("ISSUER").map_err(|_| SettingsError::NoIssuer)?;
        let mut settings = Self::new(issuer, http_client()?);
        if let Ok(audience) = env::var("AUDIENCE") {
            settings.audience = audience;
        }
        if let Ok(scope) = env::var("SCOPE") {
            settings.scope = scope;
        }
        let defect = env::var("LEAKY_DEFECT").ok().filter(|name| !name.is_empty());
        Ok((settings, defect.map(|name| name.parse()).transpose()?))
    }
}

/// Why the server can't be set up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// When `ISSUER` is absent or isn't UTF-8.
    #[error("set ISSUER to the issuer whose tokens are accepted")]
    NoIssuer,
    /// When the port isn't one.
    #[error("set SERVER_PORT to a port between 0 and 65535")]
    Port(#[from] ParseIntError),
    /// When `LEAKY_DEFECT` names none.
    #[error("set LEAKY_DEFECT to the name of a defect, or leave it out")]
    Defect(#[from] UnknownDefect),
    /// When the TLS roots can't be loaded.
    #[error("make SSL_CERT_FILE or the system's certificates readable")]
    Client(#[from] reqwest::Error),
}

/// A client for the issuer. It follows no redirect and keeps no idle connection, so that many
/// servers, each with a runtime of its own, may share it. On Linux its roots are those of
/// `SSL_CERT_FILE`, else the system's.
///
/// # Errors
/// When no TLS root can be loaded.
pub fn http_client() -> Result<reqwest::Client, reqwest::Error> {
    reqwest::Client::builder().redirect(Policy::none()).pool_max_idle_per_host(0).build()
}

/// The port to listen on: `SERVER_PORT`, else `PORT`, else 8080. 0 takes a free one.
///
/// # Errors
/// [`SettingsError::Port`] when the variable isn't a port.
pub fn port_from_env() -> Result<u16, SettingsError> {
    let port = env::var("SERVER_PORT").or_else(|_| env::var("PORT"));
    Ok(port.as_deref().unwrap_or("8080").parse()?)
}
