//! What the server is told.

use std::env;
use std::num::ParseIntError;
use std::path::PathBuf;
use std::time::Duration;

use reqwest::redirect::Policy;

use crate::accepts::{Accepts, Algorithm, Takes, UnknownAlgorithm, UnknownFurther};
use crate::defect::{Defect, UnknownDefect};
use crate::quirk::{Quirks, UnknownQuirk};

/// Which claims and which `typ` an access token has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shape {
    /// Okta's: no `typ` is needed, the scope is the array `scp`, the client is `cid`.
    #[default]
    Okta,
    /// RFC 9068: `typ` is `at+jwt`, the scope is the string `scope`, the client is `client_id`.
    Rfc9068,
}

/// Whose tokens the server takes, and what it needs them for.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The one issuer. Its keys are at `{issuer}/v1/keys`.
    pub issuer: String,
    /// The name of this API. Defaults to `api://default`.
    pub audience: String,
    /// The scope that `GET /` needs. Defaults to `test_scope`.
    pub scope: String,
    /// The scope that `POST /` needs instead, and `GET /both` besides. Defaults to `other_scope`.
    pub other_scope: String,
    /// The shape of the tokens. Defaults to Okta's.
    pub shape: Shape,
    /// What the tokens are signed with. Defaults to RS256.
    pub algorithm: Algorithm,
    /// The issuer's key set, where it was handed over: none is fetched then. Defaults to none.
    pub jwks: Option<Vec<u8>>,
    /// The algorithms that the server takes besides, with keys of their own. Defaults to none.
    pub takes: Takes,
    /// What the server shares with its issuer, for HS256. Defaults to nothing.
    pub secret: Vec<u8>,
    /// Keys are fetched no more than once in this time. Defaults to 1 s.
    pub cooldown: Duration,
    /// Keys are fetched again at this age. Defaults to 10 min.
    pub max_age: Duration,
    /// How far the clocks may be apart. Defaults to 5 s.
    pub leeway: Duration,
    /// Whether browsers of any origin may call. Defaults to no.
    pub cors: bool,
    /// The clients that may call. Defaults to all of them.
    pub clients: Vec<String>,
    /// Whether `{origin of the issuer}/oauth2/second` is trusted as well, with its own keys.
    /// Defaults to no.
    pub trust_second: bool,
    /// A client of the issuer: only a defect uses it. Defaults to nothing.
    pub client_id: String,
    /// A file in which refusals are counted, a byte each: whoever was refused that often is locked
    /// out until the file is gone. Defaults to none.
    pub lockout: Option<PathBuf>,
    /// What is odd about the server, and legal. Defaults to nothing.
    pub quirks: Quirks,
    /// The client that fetches the keys; [`http_client`] makes a suitable one.
    pub client: reqwest::Client,
}

impl Settings {
    /// Okta's defaults for `issuer`, whose keys `client` fetches.
    pub fn new(issuer: impl Into<String>, client: reqwest::Client) -> Self {
        Self {
            issuer: issuer.into(),
            audience: "api://default".to_owned(),
            scope: "test_scope".to_owned(),
            other_scope: "other_scope".to_owned(),
            shape: Shape::default(),
            algorithm: Algorithm::default(),
            jwks: None,
            takes: Takes::default(),
            secret: Vec::new(),
            cooldown: Duration::from_secs(1),
            max_age: Duration::from_secs(600),
            leeway: Duration::from_secs(5),
            cors: false,
            clients: Vec::new(),
            trust_second: false,
            client_id: String::new(),
            lockout: None,
            quirks: Quirks::default(),
            client,
        }
    }

    /// Reads the environment: `ISSUER`, `AUDIENCE`, `SCOPE`, `OTHER_SCOPE`, `SHAPE` (`okta` or
    /// `rfc9068`), `LEAKY_ALG` (`RS256`, `ES256` or `HS256`), `LEAKY_TAKES` (algorithms besides, with commas
    /// between them), `LEAKY_JWKS_FILE`, `LEAKY_SECRET`, `LEAKY_COOLDOWN_MS`, `LEAKY_MAX_AGE_MS`, `LEAKY_LEEWAY_S`, `CORS=1`, `CLIENTS`
    /// (separated by commas), `TRUST_SECOND=1`, `CLIENT_ID`, `LEAKY_LOCKOUT_FILE`, `LEAKY_QUIRKS` (names with commas
    /// between them), and the defect from `LEAKY_DEFECT`. What is absent or empty keeps its default, but for `ISSUER`.
    ///
    /// # Errors
    /// [`SettingsError`] without `ISSUER`, with a value that can't be read, or without TLS roots.
    pub fn from_env() -> Result<(Self, Option<Defect>), SettingsError> {
        let variable = |name: &str| env::var(name).ok();
        let issuer = variable("ISSUER").filter(|value| !value.is_empty()).ok_or(SettingsError::NoIssuer)?;
        let settings = Self::of(issuer, http_client()?, &variable)?;
        let name = variable("LEAKY_DEFECT").filter(|value| !value.is_empty());
        Ok((settings, name.map(|name| name.parse()).transpose()?))
    }

