use std::borrow::Cow;
use std::path::Path;

use super::record::Record;
use super::{Claim, ClaimToken, Client, GrantType, Policy, TrustedIssuer, User, check, read};
use crate::claims::{DEFAULT_AUDIENCE, DEFAULT_LIFETIME, DEFAULT_SCOPE};
use crate::dialect::{Dialect, ServerPaths, Shape};
use crate::input::{InputError, Node, Table, Value};
use crate::keys::{Algorithm, KeyError, Role, SigningKey};

/// The id of the authorization server that exists from the start.
pub const DEFAULT_SERVER: &str = "default";

/// The id of the second authorization server, where there is one: the issuer
/// of `{second_issuer}`, whose key is `second-issuer`.
pub const SECOND_SERVER: &str = "second";

/// What Okta was seen to answer: some 45 days.
const OKTA_JWKS_MAX_AGE: i64 = 3_885_115;

/// One custom authorization server: its issuer identifier ends in `/oauth2/{id}`.
///
/// ```
/// use mock_idp::config::{AuthorizationServer, Config, Scope};
///
/// let mut orders = AuthorizationServer::new("orders");
/// orders.audience = "api://orders".into();
/// orders.scopes = vec![Scope::new("orders.read"), Scope::new("orders.write")];
/// let config = Config::default().with_server(orders);
/// assert_eq!(config.servers.len(), 2);
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct AuthorizationServer {
    /// Its id: letters, digits, `-` and `_`.
    pub id: String,
    /// The audience of its access tokens. Defaults to `api://default`.
    pub audience: String,
    /// Its own scopes. Defaults to `test_scope`, which is not granted unless asked for.
    pub scopes: Vec<Scope>,
    /// Its clients. Defaults to [`Client::test_client`].
    pub clients: Vec<Client>,
    /// Its users. Defaults to none: then anyone may sign in, by any name.
    pub users: Vec<User>,
    /// Claims of one's own in its tokens. Defaults to none.
    pub claims: Vec<Claim>,
    /// The APIs that its access tokens may be for besides its audience (RFC 8707): what
    /// `resource` may say, compared byte by byte. Defaults to none: then `resource` is
    /// passed over.
    pub resources: Vec<String>,
    /// Ids of the authorization servers whose tokens may be exchanged here besides its
    /// own: Okta's trusted servers. Defaults to none. The org server takes those of all.
    pub trusted_servers: Vec<String>,
    /// Whose assertions it takes (RFC 7523, section 2.1), besides the ID-JAGs of an org
    /// server of this issuer. Defaults to none.
    pub trusted_issuers: Vec<TrustedIssuer>,
    /// Issuer identifiers of authorization servers elsewhere that the org server issues
    /// ID-JAGs for. Defaults to none: those of this issuer need not be named.
    pub id_jag_audiences: Vec<String>,
    /// The grants that it serves. Defaults to [`GrantType::SERVED`].
    pub grants: Vec<GrantType>,
    /// Who gets what. Defaults to one policy, which permits everything; without any,
    /// nobody gets a token.
    pub policies: Vec<Policy>,
    /// Lifetime of its tokens in seconds. Defaults to 3600.
    pub lifetime: i64,
    /// How many calls of its token endpoint it takes in a minute, by its clock; what is
    /// more gets 429. Defaults to `None`: any number.
    pub rate_limit: Option<u32>,
    /// `max-age` of its JWKS in seconds. Defaults to 3885115, as seen at Okta.
    pub jwks_max_age: i64,
    /// What its honest tokens look like, and where it has what. Defaults to Okta's.
    pub dialect: Dialect,
    /// What its tokens are signed with. Defaults to what its key is for, and to
    /// RS256, Okta's, where it has none. One of HMAC makes the key a shared secret,
    /// of which nothing is published.
    pub algorithm: Option<Algorithm>,
    /// What signs. Defaults to a built-in test key in the library, to a key of
    /// the state directory in the binary.
    pub key: Option<SigningKey>,
    pub(crate) record: Record,
}

/// A scope of an authorization server.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Scope {
    /// Its name (RFC 6749, section 3.3: scope-token).
    pub name: String,
    /// Whether a request that names no scope gets it. Defaults to false.
    pub default: bool,
    /// Whether a user has to consent to it, as Okta's `REQUIRED` says. Defaults to false.
    pub needs_consent: bool,
    pub(crate) record: Record,
}

