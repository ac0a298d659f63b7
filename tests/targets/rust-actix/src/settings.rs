//! What the environment tells the server.

use std::env::{self, VarError};
use std::num::ParseIntError;
use std::str::FromStr;
use std::time::Duration;

use reqwest::redirect::Policy;

use crate::claims::Demands;
use crate::keys::Pace;
use crate::shape::Shape;

/// Whose tokens the server takes, and where it listens.
pub(crate) struct Settings {
    /// `ISSUER` and, where it is set, `SECOND_ISSUER`; compared byte by byte with `iss`.
    pub(crate) issuers: Vec<String>,
    /// `SHAPE`: `okta` or `rfc9068`, by default `okta`. `AUDIENCE`, or `api://default`. `CLIENTS`
    /// with spaces between them, by default all.
    pub(crate) demands: Demands,
    /// `SCOPE`, or `test_scope`.
    pub(crate) scope: String,
    /// `OTHER_SCOPE`, or `other_scope`.
    pub(crate) other_scope: String,
    /// `COOLDOWN_MS`, by default 5000, and `MAX_AGE_MS`, by default ten minutes.
    pub(crate) pace: Pace,
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
    NoIssuer(#[from] VarError),
    /// When an issuer is no address.
    #[error("an issuer is an address with a host, not {0:?}")]
    Issuer(String),
    /// When `SHAPE` is none of the two.
    #[error("set SHAPE to okta or rfc9068, not {0:?}")]
    Shape(String),
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

impl Settings {
    pub(crate) fn from_env() -> Result<Self, SettingsError> {
        let shape = text("SHAPE", "okta");
        let words = |name| text(name, "").split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let mut issuers = vec![env::var("ISSUER")?];
        issuers.extend(words("SECOND_ISSUER"));
        Ok(Self {
            issuers,
            demands: Demands {
                shape: Shape::named(&shape).ok_or(SettingsError::Shape(shape))?,
                audience: text("AUDIENCE", "api://default"),
                clients: words("CLIENTS"),
            },
            scope: text("SCOPE", "test_scope"),
            other_scope: text("OTHER_SCOPE", "other_scope"),
            pace: Pace {
                cooldown: Duration::from_millis(number("COOLDOWN_MS")?.unwrap_or(5000)),
                max_age: Duration::from_millis(number("MAX_AGE_MS")?.unwrap_or(600_000)),
            },
            port: number("SERVER_PORT")?.or(number("PORT")?).unwrap_or(8080),
            // keys/jwks-transport, keys/fetch-hygiene: reqwest follows redirects, and has no
            // User-Agent, by itself.
            client: reqwest::Client::builder().redirect(Policy::none()).user_agent(NAME).build()?,
        })
    }
}

/// Who asks, when keys are fetched.
const NAME: &str = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));

fn text(name: &str, default: &str) -> String {
    env::var(name).unwrap_or_else(|_| default.to_owned())
}

fn number<T: FromStr<Err = ParseIntError>>(name: &'static str) -> Result<Option<T>, SettingsError> {
    let Ok(value) = env::var(name) else {
        return Ok(None);
    };
    value.parse().map(Some).map_err(|source| SettingsError::Number { name, value, source })
}
