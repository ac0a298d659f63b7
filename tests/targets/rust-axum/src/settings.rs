//! What the server is told: whose tokens it takes, and where that issuer's keys are.

use std::env;
use std::num::ParseIntError;
use std::str::FromStr;
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
    /// The scope that reading needs. Defaults to `test_scope`.
    pub scope: String,
    /// The scope that writing needs. Defaults to `other_scope`.
    pub other_scope: String,
    /// The clients that may call, by `cid`. Defaults to none: all of the issuer's may.
    pub clients: Vec<String>,
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
    /// A fetch that takes longer has failed. Defaults to 1.5 s: a caller may wait for it, and is to
    /// have the answer within 2 s (response/latency-bound).
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
            // interop/issuer: one that ends in a slash has no second slash in its addresses.
            jwks: JwksSource::new(format!("{}/v1/keys", issuer.trim_end_matches('/')), client),
            issuer,
            audience: "api://default".to_owned(),
            scope: "test_scope".to_owned(),
            other_scope: "other_scope".to_owned(),
            clients: Vec::new(),
            leeway: Duration::from_secs(5),
        }
    }

    /// Reads `ISSUER`, and where they are set `AUDIENCE`, `SCOPE`, `OTHER_SCOPE`, `CLIENTS` (with
    /// spaces between them), `COOLDOWN_MS` and `MAX_AGE_MS`.
    ///
    /// # Errors
    /// [`SettingsError`] without `ISSUER`, when a number is none, or when no HTTP client can be made.
    pub fn from_env() -> Result<Self, SettingsError> {
        let issuer = env::var("ISSUER").map_err(|_| SettingsError::NoIssuer)?;
        let mut settings = Self::new(issuer, http_client()?);
        let texts = [
            ("AUDIENCE", &mut settings.audience),
            ("SCOPE", &mut settings.scope),
            ("OTHER_SCOPE", &mut settings.other_scope),
        ];
        for (name, setting) in texts {
            if let Ok(value) = env::var(name) {
                *setting = value;
            }
        }
        let times = [("COOLDOWN_MS", &mut settings.jwks.cooldown), ("MAX_AGE_MS", &mut settings.jwks.max_age)];
        for (name, setting) in times {
            if let Some(milliseconds) = number_from_env(name)? {
                *setting = Duration::from_millis(milliseconds);
            }
        }
        settings.clients = env::var("CLIENTS").map_or_else(|_| Vec::new(), |text| words(&text));
        Ok(settings)
    }
}

impl JwksSource {
    /// The key set at `url`, with every limit at its default.
    pub fn new(url: impl Into<String>, client: reqwest::Client) -> Self {
        Self {
            url: url.into(),
            client,
            timeout: Duration::from_millis(1500),
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
    /// When a port or a time isn't a whole number, or is too large.
    #[error("set {name} to a whole number, not {value:?}")]
    Number {
        /// The variable.
        name: &'static str,
        /// What it holds.
        value: String,
        /// Why that isn't one.
        source: ParseIntError,
    },
    /// When the TLS roots can't be loaded.
    #[error("make SSL_CERT_FILE or the system's certificates readable")]
    Client(#[from] reqwest::Error),
}

/// A client for the issuer, which follows no redirect to another host's keys and says who asks.
///
/// On Linux the roots are those of `SSL_CERT_FILE` where it is set, else the system's:
/// reqwest's platform verifier reads the variable itself.
///
/// # Errors
/// When no TLS root can be loaded.
pub fn http_client() -> Result<reqwest::Client, reqwest::Error> {
    // keys/fetch-hygiene: reqwest has no User-Agent by itself.
    let name = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));
    reqwest::Client::builder().redirect(Policy::none()).user_agent(name).build()
}

/// The port to listen on: `SERVER_PORT`, else `PORT`, else 8080. 0 takes a free one.
///
/// # Errors
/// [`SettingsError::Number`] when the variable isn't a port.
pub fn port_from_env() -> Result<u16, SettingsError> {
    Ok(number_from_env("SERVER_PORT")?.or(number_from_env("PORT")?).unwrap_or(8080))
}

fn number_from_env<T: FromStr<Err = ParseIntError>>(name: &'static str) -> Result<Option<T>, SettingsError> {
    let Ok(value) = env::var(name) else {
        return Ok(None);
    };
    value.parse().map(Some).map_err(|source| SettingsError::Number { name, value, source })
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}
