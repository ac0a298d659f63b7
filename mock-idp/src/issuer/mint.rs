use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::MintError;
use crate::claims::{self, TokenSettings};
use crate::keys::{Algorithm, KeyError, KeySet};
use crate::mutation::Mutation;

/// A token to be minted: the control token of an authorization server with one
/// mutation, and settings that differ from the server's.
///
/// ```
/// use mock_idp::{Issuer, MintRequest};
/// use mock_idp::config::Config;
///
/// let issuer = Issuer::new(&Config::default())?;
/// let mut request = MintRequest::scenario("time/expired@one-hour")?;
/// request.issuer = Some("https://idp.test/oauth2/default".into());
/// let forged = issuer.mint(&request)?;
/// assert!(forged.payload.contains(r#""iss":"https://idp.test/oauth2/default""#));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct MintRequest {
    /// What turns the control token into another one.
    pub mutation: Mutation,
    /// Id of the authorization server. Defaults to `default`.
    pub server: String,
    /// `iss` of the control. Defaults to the server's identifier at the
    /// address that was called.
    pub issuer: Option<String>,
    /// `aud` of the control. Defaults to the server's.
    pub audience: Option<String>,
    /// The one scope of the control. Defaults to the server's first.
    pub scope: Option<String>,
    /// The client of the control. Defaults to the server's first.
    pub client_id: Option<String>,
    /// The clock difference in seconds that the target tolerates. Defaults to 300.
    pub leeway: Option<i64>,
}

impl MintRequest {
    /// The control token itself.
    #[must_use]
    pub fn control() -> Self {
        Self::mutation(Mutation::control())
    }

    /// The control token with that mutation.
    #[must_use]
    pub fn mutation(mutation: Mutation) -> Self {
        Self {
            mutation,
            server: crate::config::DEFAULT_SERVER.to_owned(),
            issuer: None,
            audience: None,
            scope: None,
            client_id: None,
            leeway: None,
        }
    }

    /// The token of a scenario variant, such as `time/expired@one-hour`.
    ///
    /// # Errors
    ///
    /// [`MintError::Scenario`] when there is none of that name.
    pub fn scenario(name: &str) -> Result<Self, MintError> {
        Ok(Self::mutation(crate::catalogue::find(name)?))
    }

    /// The server's settings with those of this request in their place.
    pub(super) fn settings(&self, mut settings: TokenSettings) -> TokenSettings {
        let replace = |target: &mut String, value: &Option<String>| {
            if let Some(value) = value {
                target.clone_from(value);
            }
        };
        replace(&mut settings.issuer, &self.issuer);
        replace(&mut settings.audience, &self.audience);
        replace(&mut settings.scope, &self.scope);
        replace(&mut settings.client_id, &self.client_id);
        settings.leeway = self.leeway.unwrap_or(settings.leeway);
        settings
    }
}

/// The honest access token of the client credentials grant, signed.
pub(super) fn client_credentials(
    keys: &KeySet,
    settings: &TokenSettings,
    scopes: &[&str],
    now: i64,
    jti: &str,
) -> Result<String, KeyError> {
    let key = keys.active();
    let header = URL_SAFE_NO_PAD.encode(claims::header(key.kid()).to_text());
    let payload = URL_SAFE_NO_PAD.encode(claims::client_credentials(settings, scopes, now, jti).to_text());
    let mut token = format!("{header}.{payload}");
    let signature = key.sign(Algorithm::Rs256, token.as_bytes())?;
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(signature, &mut token);
    Ok(token)
}
