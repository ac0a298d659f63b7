use super::{GrantType, Secret};
use crate::claims::{DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET};

/// A confidential client of an authorization server (RFC 6749, section 2.1).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Client {
    /// Its `client_id`.
    pub id: String,
    /// Its secret.
    pub secret: Secret,
    /// How it may authenticate. Defaults to [`AuthMethod::ClientSecretBasic`],
    /// as Okta's.
    pub auth_methods: Vec<AuthMethod>,
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
}

impl AuthMethod {
    /// Every method with its registered name.
    pub const ALL: [(&'static str, Self); 2] =
        [("client_secret_basic", Self::ClientSecretBasic), ("client_secret_post", Self::ClientSecretPost)];
}

impl Client {
    /// A client with Okta's defaults.
    #[must_use]
    pub fn new(id: impl Into<String>, secret: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            secret: Secret::new(secret),
            auth_methods: vec![AuthMethod::ClientSecretBasic],
            grants: vec![GrantType::CLIENT_CREDENTIALS],
            scopes: None,
        }
    }

    /// The client that exists from the start. It may send its secret either way.
    #[must_use]
    pub fn test_client() -> Self {
        Self {
            auth_methods: vec![AuthMethod::ClientSecretBasic, AuthMethod::ClientSecretPost],
            ..Self::new(DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET)
        }
    }

    /// Whether it may have that scope.
    #[must_use]
    pub fn may_have(&self, scope: &str) -> bool {
        self.scopes.as_ref().is_none_or(|scopes| scopes.iter().any(|known| known == scope))
    }
}
