//! The keys that the issuer publishes: those of the state directory, or a JWK Set.

use mock_idp::config::{AuthorizationServer, Config};
use mock_idp::keys::{Algorithm, SigningKey, VerifyingKey};
use serde_json::Value;

use super::super::error::CliError;
use super::super::http;
use super::super::running::roots;

/// What a signature may be checked with.
#[derive(Debug, Default)]
pub(super) struct Keys {
    pub(super) published: Vec<Published>,
    /// The secret that issuer and API share, where the server signs with HMAC.
    pub(super) shared: Option<SigningKey>,
}

/// A key of the set.
#[derive(Debug)]
pub(super) struct Published {
    pub(super) kid: Option<String>,
    /// What it is for; `None` where the entry does not say.
    pub(super) purpose: Option<String>,
    /// The algorithm that it is for; `None` where the entry does not say.
    pub(super) algorithm: Option<String>,
    pub(super) key: VerifyingKey,
    /// The same, for its forms as text.
    pub(super) public: SigningKey,
}

impl Published {
    fn from_jwk(jwk: &Value) -> Option<Self> {
        let text = |name: &str| jwk.get(name).and_then(Value::as_str).map(str::to_owned);
        let key = VerifyingKey::from_jwk(jwk).ok()?;
        let usual = Algorithm::usual(key.kind());
        let named = text("alg").and_then(|name| Algorithm::from_name(&name)).unwrap_or(usual);
        let public = SigningKey::from_public_jwk(text("kid").unwrap_or_default(), jwk, named).ok()?;
        Some(Self { kid: text("kid"), purpose: text("use"), algorithm: text("alg"), key, public })
    }

    /// Whether it made that signature, whatever it is for.
    pub(super) fn made(&self, algorithm: Algorithm, input: &[u8], signature: &[u8]) -> bool {
        let mut jwk: Value = serde_json::from_str(&self.public.public_jwk().to_text()).unwrap_or_default();
        jwk.as_object_mut().map(|members| members.remove("alg"));
        VerifyingKey::from_jwk(&jwk).is_ok_and(|key| key.verifies(algorithm, input, signature))
    }
}

impl Keys {
    /// The key of a server, as the state directory or the configuration has it.
    pub(super) fn of(server: &AuthorizationServer) -> Self {
        let Some(key) = &server.key else { return Self::default() };
        if key.expose_secret().is_some() {
            return Self { published: Vec::new(), shared: Some(key.clone()) };
        }
        let jwk = serde_json::from_str(&key.public_jwk().to_text()).ok();
        Self { published: jwk.iter().filter_map(Published::from_jwk).collect(), shared: None }
    }

    /// A JWK Set (RFC 7517, section 5), from a file or a URL. Keys that can't be read are
    /// passed over, as a resource server passes them over.
    pub(super) fn of_set(place: &str, config: &Config) -> Result<Self, CliError> {
        let no_set = |problem: String| CliError::NoKeySet { what: place.to_owned(), problem };
        let set: Value = serde_json::from_slice(&bytes(place, config)?).map_err(|error| no_set(error.to_string()))?;
        let keys = set.get("keys").and_then(Value::as_array).ok_or_else(|| no_set("it has no list `keys`".into()))?;
        Ok(Self { published: keys.iter().filter_map(Published::from_jwk).collect(), shared: None })
    }
}

fn bytes(place: &str, config: &Config) -> Result<Vec<u8>, CliError> {
    if place.starts_with("http://") || place.starts_with("https://") {
        return Ok(http::get(place, &roots(config)?)?.into_body().to_vec());
    }
    std::fs::read(place).map_err(|source| CliError::Unreadable { what: place.to_owned(), source })
}
