//! What the server is told: whose tokens it takes, and where that issuer's keys are.

use std::env;
use std::num::ParseIntError;
use std::time::Duration;

use reqwest::redirect::Policy;

use crate::jwks::JwksError;

/// Whose tokens the server takes.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The one issuer, compared byte by byte with `iss`.
    pub issuer: String,
    /// The name of this API, which `aud` must hold. Defaults to `api://default`.
    pub audience: String,
    /// The scope that the protected route needs. Defaults to `test_scope`.
    pub scope: String,
    /// How far the clocks may be apart, for `exp` and `nbf`. Defaults to 5 s.
    pub leeway: Duration,
    /// Where the issuer's keys come from.
    pub jwks: JwksSource,
}

/// Where the issuer's keys come from, and how often they may be asked for.
#[derive(Clone, Debug)]
pub struct JwksSource {
    /// Address of the key set. Defaults to `{issuer}/v1/keys`, Okta's.
    pub url: String,
    /// The client that fetches it; [`http_client`] makes a suitable one.
    pub client: reqwest::Client,
    /// A fetch that takes longer has failed. Defaults to 2 s.
    pub timeout: Duration,
    /// At most one fetch in this time, however many unknown `kid`s arrive. Defaults to 5 s.
    pub cooldown: Duration,
    /// A key set older than this is fetched again. Defaults to ten minutes.
    pub max_age: Duration,
    /// Told about each fetch that failed. Defaults to silence.
    pub on_error: fn(&JwksError),
}

impl Settings {
    /// Okta's defaults for `issuer`, whose keys `client` fetches.
    pub fn new(issuer: impl Into<String>, client: reqwest::Client) -> Self {
        let issuer = issuer.into();
        Self {
            jwks: JwksSource::new(format!("{issuer}/v1/keys"), client),
            issuer,
            audience: "api://default".to_owned(),
            scope: "test_scope".to_owned(),
            leeway: Duration::from_secs(5),
        }
    }

    /// Reads `ISSUER`, and `AUDIENCE` and `SCOPE` where they are set.
    ///
    /// # Errors
    /// [`SettingsError`] without `ISSUER`, or when no HTTP client can be made.
    pub fn from_env() -> Result<Self, SettingsError> {
        let issuer = env::var("ISSUER").map_err(|_| SettingsError::NoIssuer)?;
        let mut settings = Self::new(issuer, http_client()?);
        if let Ok(audience) = env::var("AUDIENCE") {
            settings.audience = audience;
        }
        if let Ok(scope) = env::var("SCOPE") {
            settings.scope = scope;
        }
        Ok(settings)
    }
}

impl JwksSource {
    /// The key set at `url`, with every limit at its default.
    pub fn new(url: impl Into<String>, client: reqwest::Client) -> Self {
        Self {
            url: url.into(),
            client,
            timeout: Duration::from_secs(2),
            cooldown: Duration::from_secs(5),
            max_age: Duration::from_secs(600),
            on_error: |_| {},
        }
    }
}

/// Why the server can't be set up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// When `ISSUER` is absent or isn't UTF-8.
    #[error("set ISSUER to the issuer whose tokens are accepted")]
    NoIssuer,
    /// When `SERVER_PORT` or `PORT` isn't a port.
    #[error("set {name} to a port between 0 and 65535, not {value:?}")]
    Port {
        /// The variable.
        name: &'static str,
        /// What it holds.
        value: String,
        /// Why that isn't a port.
        source: ParseIntError,
    },
    /// When the TLS roots can't be loaded.
    #[error("make SSL_CERT_FILE or the system's certificates readable")]
    Client(#[from] reqwest::Error),
}

/// A client for the issuer, which follows no redirect to another host's keys.
///
/// On Linux the roots are those of `SSL_CERT_FILE` where it is set, else the system's:
/// reqwest's platform verifier reads the variable itself.
///
/// # Errors
/// When no TLS root can be loaded.
pub fn http_client() -> Result<reqwest::Client, reqwest::Error> {
    reqwest::Client::builder().redirect(Policy::none()).build()
}

/// The port to listen on: `SERVER_PORT`, else `PORT`, else 8080. 0 takes a free one.
///
/// # Errors
/// [`SettingsError::Port`] when the variable isn't a port.
pub fn port_from_env() -> Result<u16, SettingsError> {
    let set = ["SERVER_PORT", "PORT"].into_iter().find_map(|name| Some((name, env::var(name).ok()?)));
    let Some((name, value)) = set else {
        return Ok(8080);
    };
    value.parse().map_err(|source| SettingsError::Port { name, value, source })
}
