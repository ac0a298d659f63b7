use std::net::IpAddr;

use super::auth_method::{ApplicationType, AuthMethod};
use super::read_jwks;
use super::record::Record;
use super::redirect_uri::{is_loopback, is_of_origin};
use super::{GrantType, Network, Secret};
use crate::answer::Answer;
use crate::claims::{DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET};
use crate::input::{InputError, Node};
use crate::keys::VerifyingKey;

/// A client of an authorization server (RFC 6749, section 2.1).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Client {
    /// Its `client_id`.
    pub id: String,
    /// Its secret; empty where it has none: it is public, or has [`AuthMethod::PrivateKeyJwt`].
    pub secret: Secret,
    /// The public keys of its assertions, for [`AuthMethod::PrivateKeyJwt`].
    pub keys: Vec<VerifyingKey>,
    /// Where it publishes them instead, an `http` or `https` URL: they are fetched when an
    /// assertion needs them. Defaults to none.
    pub jwks_uri: Option<String>,
    /// How it may authenticate. Defaults to [`AuthMethod::ClientSecretBasic`],
    /// as Okta's.
    pub auth_methods: Vec<AuthMethod>,
    /// What kind of application it is. Defaults to [`ApplicationType::Web`].
    pub application_type: ApplicationType,
    /// The grants that it may use. Defaults to client credentials.
    pub grants: Vec<GrantType>,
    /// The scopes that it may have; `None`, the default: every scope of the server.
    pub scopes: Option<Vec<String>>,
    /// Where users may be sent back to, compared byte by byte. Defaults to none.
    pub redirect_uris: Vec<String>,
    /// Where they may be sent after a logout. Defaults to none.
    pub post_logout_redirect_uris: Vec<String>,
    /// Whether any URL on this machine will do for either: `http` or `https` with the
    /// host `localhost`, `127.0.0.1` or `[::1]`, any port and path. Defaults to false.
    pub any_loopback_redirect: bool,
    /// Whether it must use PKCE (RFC 7636). Defaults to true where it is public.
    pub require_pkce: bool,
    /// Whether a refresh token is replaced when it is used. Defaults to true where it
    /// is public.
    pub rotate_refresh_tokens: bool,
    /// For how many seconds one that was replaced is good: 0 to 60. Defaults to 30.
    pub refresh_leeway: i64,
    /// Whether it must push its authorization requests (RFC 9126, section 6). Defaults to
    /// false.
    pub require_pushed_authorization_requests: bool,
    /// Whether it must prove at the token endpoint that it holds a key, to which its access
    /// tokens are bound then (RFC 9449, section 5.2). Defaults to false: it may.
    pub dpop_bound_access_tokens: bool,
    /// What it is answered otherwise ([`crate::answer`]). Defaults to nothing.
    pub answers: Vec<Answer>,
    /// Whether it may do anything at all: not while the management API has it deactivated.
    pub(crate) is_active: bool,
    pub(crate) record: Record,
    /// The networks that its requests may come from, as Okta's network zones; `None`, the
    /// default: any. Where nobody knows where a request comes from, it isn't asked.
    pub networks: Option<Vec<Network>>,
}