impl AuthorizationServer {
    /// A server with the defaults.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            audience: DEFAULT_AUDIENCE.into(),
            scopes: vec![Scope::new(DEFAULT_SCOPE)],
            clients: vec![Client::test_client()],
            users: Vec::new(),
            claims: Vec::new(),
            resources: Vec::new(),
            trusted_servers: Vec::new(),
            trusted_issuers: Vec::new(),
            id_jag_audiences: Vec::new(),
            grants: GrantType::SERVED.to_vec(),
            policies: vec![Policy::default()],
            lifetime: DEFAULT_LIFETIME,
            rate_limit: None,
            jwks_max_age: OKTA_JWKS_MAX_AGE,
            dialect: Dialect::default(),
            algorithm: None,
            key: None,
            record: Record::default(),
        }
    }

    /// Sets all that a table says in the words of the configuration file; what it leaves
    /// out stays. The table may come from another machine: it names no files of this one.
    ///
    /// # Errors
    ///
    /// When a word is wrong; the error names it.
    pub(crate) fn set(&mut self, table: &Table<'_>) -> Result<(), InputError> {
        refuse_files(table.node())?;
        read::server(self, table, Path::new(""))
    }

    /// Checks what no type can: the id, scope names, doubles.
    ///
    /// # Errors
    ///
    /// When something is wrong; the error names the field.
    pub fn check(&self) -> Result<(), InputError> {
        check::server(self)
    }

    /// Where it has what.
    pub(crate) fn paths(&self) -> ServerPaths {
        ServerPaths::of(&self.dialect.layout().paths, &self.id, self.dialect.issuer_path())
    }

    /// Its issuer identifier where identifiers begin with `base`, such as
    /// `https://127.0.0.1:9443`.
    ///
    /// ```
    /// use mock_idp::config::AuthorizationServer;
    /// use mock_idp::dialect::{Dialect, Shape};
    ///
    /// let mut server = AuthorizationServer::new("acme");
    /// assert_eq!(server.identifier("https://idp.test"), "https://idp.test/oauth2/acme");
    /// server.dialect = Dialect::of(Shape::Keycloak);
    /// assert_eq!(server.identifier("https://idp.test"), "https://idp.test/realms/acme");
    /// ```
    #[must_use]
    pub fn identifier(&self, base: &str) -> String {
        format!("{base}{}", self.paths().issuer)
    }

    /// Its token endpoint at the door whose address is `base`.
    ///
    /// ```
    /// let server = mock_idp::config::AuthorizationServer::new("acme");
    /// assert_eq!(server.token_endpoint("https://idp.test"), "https://idp.test/oauth2/acme/v1/token");
    /// ```
    #[must_use]
    pub fn token_endpoint(&self, base: &str) -> String {
        format!("{base}{}", self.paths().token)
    }

    /// What its tokens are signed with, whoever said so.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        let of_key = || self.key.as_ref().map(SigningKey::algorithm);
        self.algorithm.or_else(of_key).unwrap_or(Algorithm::Rs256)
    }

    /// Its key for its algorithm; the built-in one of that part where it has none.
    ///
    /// # Errors
    ///
    /// [`KeyError::WrongKind`] when its key is none for its algorithm.
    pub(crate) fn key_or(&self, role: Role) -> Result<SigningKey, KeyError> {
        match &self.key {
            Some(key) => key.with_algorithm(self.algorithm()),
            None => Ok(role.key(self.algorithm())),
        }
    }

    /// Whether it has a scope of that name.
    #[must_use]
    pub fn has_scope(&self, name: &str) -> bool {
        self.scopes.iter().any(|scope| scope.name == name)
    }

    /// Its own claims of such tokens.
    pub(crate) fn claims_of(&self, token: ClaimToken) -> impl Iterator<Item = &Claim> {
        self.claims.iter().filter(move |claim| claim.token == token)
    }

    /// Whether a user has to consent to the scope of that name.
    pub(crate) fn needs_consent(&self, name: &str) -> bool {
        self.scopes.iter().any(|scope| scope.name == name && scope.needs_consent)
    }

    /// The policy that decides about that grant to that client.
    pub(crate) fn policy(&self, client: &str, grant: GrantType) -> Option<&Policy> {
        self.policies.iter().find(|policy| policy.fits(client, grant))
    }

    /// Whether it is like Okta's org authorization server.
    pub(crate) fn is_org(&self) -> bool {
        self.dialect.shape() == Shape::OktaOrg
    }

    /// The user of that login; anyone, who signs in without a page, where it has no
    /// users of its own.
    #[must_use]
    pub fn user(&self, login: &str) -> Option<Cow<'_, User>> {
        if self.users.is_empty() && User::is_login(login) {
            return Some(Cow::Owned(User { headless: true, ..User::new(login) }));
        }
        self.users.iter().find(|user| user.login == login && user.is_active).map(Cow::Borrowed)
    }

    /// Whether a resource is one of those that its access tokens may be for.
    pub(crate) fn has_resource(&self, resource: &str) -> bool {
        resource == self.audience || self.resources.iter().any(|known| known == resource)
    }

    /// Whether the management API has deactivated the user of that login.
    pub(crate) fn has_stopped_user(&self, login: &str) -> bool {
        self.users.iter().any(|user| user.login == login && !user.is_active)
    }

    /// Whether it has deactivated the client of that id.
    pub(crate) fn has_stopped_client(&self, id: &str) -> bool {
        self.clients.iter().any(|client| client.id == id && !client.is_active)
    }

    /// The client of that id, unless the management API has deactivated it.
    #[must_use]
    pub fn client(&self, id: &str) -> Option<&Client> {
        self.clients.iter().find(|client| client.id == id && client.is_active)
    }
}

/// A call can't have a file of this machine read.
fn refuse_files(node: &Node) -> Result<(), InputError> {
    match &node.value {
        Value::Table(entries) => entries.iter().try_for_each(|entry| match entry.name.as_str() {
            "key_file" => Err(entry.node.error("a call names no files: give the server `alg`, and it has a test key")),
            "jwks_file" => Err(entry.node.error("a call names no files: put the keys into `jwks`")),
            _ => refuse_files(&entry.node),
        }),
        Value::Array(items) => items.iter().try_for_each(refuse_files),
        _ => Ok(()),
    }
}

impl Scope {
    /// A scope that is not granted unless asked for.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), default: false, needs_consent: false, record: Record::default() }
    }

    /// A scope that a request without `scope` gets.
    #[must_use]
    pub fn granted_by_default(name: impl Into<String>) -> Self {
        Self { default: true, ..Self::new(name) }
    }
}
