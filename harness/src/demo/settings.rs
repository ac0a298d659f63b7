use std::time::Duration;

use mock_idp::claims::{DEFAULT_AUDIENCE, DEFAULT_SCOPE};
use mock_idp::clock::Clock;
use mock_idp::dialect::Dialect;
use mock_idp::keys::{Algorithm, SigningKey};

/// What the demo server is told: whose tokens it takes, and for what.
#[derive(Debug, Clone)]
pub struct DemoSettings {
    /// The one issuer: compared byte by byte with `iss`. Its key set is where the
    /// dialect has it.
    pub issuer: String,
    /// The name of this API, which `aud` must hold. Defaults to `api://default`.
    pub audience: String,
    /// The scope that the protected route needs: one value as RFC 6749, section
    /// 3.3, spells them. Defaults to `test_scope`.
    pub scope: String,
    /// What the tokens that it takes look like. Defaults to Okta's.
    pub dialect: Dialect,
    /// The one algorithm that tokens may be signed with. Defaults to RS256.
    pub algorithm: Algorithm,
    /// The key that it verifies with, the shared secret where the algorithm is one of
    /// HMAC; no key set is fetched then. Defaults to none.
    pub handed: Option<SigningKey>,
    /// PEM of the certificates that an https issuer may be signed by; no other
    /// root is trusted. Not read where the issuer is http.
    pub ca_pem: String,
    /// In which time the key set may be fetched four times, however many unknown
    /// `kid`s arrive. Defaults to 5 s.
    pub refetch_cooldown: Duration,
    /// Tells the time for `exp` and `nbf`, which are held without any leeway.
    /// Defaults to the machine's clock.
    pub clock: Clock,
}

impl DemoSettings {
    /// The defaults for an issuer and the certificates that it is trusted by.
    #[must_use]
    pub fn new(issuer: impl Into<String>, ca_pem: impl Into<String>) -> Self {
        Self {
            issuer: issuer.into(),
            audience: DEFAULT_AUDIENCE.to_owned(),
            scope: DEFAULT_SCOPE.to_owned(),
            dialect: Dialect::default(),
            algorithm: Algorithm::Rs256,
            handed: None,
            ca_pem: ca_pem.into(),
            refetch_cooldown: Duration::from_secs(5),
            clock: Clock::system(),
        }
    }
}