impl Client {
    /// A confidential client with Okta's defaults.
    #[must_use]
    pub fn new(id: impl Into<String>, secret: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            secret: Secret::new(secret),
            keys: Vec::new(),
            jwks_uri: None,
            auth_methods: vec![AuthMethod::ClientSecretBasic],
            application_type: ApplicationType::Web,
            grants: vec![GrantType::CLIENT_CREDENTIALS],
            scopes: None,
            redirect_uris: Vec::new(),
            post_logout_redirect_uris: Vec::new(),
            any_loopback_redirect: false,
            require_pkce: false,
            rotate_refresh_tokens: false,
            refresh_leeway: 30,
            require_pushed_authorization_requests: false,
            dpop_bound_access_tokens: false,
            answers: Vec::new(),
            is_active: true,
            record: Record::default(),
            networks: None,
        }
    }

    /// A client that signs its assertions: a service with these public keys
    /// (RFC 7517, section 5), and the method [`AuthMethod::PrivateKeyJwt`].
    ///
    /// ```
    /// use mock_idp::MockIdp;
    /// use mock_idp::config::{AuthorizationServer, Client};
    /// use mock_idp::keys::{BuiltinKey, builtin};
    /// use serde_json::json;
    ///
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// // The service under test holds the private half.
    /// let key = builtin(BuiltinKey::IssuerP256).with_kid("orders-1");
    /// let jwk: serde_json::Value = serde_json::from_str(&key.public_jwk().to_text())?;
    ///
    /// let mut server = AuthorizationServer::new("default");
    /// server.clients.push(Client::with_jwks("0oaOrdersTestService", &json!({ "keys": [jwk] }))?);
    /// let idp = MockIdp::builder().server(server).start().await?;
    /// // To be sent as `client_assertion`: a JWT whose `aud` is this endpoint.
    /// let audience = format!("{}/v1/token", idp.http_issuer());
    /// # assert!(audience.starts_with("http://127.0.0.1:"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// When that is no JWKS, or holds something else than public keys for the
    /// algorithms of the method; the error names the key.
    pub fn with_jwks(id: impl Into<String>, jwks: &serde_json::Value) -> Result<Self, InputError> {
        Ok(Self {
            keys: read_jwks::set(&Node::from_json(jwks, "jwks"))?,
            auth_methods: vec![AuthMethod::PrivateKeyJwt],
            application_type: ApplicationType::Service,
            ..Self::new(id, "")
        })
    }

    /// A public client, such as a single-page app: it has no secret, uses PKCE and
    /// rotates its refresh tokens.
    #[must_use]
    pub fn public(id: impl Into<String>) -> Self {
        Self {
            auth_methods: vec![AuthMethod::None],
            grants: vec![GrantType::AUTHORIZATION_CODE, GrantType::REFRESH_TOKEN],
            require_pkce: true,
            rotate_refresh_tokens: true,
            ..Self::new(id, "")
        }
    }

    /// The client that exists from the start. It may send its secret either way, use
    /// every grant that is served, and send users back to any URL on this machine.
    #[must_use]
    pub fn test_client() -> Self {
        Self {
            auth_methods: vec![AuthMethod::ClientSecretBasic, AuthMethod::ClientSecretPost],
            grants: GrantType::SERVED.to_vec(),
            any_loopback_redirect: true,
            ..Self::new(DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET)
        }
    }

    /// Its secret, if it has one.
    #[must_use]
    pub fn given_secret(&self) -> Option<&Secret> {
        Some(&self.secret).filter(|secret| !secret.expose().is_empty())
    }

    /// Whether it has no secret.
    #[must_use]
    pub fn is_public(&self) -> bool {
        self.auth_methods == [AuthMethod::None]
    }

    /// Whether users may be sent back there.
    #[must_use]
    pub fn may_redirect(&self, uri: &str) -> bool {
        self.is_allowed(&self.redirect_uris, uri)
    }

    /// Whether users may be sent there after a logout.
    #[must_use]
    pub fn may_redirect_after_logout(&self, uri: &str) -> bool {
        self.is_allowed(&self.post_logout_redirect_uris, uri)
    }

    fn is_allowed(&self, registered: &[String], uri: &str) -> bool {
        registered.iter().any(|known| known == uri) || (self.any_loopback_redirect && is_loopback(uri))
    }

    /// Whether pages of that origin are its own: where users may be sent back to.
    pub(crate) fn is_at(&self, origin: &str) -> bool {
        let is_known = self.redirect_uris.iter().any(|uri| is_of_origin(uri, origin));
        is_known || (self.any_loopback_redirect && is_loopback(origin))
    }

    /// Whether it may ask from that address.
    #[must_use]
    pub fn may_ask_from(&self, address: IpAddr) -> bool {
        self.networks.as_ref().is_none_or(|networks| networks.iter().any(|network| network.contains(address)))
    }

    /// Whether it may have that scope.
    #[must_use]
    pub fn may_have(&self, scope: &str) -> bool {
        self.scopes.as_ref().is_none_or(|scopes| scopes.iter().any(|known| known == scope))
    }
}
