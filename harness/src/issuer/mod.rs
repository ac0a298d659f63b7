//! The issuer that the target trusts: one of this run's own, or a `mock-idp`
//! that runs already.

mod own;
mod running;
mod settings;

use mock_idp::claims::{DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET, TokenSettings};
use mock_idp::config::DEFAULT_SERVER;
use mock_idp::input::InputError;
use mock_idp::keys::{Algorithm, KeyError, SigningKey};
use mock_idp::{IssuerError, MockIdp, StartError};

use crate::engine::Minter;
use crate::remote::{ControlToken, RemoteApi, RemoteError};
use crate::target::{ClientSecret, Contract, LOOPBACK, TrustFiles};
use crate::token::RealTokens;
pub(crate) use own::by_name;
pub use settings::{IssuerSettings, KeyText, RealControl, key_of};

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
            None => own::start(settings).await?,
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
        running::find(base, control_token, https).await
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
            other_scope: self.settings.other_scope.clone(),
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
            own::USUAL_PORTS.0
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
}
