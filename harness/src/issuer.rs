//! The issuer that the target trusts: one of this run's own, or a `mock-idp`
//! that runs already.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use mock_idp::claims::{
    DEFAULT_AUDIENCE, DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET, DEFAULT_OTHER_SCOPE, DEFAULT_SCOPE, TokenSettings,
};
use mock_idp::config::{AuthorizationServer, Config, DEFAULT_SERVER};
use mock_idp::dialect::Dialect;
use mock_idp::input::InputError;
use mock_idp::keys::{Algorithm, KeyError, Role, SigningKey};
use mock_idp::state_dir::KeyFile;
use mock_idp::{IssuerError, MockIdp, StartError};
use serde::Deserialize;
use serde_json::json;

use crate::engine::Minter;
use crate::remote::{ControlToken, RemoteApi, RemoteError};
use crate::target::{ClientSecret, Contract, LOOPBACK, TrustFiles};
use crate::token::RealTokens;

/// What an issuer is to be.
#[derive(Debug, Clone)]
pub struct IssuerSettings {
    /// Base address of a `mock-idp` that runs; `None`, the default: an own one.
    pub idp: Option<String>,
    /// What opens its control API.
    pub control_token: Option<ControlToken>,
    /// The whole issuer identifier in the tokens, such as
    /// `https://idp.test/oauth2/default`, where the target knows it by another
    /// address than it listens at.
    pub issuer_url: Option<String>,
    /// Where the own issuer listens, for the scheme that the target is given: a
    /// loopback address, since its control API stands open. Defaults to a free
    /// port on 127.0.0.1.
    pub address: Option<SocketAddr>,
    /// Whether the target is given the https address. Defaults to true.
    pub https: bool,
    /// Whether the identifier says `localhost` in place of `127.0.0.1`, for targets that
    /// take no address for a name. Defaults to false.
    pub by_name: bool,
    /// Whether the usual ports are tried first, so that the address is the same
    /// in the next run. Defaults to false.
    pub lasting_address: bool,
    /// What the own issuer signs with. Defaults to what its key is for, and to RS256
    /// with the built-in one.
    pub algorithm: Option<Algorithm>,
    /// The text of a file with the signing key, PKCS#8 PEM, or with the shared secret
    /// where the algorithm is one of HMAC ([`KeyFile`]). Defaults to the built-in test key.
    pub key_file: Option<KeyText>,
    /// The audience of the API.
    pub audience: String,
    /// The scope that the route needs.
    pub scope: String,
    /// The scope that declared routes need. Defaults to `other_scope`.
    pub other_scope: String,
    /// What the own issuer's honest tokens look like, and where it has what.
    /// Defaults to Okta's.
    pub dialect: Dialect,
    /// Makes identifiers repeatable.
    pub seed: Option<u64>,
    /// A real token in the place of the control, with what it says and the key
    /// that verifies it. Defaults to none.
    pub real: Option<RealControl>,
}

/// A control that another issuer has signed.
#[derive(Debug, Clone)]
pub struct RealControl {
    /// The tokens, kept fresh.
    pub tokens: RealTokens,
    /// What it says.
    pub settings: TokenSettings,
    /// What is known of the key that verifies it.
    pub key: SigningKey,
}

/// The text of a file with a private key or a shared secret. `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyText(String);

impl KeyText {
    /// Takes the text.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

impl fmt::Debug for KeyText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyText(..)")
    }
}

impl Default for IssuerSettings {
    fn default() -> Self {
        Self {
            idp: None,
            control_token: None,
            issuer_url: None,
            address: None,
            https: true,
            by_name: false,
            lasting_address: false,
            algorithm: None,
            key_file: None,
            audience: DEFAULT_AUDIENCE.to_owned(),
            scope: DEFAULT_SCOPE.to_owned(),
            other_scope: DEFAULT_OTHER_SCOPE.to_owned(),
            dialect: Dialect::default(),
            seed: None,
            real: None,
        }
    }
}

/// An issuer, ready to sign.
#[derive(Debug)]
pub struct Issuer {
    kind: Kind,
    settings: TokenSettings,
    /// Its identifier under the other scheme.
    other_identifier: Option<String>,
    ca_pem: Option<String>,
    /// What it signs with, as far as that is known.
    key: Option<SigningKey>,
    algorithm: Algorithm,
    /// A real token in the place of the control.
    real: Option<RealTokens>,
}

/// What an issuer can tell where a target refuses its honest token.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IssuerView {
    /// How often anybody asked for its keys, where that can be told.
    pub key_fetches: Option<u64>,
    /// Its identifier under the other scheme, http for https, where it has one.
    pub other_identifier: Option<String>,
    /// What it signs with, where that can be told.
    pub algorithm: Option<Algorithm>,
}

#[derive(Debug)]
enum Kind {
    Own(Box<MockIdp>),
    Remote(RemoteApi),
}