    /// What these variables say, which [`Settings::from_env`] tells of, for `issuer`, whose keys
    /// `client` fetches.
    ///
    /// # Errors
    /// [`SettingsError`] with a value that can't be read.
    pub fn of(
        issuer: impl Into<String>,
        client: reqwest::Client,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, SettingsError> {
        let variable = |name: &str| variable(name).filter(|value| !value.is_empty());
        let mut settings = Self::new(issuer, client);
        for (name, place) in [
            ("AUDIENCE", &mut settings.audience),
            ("SCOPE", &mut settings.scope),
            ("OTHER_SCOPE", &mut settings.other_scope),
            ("CLIENT_ID", &mut settings.client_id),
        ] {
            if let Some(value) = variable(name) {
                *place = value;
            }
        }
        for (name, place, unit) in [
            ("LEAKY_COOLDOWN_MS", &mut settings.cooldown, Duration::from_millis(1)),
            ("LEAKY_MAX_AGE_MS", &mut settings.max_age, Duration::from_millis(1)),
            ("LEAKY_LEEWAY_S", &mut settings.leeway, Duration::from_secs(1)),
        ] {
            if let Some(value) = variable(name) {
                *place = unit * value.parse().map_err(|source| SettingsError::Number { name, source })?;
            }
        }
        settings.shape = match variable("SHAPE").as_deref() {
            None | Some("okta") => Shape::Okta,
            Some("rfc9068") => Shape::Rfc9068,
            Some(_) => return Err(SettingsError::Shape),
        };
        settings.algorithm = variable("LEAKY_ALG").map_or(Ok(Algorithm::default()), |name| name.parse())?;
        settings.takes = variable("LEAKY_TAKES").unwrap_or_default().parse()?;
        settings.jwks = variable("LEAKY_JWKS_FILE").map(std::fs::read).transpose()?;
        settings.secret = variable("LEAKY_SECRET").unwrap_or_default().into_bytes();
        settings.quirks = variable("LEAKY_QUIRKS").unwrap_or_default().parse()?;
        settings.cors = variable("CORS").as_deref() == Some("1");
        settings.lockout = variable("LEAKY_LOCKOUT_FILE").map(PathBuf::from);
        settings.trust_second = variable("TRUST_SECOND").as_deref() == Some("1");
        let clients = variable("CLIENTS").unwrap_or_default();
        settings.clients = clients.split(',').filter(|client| !client.is_empty()).map(str::to_owned).collect();
        Ok(settings)
    }

    pub(crate) fn accepts(&self) -> Accepts {
        Accepts { algorithm: self.algorithm, takes: self.takes, quirks: self.quirks }
    }

    /// The second issuer on the same host, where it is trusted or a defect trusts it.
    pub(crate) fn second_issuer(&self) -> String {
        let start = self.issuer.find("://").map_or(0, |at| at + 3);
        let end = self.issuer[start..].find('/').map_or(self.issuer.len(), |at| start + at);
        format!("{}/oauth2/second", &self.issuer[..end])
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
    /// When `SHAPE` is none.
    #[error("set SHAPE to okta or rfc9068, or leave it out")]
    Shape,
    /// When `LEAKY_ALG` is none.
    #[error("set LEAKY_ALG to RS256, ES256 or HS256, or leave it out")]
    Algorithm(#[from] UnknownAlgorithm),
    /// When `LEAKY_TAKES` names another.
    #[error("set LEAKY_TAKES to names of ES256, ES384, PS256, EdDSA and Ed25519, or leave it out")]
    Takes(#[from] UnknownFurther),
    /// When the file of `LEAKY_JWKS_FILE` can't be read.
    #[error("make the file of LEAKY_JWKS_FILE readable")]
    Jwks(#[from] std::io::Error),
    /// When a time isn't a number.
    #[error("set {name} to a whole number")]
    Number {
        /// The variable.
        name: &'static str,
        /// What is wrong with it.
        source: ParseIntError,
    },
    /// When `LEAKY_DEFECT` names none.
    #[error("set LEAKY_DEFECT to the name of a defect, or leave it out")]
    Defect(#[from] UnknownDefect),
    /// When `LEAKY_QUIRKS` names one that there is not.
    #[error("set LEAKY_QUIRKS to names of quirks, or leave it out")]
    Quirk(#[from] UnknownQuirk),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_issuer_is_on_the_same_host() {
        for issuer in ["https://a:1/oauth2/default", "https://a:1"] {
            let settings = Settings::new(issuer, http_client().expect("a client"));
            assert_eq!(settings.second_issuer(), "https://a:1/oauth2/second");
        }
    }
}
