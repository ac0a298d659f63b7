//! A `mock-idp` that runs already.

use mock_idp::claims::TokenSettings;
use mock_idp::config::DEFAULT_SERVER;
use mock_idp::keys::{Algorithm, SigningKey};
use serde::Deserialize;

use super::{Issuer, IssuerStartError, Kind};
use crate::remote::{ControlToken, RemoteApi, RemoteError};

/// Finds it at `base`; `https` chooses which of its identifiers the tokens carry.
pub(super) async fn find(
    base: &str,
    control_token: Option<ControlToken>,
    https: bool,
) -> Result<Issuer, IssuerStartError> {
    if !["http://", "https://"].iter().any(|scheme| base.starts_with(scheme)) {
        return Err(RemoteError::NoAddress { base: base.to_owned() }.into());
    }
    let api = RemoteApi::new(base, control_token).map_err(IssuerStartError::Client)?;
    let told: RemoteSettings = api.get("/_mock/settings").await?;
    let ca_pem = api.get_text("/_mock/ca").await.ok();
    let other_identifier = told.other(https);
    let algorithm = told.algorithm();
    let jwks: serde_json::Value = api.get(&format!("/oauth2/{DEFAULT_SERVER}/v1/keys")).await?;
    let key = public_key(&jwks, &told.kid, algorithm);
    let settings = told.tokens(https);
    Ok(Issuer { kind: Kind::Remote(api), settings, other_identifier, ca_pem, key, algorithm, real: None })
}

/// The key of that id in a key set; `None` where there is none that can be read.
fn public_key(jwks: &serde_json::Value, kid: &str, algorithm: Algorithm) -> Option<SigningKey> {
    let found = jwks.get("keys")?.as_array()?.iter().find(|key| key["kid"] == kid)?;
    SigningKey::from_public_jwk(kid, found, algorithm).ok()
}

/// What `GET /_mock/settings` tells, as far as it is needed here.
#[derive(Debug, Deserialize)]
struct RemoteSettings {
    issuer: String,
    http_issuer: String,
    alg: String,
    kid: String,
    client: Option<RemoteClient>,
}

#[derive(Debug, Deserialize)]
struct RemoteClient {
    id: String,
}

impl RemoteSettings {
    fn algorithm(&self) -> Algorithm {
        Algorithm::from_name(&self.alg).unwrap_or(Algorithm::Rs256)
    }

    /// The identifier that [`RemoteSettings::tokens`] does not take.
    fn other(&self, https: bool) -> Option<String> {
        let other = if https { &self.http_issuer } else { &self.issuer };
        (self.issuer != self.http_issuer).then(|| other.clone())
    }

    fn tokens(self, https: bool) -> TokenSettings {
        // A pinned identifier is the same for both.
        let mut settings = TokenSettings::new(if https { self.issuer } else { self.http_issuer });
        if let Some(client) = self.client {
            settings.client_id = client.id;
        }
        settings
    }
}
