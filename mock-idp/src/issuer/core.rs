use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, AtomicUsize};
use std::sync::{Arc, OnceLock, PoisonError, RwLock, RwLockReadGuard};

use tokio::sync::watch;

use super::exposure::builtin_keys;
use super::server::{self, ServerState};
use super::streams::Streams;
use super::{IssuerError, MintError, MintRequest, Request, Response, Scheme, SentJwks, mint};
use crate::claims::TokenSettings;
use crate::clock::Clock;
use crate::config::{AuthorizationServer, ClaimContext, Config, DEFAULT_SERVER, SECOND_SERVER, Secret};
use crate::dialect::Dialect;
use crate::forge::{ForgeContext, ForgeError, Forged, forge};
use crate::journal::Journal;
use crate::keys::{KeySet, SigningKey};
use crate::routes;
use crate::tls::Identity;

/// An issuer: authorization servers with their keys, a clock and a journal.
/// Cheap to clone; clones are the same issuer.
#[derive(Debug, Clone)]
pub struct Issuer(pub(super) Arc<Inner>);

/// What an issuer consists of; the routes see this.
#[derive(Debug)]
pub(crate) struct Inner {
    pub(super) servers: RwLock<Vec<Arc<ServerState>>>,
    pub(crate) clock: Clock,
    pub(crate) journal: Journal,
    pub(crate) control_token: Option<Secret>,
    /// What the management API asks for.
    pub(crate) api_token: Option<Secret>,
    /// Whether a server that is asked for is made.
    pub(super) touch: bool,
    pub(crate) served: OnceLock<Served>,
    /// Whether https shows a certificate that nobody can check.
    pub(super) untrusted: watch::Sender<bool>,
    pub(super) issuer_url: Option<String>,
    /// The origins whose pages may read its answers; `None`: every one.
    pub(crate) trusted_origins: Option<Vec<String>>,
    /// The door whose address all identifiers state, whoever called.
    pub(super) issuer_scheme: Option<Scheme>,
    pub(super) streams: Streams,
    /// At how many places it is served off loopback.
    pub(super) exposures: AtomicUsize,
    /// How many issuers were made beside it.
    pub(super) siblings: AtomicU64,
}

/// Where and how an issuer is served.
#[derive(Debug)]
pub(crate) struct Served {
    pub(crate) addresses: Addresses,
    pub(crate) identity: Arc<Identity>,
    /// The address that it listens on.
    pub(crate) bind: IpAddr,
}

/// What an issuer takes from its surroundings.
#[derive(Debug, Clone, Default)]
pub(crate) struct Settings {
    pub(crate) clock: Clock,
    pub(crate) streams: Streams,
}

/// Where an issuer's servers listen.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Addresses {
    /// Base address for http, such as `http://127.0.0.1:9000`.
    pub http: String,
    /// Base address for https.
    pub https: String,
}

impl Addresses {
    /// The one of that scheme.
    #[must_use]
    pub fn at(&self, scheme: Scheme) -> &str {
        match scheme {
            Scheme::Http => &self.http,
            Scheme::Https => &self.https,
        }
    }
}

impl Issuer {
    /// An issuer that listens nowhere yet.
    ///
    /// # Errors
    ///
    /// [`IssuerError`] when the configuration is wrong; it names the field.
    pub fn new(config: &Config) -> Result<Self, IssuerError> {
        Self::with_settings(config, Settings { streams: Streams::new(config.seed), ..Settings::default() })
    }

    pub(crate) fn with_settings(config: &Config, settings: Settings) -> Result<Self, IssuerError> {
        config.check()?;
        let keys = server::keys(&config.servers)?;
        let journal = Journal::default();
        config.servers.iter().for_each(|server| journal.open(&server.id));
        let streams = &settings.streams;
        let now = settings.clock.now();
        let start = |(each, key): (&AuthorizationServer, _)| {
            ServerState::configured(each, key, streams.of_server(&each.id), now)
        };
        let servers = config.servers.iter().zip(keys).map(start).map(Arc::new).collect();
        Ok(Self(Arc::new(Inner {
            servers: RwLock::new(servers),
            clock: settings.clock,
            journal,
            control_token: config.control_token.clone(),
            api_token: config.api_token.clone().or_else(|| config.control_token.clone()),
            touch: config.touch,
            served: OnceLock::new(),
            untrusted: watch::Sender::default(),
            issuer_url: config.issuer_url.clone(),
            trusted_origins: config.trusted_origins.clone(),
            issuer_scheme: config.issuer_scheme,
            streams: settings.streams,
            exposures: AtomicUsize::new(0),
            siblings: AtomicU64::new(0),
        })))
    }

