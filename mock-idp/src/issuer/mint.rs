use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::MintError;
use crate::claims::TokenSettings;
use crate::dialect::Dialect;
use crate::forge::{ForgeContext, ForgeError, GivenToken};
use crate::json::{Member, Object, quote};
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
    /// The scopes of the control, separated by spaces. Defaults to the
    /// server's first.
    pub scope: Option<String>,
    /// The client of the control. Defaults to the server's first.
    pub client_id: Option<String>,
    /// `sub` of the control, for a token of another user. Defaults to the client.
    pub subject: Option<String>,
    /// The clock difference in seconds that the target tolerates. Defaults to 300.
    pub leeway: Option<i64>,
    /// What the control looks like. Defaults to what the server's tokens do.
    pub dialect: Option<Dialect>,
    /// What `{other_scope}` stands for. Defaults to `other_scope`.
    pub other_scope: Option<String>,
    /// What `{listener}` stands for. Defaults to an address where nobody listens.
    pub listener: Option<String>,
    /// The control, where another issuer has signed it: it is taken as it is, and
    /// what would have to be signed with that issuer's key can't be made. Defaults
    /// to none: the server signs a control of its own.
    pub given: Option<GivenToken>,
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
            subject: None,
            leeway: None,
            dialect: None,
            other_scope: None,
            listener: None,
            given: None,
        }
    }

    /// The same with all that these settings say, but for the lifetime.
    #[must_use]
    pub fn with_settings(mut self, settings: &TokenSettings) -> Self {
        self.issuer = Some(settings.issuer.clone());
        self.audience = Some(settings.audience.clone());
        self.scope = Some(settings.scope.clone());
        self.client_id = Some(settings.client_id.clone());
        self.subject.clone_from(&settings.subject);
        self.leeway = Some(settings.leeway);
        self.dialect = Some(settings.dialect.clone());
        self.other_scope = Some(settings.other_scope.clone());
        self.listener = Some(settings.listener.clone());
        self
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
    pub(crate) fn settings(&self, mut settings: TokenSettings) -> TokenSettings {
        let replace = |target: &mut String, value: &Option<String>| {
            if let Some(value) = value {
                target.clone_from(value);
            }
        };
        replace(&mut settings.issuer, &self.issuer);
        replace(&mut settings.audience, &self.audience);
        replace(&mut settings.scope, &self.scope);
        replace(&mut settings.client_id, &self.client_id);
        replace(&mut settings.other_scope, &self.other_scope);
        replace(&mut settings.listener, &self.listener);
        settings.subject = self.subject.clone().or(settings.subject);
        settings.leeway = self.leeway.unwrap_or(settings.leeway);
        if let Some(dialect) = &self.dialect {
            settings.dialect.clone_from(dialect);
        }
        settings
    }
}

/// The honest access token of the client credentials grant, signed.
pub(super) fn client_credentials(
    context: &ForgeContext,
    scopes: &[&str],
    jkt: Option<&str>,
) -> Result<String, ForgeError> {
    let mut claims = context.access_token(scopes)?;
    confirm(&mut claims, jkt);
    sign(context, &context.header()?, &claims)
}

/// Binds an access token to the key of that thumbprint (RFC 9449, section 6.1); the claim
/// stands behind `exp`, as Okta's.
pub(super) fn confirm(claims: &mut Object, jkt: Option<&str>) {
    let Some(jkt) = jkt else { return };
    let at = claims.position("exp").map_or(claims.members().len(), |at| at + 1);
    let value = Object::new().with("jkt", jkt).to_text();
    claims.members_mut().insert(at, Member { name: quote("cnf"), value });
}

/// A token with that header and these claims, signed with the server's own key.
pub(super) fn sign(context: &ForgeContext, header: &Object, claims: &Object) -> Result<String, ForgeError> {
    let (header, payload) = (URL_SAFE_NO_PAD.encode(header.to_text()), URL_SAFE_NO_PAD.encode(claims.to_text()));
    let mut token = format!("{header}.{payload}");
    let signature = context.keys.active().sign(context.algorithm(), token.as_bytes())?;
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(signature, &mut token);
    Ok(token)
}
