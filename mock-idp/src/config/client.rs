use super::redirect_uri::is_loopback;
use super::{GrantType, Secret};
use crate::claims::{DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET};

/// A client of an authorization server (RFC 6749, section 2.1).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Client {
    /// Its `client_id`.
    pub id: String,
    /// Its secret; empty where it is public.
    pub secret: Secret,
    /// How it may authenticate. Defaults to [`AuthMethod::ClientSecretBasic`],
    /// as Okta's.
    pub auth_methods: Vec<AuthMethod>,
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
}

/// How a client authenticates at the token endpoint (RFC 7591, section 2:
/// `token_endpoint_auth_method`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthMethod {
    /// Id and secret in an `Authorization: Basic` header.
    ClientSecretBasic,
    /// `client_id` and `client_secret` in the form.
    ClientSecretPost,
    /// Not at all: the client is public, and sends its `client_id` alone.
    None,
}

impl AuthMethod {
    /// Every method with its registered name.
    pub const ALL: [(&'static str, Self); 3] = [
        ("client_secret_basic", Self::ClientSecretBasic),
        ("client_secret_post", Self::ClientSecretPost),
        ("none", Self::None),
    ];
}

impl Client {
    /// A confidential client with Okta's defaults.
    #[must_use]
    pub fn new(id: impl Into<String>, secret: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            secret: Secret::new(secret),
            auth_methods: vec![AuthMethod::ClientSecretBasic],
            grants: vec![GrantType::CLIENT_CREDENTIALS],
            scopes: None,
            redirect_uris: Vec::new(),
            post_logout_redirect_uris: Vec::new(),
            any_loopback_redirect: false,
            require_pkce: false,
            rotate_refresh_tokens: false,
            refresh_leeway: 30,
        }
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

    /// Whether it may have that scope.
    #[must_use]
    pub fn may_have(&self, scope: &str) -> bool {
        self.scopes.as_ref().is_none_or(|scopes| scopes.iter().any(|known| known == scope))
    }
}