    /// Answers a request. Never waits, never fails: how a fault is to be
    /// carried out is told by [`Response::delivery`].
    #[must_use]
    pub fn handle(&self, request: &Request) -> Response {
        routes::handle(&self.0, request)
    }

    /// Takes note that an answer which was delayed has been sent.
    pub(crate) fn delivered(&self, response: &Response) {
        if let Some(jwks) = &response.jwks {
            self.0.sent(jwks);
        }
    }

    /// Whether this path is the control API's.
    pub(crate) fn is_control(path: &str) -> bool {
        routes::is_control(path)
    }

    /// Whether this path is one of the issuer's own.
    #[must_use]
    pub fn serves(&self, path: &str) -> bool {
        routes::is_known(&self.0, path)
    }

    /// The requests that it has seen.
    #[must_use]
    pub fn journal(&self) -> &Journal {
        &self.0.journal
    }

    /// Makes a token.
    ///
    /// # Errors
    ///
    /// [`MintError`] when there is no such authorization server, or the
    /// mutation can't be carried out.
    pub fn mint(&self, request: &MintRequest) -> Result<Forged, MintError> {
        self.0.mint(request, &self.0.home())
    }

    /// What issuer identifiers begin with when nobody called: the pinned URL,
    /// else the address for http.
    #[must_use]
    pub fn home(&self) -> String {
        self.0.home()
    }

    /// The keys of an authorization server.
    #[must_use]
    pub fn keys(&self, server: &str) -> Option<KeySet> {
        Some(self.0.server(server)?.published().keys().clone())
    }

    /// Changes the keys of an authorization server and tells the new revision
    /// of its JWKS. `None`, and nothing has changed, when there is no such
    /// server, or when the issuer listens off loopback and the change brings a
    /// built-in key in, which everybody has ([`is_builtin`](crate::keys::is_builtin)).
    pub fn change_keys(&self, server: &str, change: impl FnOnce(&mut KeySet)) -> Option<u64> {
        let changed = self.0.server(server)?.change_keys(|keys| {
            let before = keys.clone();
            change(keys);
            // A step may have published some for a while: those are not of this change.
            let is_fine = !self.0.is_exposed() || builtin_keys(keys).is_subset(&builtin_keys(&before));
            if is_fine { Ok(()) } else { Err(()) }
        });
        changed.ok()
    }

    /// Whether the control API asks for a token.
    pub(crate) fn has_control_token(&self) -> bool {
        self.0.control_token.is_some()
    }

    /// The issuer identifier of `default` at a base address, unless pinned.
    pub(crate) fn identifier(&self, base: &str) -> String {
        let default = self.0.server(DEFAULT_SERVER);
        default.map(|server| server.config.identifier(self.0.base(base))).unwrap_or_default()
    }

    /// Tells the issuer where it is served; the first telling stands.
    pub(crate) fn served_at(&self, served: Served) {
        let _ = self.0.served.set(served);
    }

    /// Where and how it is served, if it is.
    pub(crate) fn served(&self) -> Option<&Served> {
        self.0.served.get()
    }
}

impl Inner {
    pub(crate) fn server(&self, id: &str) -> Option<Arc<ServerState>> {
        self.find_at_server(|server| (server.config.id == id).then(|| Arc::clone(server)))
    }

    /// The authorization servers that there are now.
    pub(crate) fn servers(&self) -> Vec<Arc<ServerState>> {
        self.read_servers().clone()
    }

    /// What is found at the first server that has it; nobody adds or removes one meanwhile.
    pub(crate) fn find_at_server<T>(&self, find: impl FnMut(&Arc<ServerState>) -> Option<T>) -> Option<T> {
        self.read_servers().iter().find_map(find)
    }

    /// Counts a JWKS that was sent, unless its server is gone.
    pub(crate) fn sent(&self, jwks: &SentJwks) {
        if let Some(server) = jwks.server.upgrade() {
            let keys = jwks.published.keys().published();
            self.journal.sent(&server.id, jwks.published.revision, jwks.max_age, keys.iter().map(|entry| entry.kid()));
        }
    }

