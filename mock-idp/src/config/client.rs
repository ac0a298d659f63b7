use super::read_jwks;
use super::{GrantType, Secret};
use crate::claims::{DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET};
use crate::input::{InputError, Node};
use crate::keys::{Algorithm, VerifyingKey};

/// A confidential client of an authorization server (RFC 6749, section 2.1).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Client {
    /// Its `client_id`.
    pub id: String,
    /// Its secret; empty where it has none, as with [`AuthMethod::PrivateKeyJwt`].
    pub secret: Secret,
    /// The public keys of its assertions, for [`AuthMethod::PrivateKeyJwt`].
    pub keys: Vec<VerifyingKey>,
    /// How it may authenticate. Defaults to [`AuthMethod::ClientSecretBasic`],
    /// as Okta's.
    pub auth_methods: Vec<AuthMethod>,
    /// What kind of application it is. Defaults to [`ApplicationType::Web`].
    pub application_type: ApplicationType,
    /// The grants that it may use. Defaults to client credentials.
    pub grants: Vec<GrantType>,
    /// The scopes that it may have; `None`, the default: every scope of the server.
    pub scopes: Option<Vec<String>>,
}

/// How a client authenticates at the token endpoint (RFC 7591, section 2:
/// `token_endpoint_auth_method`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthMethod {
    /// Id and secret in an `Authorization: Basic` header.
    ClientSecretBasic,
    /// `client_id` and `client_secret` in the form.
    ClientSecretPost,
    /// An assertion with an HMAC by the secret, which has 32 characters or more
    /// (RFC 7523, section 2.2).
    ClientSecretJwt,
    /// An assertion that is signed with a private key of the client (RFC 7523,
    /// section 2.2).
    PrivateKeyJwt,
}

/// What kind of application a client is, as Okta tells them apart (`application_type`).
/// Its org authorization server gives client credentials to services only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApplicationType {
    /// One without a user.
    Service,
    /// One with a server of its own.
    Web,
    /// One that is installed.
    Native,
    /// One that runs in a browser.
    Browser,
}

impl AuthMethod {
    /// Every method with its registered name.
    pub const ALL: [(&'static str, Self); 4] = [
        ("client_secret_basic", Self::ClientSecretBasic),
        ("client_secret_post", Self::ClientSecretPost),
        ("client_secret_jwt", Self::ClientSecretJwt),
        ("private_key_jwt", Self::PrivateKeyJwt),
    ];

    /// Its registered name.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, method)| *method == self).map_or("client_secret_basic", |(name, _)| name)
    }

    /// What an assertion may be signed with; empty where there is none.
    #[must_use]
    pub fn algorithms(self) -> &'static [Algorithm] {
        match self {
            Self::ClientSecretBasic | Self::ClientSecretPost => &[],
            Self::ClientSecretJwt => &[Algorithm::Hs256, Algorithm::Hs384, Algorithm::Hs512],
            Self::PrivateKeyJwt => &[
                Algorithm::Rs256,
                Algorithm::Rs384,
                Algorithm::Rs512,
                Algorithm::Es256,
                Algorithm::Es384,
                Algorithm::Es512,
            ],
        }
    }
}

impl ApplicationType {
    /// Every type with its name.
    pub const ALL: [(&'static str, Self); 4] =
        [("service", Self::Service), ("web", Self::Web), ("native", Self::Native), ("browser", Self::Browser)];
}

impl Client {
    /// A client with Okta's defaults.
    #[must_use]
    pub fn new(id: impl Into<String>, secret: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            secret: Secret::new(secret),
            keys: Vec::new(),
            auth_methods: vec![AuthMethod::ClientSecretBasic],
            application_type: ApplicationType::Web,
            grants: vec![GrantType::CLIENT_CREDENTIALS],
            scopes: None,
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

    /// The client that exists from the start. It may send its secret either way.
    #[must_use]
    pub fn test_client() -> Self {
        Self {
            auth_methods: vec![AuthMethod::ClientSecretBasic, AuthMethod::ClientSecretPost],
            ..Self::new(DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET)
        }
    }

    /// Its secret, if it has one.
    #[must_use]
    pub fn given_secret(&self) -> Option<&Secret> {
        Some(&self.secret).filter(|secret| !secret.expose().is_empty())
    }

    /// Whether it may have that scope.
    #[must_use]
    pub fn may_have(&self, scope: &str) -> bool {
        self.scopes.as_ref().is_none_or(|scopes| scopes.iter().any(|known| known == scope))
    }
}
