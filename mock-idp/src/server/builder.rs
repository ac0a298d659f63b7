use super::beside::start;
use super::{Bound, Listen, MockIdp};
use crate::clock::Clock;
use crate::config::{AuthorizationServer, Config};
use crate::error::StartError;
use crate::issuer::{Issuer, Scheme, Settings, Streams};
use crate::tls::Identity;

/// Sets up a [`MockIdp`] step by step.
#[derive(Debug, Clone, Default)]
#[must_use = "a builder does nothing until it is started"]
pub struct MockIdpBuilder {
    config: Config,
    clock: Clock,
}

impl MockIdpBuilder {
    /// Replaces the configuration, such as with one that was read from a file.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// use mock_idp::{MockIdp, config::Config};
    ///
    /// let config = Config::parse("[server.default]\naudience = 'api://orders'", "".as_ref()).unwrap();
    /// let idp = MockIdp::builder().config(config).start().await.unwrap();
    /// # drop(idp);
    /// # });
    /// ```
    pub fn config(mut self, config: Config) -> Self {
        self.config = config;
        self
    }

    /// Adds an authorization server beside `default`, or replaces it.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// use mock_idp::{MockIdp, config::{AuthorizationServer, Scope}};
    ///
    /// let mut server = AuthorizationServer::new("default");
    /// server.scopes = vec![Scope::new("orders.read")];
    /// let idp = MockIdp::builder().server(server).start().await.unwrap();
    /// # drop(idp);
    /// # });
    /// ```
    pub fn server(mut self, server: AuthorizationServer) -> Self {
        self.config = self.config.with_server(server);
        self
    }

    /// Listens for http on that port. Defaults to a free one.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// let idp = mock_idp::MockIdp::builder().port(0).start().await.unwrap();
    /// assert!(idp.http_issuer().starts_with("http://127.0.0.1:"));
    /// # });
    /// ```
    pub fn port(mut self, port: u16) -> Self {
        self.config.port = Some(port);
        self
    }

    /// Listens for https on that port. Defaults to a free one.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// let idp = mock_idp::MockIdp::builder().https_port(0).start().await.unwrap();
    /// assert!(idp.https_issuer().starts_with("https://127.0.0.1:"));
    /// # });
    /// ```
    pub fn https_port(mut self, port: u16) -> Self {
        self.config.https_port = Some(port);
        self
    }

    /// Adds a host name or address to the certificate for https.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// let idp = mock_idp::MockIdp::builder().alias("idp.test").start().await.unwrap();
    /// # drop(idp);
    /// # });
    /// ```
    pub fn alias(mut self, name: impl Into<String>) -> Self {
        self.config.aliases.push(name.into());
        self
    }

    /// Pins what issuer identifiers begin with. Defaults to the address that
    /// was called.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// let idp = mock_idp::MockIdp::builder().issuer_url("https://idp.test").start().await.unwrap();
    /// assert_eq!(idp.http_issuer(), "https://idp.test/oauth2/default");
    /// # });
    /// ```
    pub fn issuer_url(mut self, url: impl Into<String>) -> Self {
        self.config.issuer_url = Some(url.into());
        self
    }

    /// States the address of that scheme in every issuer identifier, whichever door is
    /// called: a token that was taken at one is good for an API that trusts the other's.
    /// Defaults to the address that was called.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// use mock_idp::{MockIdp, Scheme};
    ///
    /// let idp = MockIdp::builder().issuer_scheme(Scheme::Https).start().await.unwrap();
    /// assert_eq!(idp.http_issuer(), idp.https_issuer());
    /// assert!(idp.http_issuer().starts_with(idp.https()));
    /// # });
    /// ```
    pub fn issuer_scheme(mut self, scheme: Scheme) -> Self {
        self.config.issuer_scheme = Some(scheme);
        self
    }

    /// Makes an authorization server that nobody has made when it is first asked for,
    /// like `default`: each test takes an issuer of its own by its name alone.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// let idp = mock_idp::MockIdp::builder().touch().start().await.unwrap();
    /// let http = reqwest::Client::builder().no_proxy().build().unwrap();
    /// let keys = format!("{}/oauth2/my-test/v1/keys", idp.http());
    /// assert_eq!(http.get(keys).send().await.unwrap().status(), 200);
    /// # });
    /// ```
    pub fn touch(mut self) -> Self {
        self.config.touch = true;
        self
    }

    /// Tells the time by that clock. Defaults to the machine's.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// use mock_idp::{MockIdp, clock::Clock};
    ///
    /// let clock = Clock::fixed(1_700_000_000);
    /// let idp = MockIdp::builder().clock(clock.clone()).start().await.unwrap();
    /// clock.advance(3600);
    /// # drop(idp);
    /// # });
    /// ```
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Makes every identifier repeatable.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// use mock_idp::{MockIdp, clock::Clock};
    ///
    /// let twin = || MockIdp::builder().seed(7).clock(Clock::fixed(0)).issuer_url("https://idp.test").start();
    /// assert_eq!(twin().await.unwrap().token(), twin().await.unwrap().token());
    /// # });
    /// ```
    pub fn seed(mut self, seed: u64) -> Self {
        self.config.seed = Some(seed);
        self
    }

    /// Starts the issuer.
    ///
    /// # Errors
    ///
    /// [`StartError`] when the configuration is wrong or a port is taken.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// let idp = mock_idp::MockIdp::builder().start().await?;
    /// # drop(idp);
    /// # Ok::<(), mock_idp::StartError>(())
    /// # }).unwrap();
    /// ```
    #[expect(clippy::unused_async, reason = "so that a start that has to wait is no change for callers")]
    pub async fn start(self) -> Result<MockIdp, StartError> {
        let config = self.config;
        let defaults = Listen::default();
        let listen = Listen {
            bind: config.bind.unwrap_or(defaults.bind),
            port: config.port.unwrap_or(defaults.port),
            https_port: config.https_port.unwrap_or(defaults.https_port),
        };
        let issuer =
            Issuer::with_settings(&config, Settings { clock: self.clock, streams: Streams::new(config.seed) })?;
        start(Bound::new(issuer, listen, Identity::new(&config.certificate_names())?)?)
    }
}