/// Why there is no issuer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IssuerStartError {
    /// The own issuer does not start.
    #[error(transparent)]
    Start(#[from] StartError),
    /// Its settings are wrong.
    #[error(transparent)]
    Settings(#[from] IssuerError),
    /// The identifier can't be served.
    #[error("the issuer identifier: {0}")]
    Identifier(#[from] InputError),
    /// The signing key is not readable.
    #[error("the signing key: {0}")]
    Key(#[from] KeyError),
    /// No client for errands can be made.
    #[error("no HTTP client can be made: {0}")]
    Client(reqwest::Error),
    /// The running issuer gives no usable answer.
    #[error("{0}; start a mock-idp with `mock-idp`, take its http address, or leave --idp out")]
    Remote(#[from] RemoteError),
}

/// The ports of a bare `mock-idp`, for http and https.
const USUAL_PORTS: (u16, u16) = (9000, 9443);
/// The authorization server besides `default`, which scenarios call the second issuer.
const SECOND_SERVER: &str = "second";
/// The JWKS in the issuer's journal.
const KEYS_ROUTE: &str = "keys";

impl Issuer {
    /// Starts an own issuer, or finds the one that runs.
    ///
    /// # Errors
    ///
    /// [`IssuerStartError`] when neither is to be had.
    pub async fn start(settings: &IssuerSettings) -> Result<Self, IssuerStartError> {
        let mut issuer = match &settings.idp {
            Some(base) => Self::remote(base, settings.control_token.clone(), settings.https).await?,
            None => Self::own(settings).await?,
        };
        settings.dialect.clone_into(&mut issuer.settings.dialect);
        settings.audience.clone_into(&mut issuer.settings.audience);
        settings.scope.clone_into(&mut issuer.settings.scope);
        settings.other_scope.clone_into(&mut issuer.settings.other_scope);
        if let Some(url) = &settings.issuer_url {
            url.clone_into(&mut issuer.settings.issuer);
            issuer.other_identifier = None;
        }
        Ok(issuer)
    }

    /// A `mock-idp` that runs at `base`; `https` chooses which of its issuer
    /// identifiers the tokens carry, unless it has pinned one.
    ///
    /// # Errors
    ///
    /// [`IssuerStartError::Remote`] when none answers there.
    pub async fn remote(
        base: &str,
        control_token: Option<ControlToken>,
        https: bool,
    ) -> Result<Self, IssuerStartError> {
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
        Ok(Self { kind: Kind::Remote(api), settings, other_identifier, ca_pem, key, algorithm, real: None })
    }

    /// What makes the tokens.
    #[must_use]
    pub fn minter(&self) -> Minter {
        let (settings, server) = (self.settings.clone(), DEFAULT_SERVER.to_owned());
        match &self.kind {
            Kind::Own(idp) => Minter::Local { settings, server, issuer: idp.issuer().clone(), real: self.real.clone() },
            Kind::Remote(api) => Minter::Remote { settings, server, api: api.clone() },
        }
    }

    /// What its honest tokens are signed with.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The key that it signs with, for a target that is handed what is public of it,
    /// or the secret that they share; of an issuer that runs elsewhere the public half.
    #[must_use]
    pub fn key(&self) -> Option<&SigningKey> {
        self.key.as_ref()
    }

    /// The CA that a target must trust, where it is known.
    #[must_use]
    pub fn ca_pem(&self) -> Option<String> {
        self.ca_pem.clone()
    }

    /// The own issuer, if it is one.
    #[must_use]
    pub fn mock_idp(&self) -> Option<&MockIdp> {
        match &self.kind {
            Kind::Own(idp) => Some(idp),
            Kind::Remote(_) => None,
        }
    }

    /// What a spawned target is told.
    #[must_use]
    pub fn contract(&self, trust: &TrustFiles) -> Contract {
        Contract {
            jwks_uri: self.settings.dialect.jwks_uri(&self.settings.issuer),
            dialect: self.settings.dialect.clone(),
            issuer: self.settings.issuer.clone(),
            audience: self.settings.audience.clone(),
            scope: self.settings.scope.clone(),
            client_id: DEFAULT_CLIENT_ID.to_owned(),
            client_secret: ClientSecret::new(DEFAULT_CLIENT_SECRET),
            host: LOOPBACK,
            port: 0,
            ca_file: Some(trust.ca_file()),
            ca_bundle: Some(trust.ca_bundle()),
            truststore_p12: trust.truststore_p12(),
            handed: trust.handed().clone(),
        }
    }

    /// The settings that a server which runs already needs, for a person.
    #[must_use]
    pub fn advice(&self) -> String {
        let tokens = &self.settings;
        format!(
            "A server that runs already must trust the issuer of this run:\n  ISSUER={}\n  AUDIENCE={}\n  SCOPE={}\n\
             Its keys are at {}. To keep an issuer running, with a CA file of its own,\n\
             start `mock-idp` and give this run --idp http://127.0.0.1:{}.\n",
            tokens.issuer,
            tokens.audience,
            tokens.scope,
            tokens.dialect.jwks_uri(&tokens.issuer),
            USUAL_PORTS.0
        )
    }

    /// What it can tell where a target refuses its honest token.
    pub async fn view(&self) -> IssuerView {
        IssuerView {
            key_fetches: self.key_fetches().await,
            other_identifier: self.other_identifier.clone(),
            algorithm: Some(self.algorithm),
        }
    }

    async fn key_fetches(&self) -> Option<u64> {
        match &self.kind {
            Kind::Own(idp) => Some(idp.journal().count(KEYS_ROUTE)),
            Kind::Remote(api) => {
                let journal: serde_json::Value = api.get("/_mock/journal").await.ok()?;
                Some(journal["counters"]["routes"][KEYS_ROUTE].as_u64().unwrap_or(0))
            }
        }
    }

    async fn own(settings: &IssuerSettings) -> Result<Self, IssuerStartError> {
        let idp = match start_own(settings, settings.lasting_address).await {
            // The usual ports are taken: any will do, since it is told.
            Err(_) if settings.lasting_address && settings.address.is_none() => start_own(settings, false).await?,
            started => started?,
        };
        let named = |identifier: String| if settings.by_name { by_name(&identifier) } else { identifier };
        let (https, http) = (named(idp.https_issuer()), named(idp.http_issuer()));
        let (identifier, other) = if settings.https { (https, http) } else { (http, https) };
        let ca_pem = Some(idp.ca_pem().to_owned());
        let real = settings.real.as_ref();
        let key = idp.issuer().keys(DEFAULT_SERVER).map(|keys| keys.active().clone());
        Ok(Self {
            kind: Kind::Own(Box::new(idp)),
            algorithm: key.as_ref().map_or(Algorithm::Rs256, SigningKey::algorithm),
            key,
            // The identifier of a real issuer is no address of this one.
            other_identifier: real.is_none().then_some(other),
            settings: real.map_or_else(
                || TokenSettings { dialect: settings.dialect.clone(), ..TokenSettings::new(identifier) },
                |real| real.settings.clone(),
            ),
            ca_pem,
            real: real.map(|real| real.tokens.clone()),
        })
    }
}

async fn start_own(settings: &IssuerSettings, usual_ports: bool) -> Result<MockIdp, IssuerStartError> {
    let mut config = Config::default();
    let (http, https) = match settings.address {
        // The other scheme's port is told to nobody: any will do.
        Some(address) if settings.https => (0, address.port()),
        Some(address) => (address.port(), 0),
        None if usual_ports => USUAL_PORTS,
        None => (0, 0),
    };
    config.port = Some(http);
    config.https_port = Some(https);
    config.bind = Some(settings.address.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |address| address.ip()));
    config.seed = settings.seed;
    if let Some(server) = config.servers.first_mut() {
        settings.audience.clone_into(&mut server.audience);
        server.dialect = dialect(settings)?;
        server.algorithm = settings.algorithm;
        if let Some(text) = &settings.key_file {
            server.key = Some(key_of(&text.0, settings.algorithm)?);
        }
        if let Some(real) = &settings.real {
            server.key = Some(real.key.clone());
        }
    }
    config.issuer_url = settings.issuer_url.as_deref().map(|url| TokenSettings::new(url).origin().to_owned());
    // A neighbour with keys of its own, whose tokens are none of the target's business.
    let mut second = AuthorizationServer::new(SECOND_SERVER);
    if let Some(server) = config.servers.first() {
        second.dialect = server.dialect.beside(SECOND_SERVER).unwrap_or_default();
    }
    let algorithm = config.servers.first().map_or(Algorithm::Rs256, AuthorizationServer::algorithm);
    second.key = Some(Role::SecondIssuer.key(algorithm));
    let config = config.with_server(second);
    Ok(MockIdp::builder().config(config).start().await?)
}

/// The dialect with the path of the identifier that the target knows, so that it is
/// served there.
fn dialect(settings: &IssuerSettings) -> Result<Dialect, IssuerStartError> {
    let Some(url) = &settings.issuer_url else { return Ok(settings.dialect.clone()) };
    let at = TokenSettings::new(url.as_str()).origin().len();
    Ok(settings.dialect.with(&json!({ "issuer-path": url[at..] }))?)
}

/// An identifier on this machine with the machine's name in place of its address.
pub(crate) fn by_name(identifier: &str) -> String {
    identifier.replacen("://127.0.0.1", "://localhost", 1)
}

/// The signing key of a file's text, under the `kid` that the file tells, else under
/// its thumbprint (RFC 7638), which its owner can compute as well.
///
/// # Errors
///
/// [`KeyError`] when the text is no private key, or none for that algorithm.
pub fn key_of(text: &str, algorithm: Option<Algorithm>) -> Result<SigningKey, KeyError> {
    let key = KeyFile::parse(text, algorithm)?;
    Ok(match KeyFile::stated_kid(text) {
        Some(_) => key,
        None => key.with_kid(key.thumbprint()),
    })
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