    fn read_servers(&self) -> RwLockReadGuard<'_, Vec<Arc<ServerState>>> {
        self.servers.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// What issuer identifiers begin with for a caller of `origin`.
    pub(crate) fn base<'a>(&'a self, origin: &'a str) -> &'a str {
        let pinned = self.issuer_url.as_deref();
        pinned.or_else(|| Some(self.served.get()?.addresses.at(self.issuer_scheme?))).unwrap_or(origin)
    }

    /// The time at an authorization server.
    pub(crate) fn now(&self, server: &ServerState) -> i64 {
        self.clock.now().saturating_add(server.clock_offset())
    }

    /// 32 hexadecimal digits, as in `X-Okta-Request-Id`.
    pub(crate) fn request_id(&self) -> String {
        self.streams.labels.hex(32)
    }

    /// What a browser is known by.
    pub(crate) fn browser_id(&self) -> String {
        self.streams.labels.base64url(43)
    }

    /// `oae` and 22 base64url characters, as in `errorId`.
    pub(crate) fn error_id(&self) -> String {
        format!("oae{}", self.streams.labels.base64url(22))
    }

    /// The honest access token of the client credentials grant, for a resource (RFC 8707) or
    /// the server's audience, bound to the key of that thumbprint where there is one.
    pub(crate) fn access_token(
        &self,
        server: &ServerState,
        base: &str,
        client_id: &str,
        scopes: &[&str],
        resource: Option<&str>,
        jkt: Option<&str>,
    ) -> Result<String, ForgeError> {
        let mut settings = server.token_settings(base);
        client_id.clone_into(&mut settings.client_id);
        settings.claims = server.own_claims(&ClaimContext { user: None, client: client_id, scopes });
        if let Some(resource) = resource {
            resource.clone_into(&mut settings.audience);
        }
        let context = self.context(server, settings, server.published().keys().clone());
        let token = mint::client_credentials(&context, scopes, jkt)?;
        self.journal.signed(&server.config.id, context.keys.active().kid());
        Ok(token)
    }

    pub(super) fn context(&self, server: &ServerState, settings: TokenSettings, keys: KeySet) -> ForgeContext {
        let random = server.streams.tokens.clone();
        let token_id = random.base64url(43);
        ForgeContext { settings, keys, now: self.now(server), random, token_id, given: None }
    }

    /// Makes a token; `base` is what the default issuer identifier begins with.
    pub(crate) fn mint(&self, request: &MintRequest, base: &str) -> Result<Forged, MintError> {
        let server = self.server(&request.server).ok_or_else(|| self.unknown_server(&request.server))?;
        let settings = request.settings(server.token_settings(base));
        let mut keys = server.published().keys().with_second_issuer(self.second_issuer_key().as_ref());
        // The server's own is the `kid` of a key that may have been changed since.
        if let Some(kid) = settings.dialect.kid().filter(|kid| Some(*kid) != server.config.dialect.kid()) {
            keys.rekid(kid.to_owned());
        }
        let context = ForgeContext { given: request.given.clone(), ..self.context(&server, settings, keys) };
        let forged = forge(&context, &request.mutation)?;
        if let Some(kid) = &forged.kid {
            self.journal.signed(&server.config.id, kid);
        }
        Ok(forged)
    }

    fn home(&self) -> String {
        let listening = self.served.get().map_or("http://127.0.0.1", |served| served.addresses.http.as_str());
        self.base(listening).to_owned()
    }

    /// What the second authorization server signs with, where there is one.
    pub(super) fn second_issuer_key(&self) -> Option<SigningKey> {
        Some(self.server(SECOND_SERVER)?.published().keys().active().clone())
    }

    /// What the tokens of a server look like; Okta's where there is no such server.
    pub(crate) fn dialect_of(&self, server: &str) -> Dialect {
        self.server(server).map(|server| server.config.dialect.clone()).unwrap_or_default()
    }

    /// Ids of the authorization servers.
    pub(crate) fn server_ids(&self) -> Vec<String> {
        self.read_servers().iter().map(|server| server.config.id.clone()).collect()
    }

    fn unknown_server(&self, server: &str) -> MintError {
        MintError::UnknownServer { server: server.to_owned(), known: self.server_ids() }
    }
}
