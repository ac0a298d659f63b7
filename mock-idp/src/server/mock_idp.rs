use std::sync::Arc;

use super::MockIdpBuilder;
use super::thread::ServerThread;
use crate::error::StartError;
use crate::forge::Forged;
use crate::issuer::{Addresses, Issuer, MintError, MintRequest};
use crate::journal::Journal;
use crate::tls::Identity;

/// An issuer that runs on free loopback ports, for http and https, until it is
/// dropped.
///
/// It runs in a thread of its own: it answers even while the test's runtime is
/// blocked, and its ports are closed when the drop returns.
///
/// ```
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// use mock_idp::MockIdp;
///
/// let idp = MockIdp::start().await?;
/// let issuer = idp.http_issuer(); // for the settings of the service under test
/// let token = idp.token();        // for the Authorization header of the test
/// assert_eq!(token.split('.').count(), 3);
/// # let _ = issuer;
/// # Ok::<(), mock_idp::StartError>(())
/// # }).unwrap();
/// ```
#[derive(Debug)]
#[must_use = "the issuer ends when it is dropped"]
pub struct MockIdp {
    issuer: Issuer,
    addresses: Addresses,
    identity: Arc<Identity>,
    _thread: ServerThread,
}

impl MockIdp {
    pub(super) fn new(issuer: Issuer, addresses: Addresses, identity: Arc<Identity>, thread: ServerThread) -> Self {
        Self { issuer, addresses, identity, _thread: thread }
    }

    /// Starts an issuer with the defaults: the server `default`, the built-in
    /// test key, a client, a scope.
    ///
    /// # Errors
    ///
    /// [`StartError`] when the operating system gives no port or thread.
    pub async fn start() -> Result<Self, StartError> {
        Self::builder().start().await
    }

    /// Sets an issuer up step by step.
    pub fn builder() -> MockIdpBuilder {
        MockIdpBuilder::default()
    }

    /// The issuer identifier of `default` over http, or the pinned one.
    #[must_use]
    pub fn http_issuer(&self) -> String {
        self.issuer.identifier(&self.addresses.http)
    }

    /// The issuer identifier of `default` over https, or the pinned one.
    #[must_use]
    pub fn https_issuer(&self) -> String {
        self.issuer.identifier(&self.addresses.https)
    }

    /// Base address for http, such as `http://127.0.0.1:49152`.
    #[must_use]
    pub fn http(&self) -> &str {
        &self.addresses.http
    }

    /// Base address for https.
    #[must_use]
    pub fn https(&self) -> &str {
        &self.addresses.https
    }

    /// The certificate that clients of https must trust, as PEM.
    #[must_use]
    pub fn ca_pem(&self) -> &str {
        self.identity.ca_pem()
    }

    /// The requests that were seen.
    #[must_use]
    pub fn journal(&self) -> &Journal {
        self.issuer.journal()
    }

    /// The control token: an honest access token of [`MockIdp::http_issuer`],
    /// for the first client and scope of `default`.
    #[must_use]
    #[expect(clippy::missing_panics_doc, reason = "the keys of `default` are RSA keys, which sign RS256")]
    pub fn token(&self) -> String {
        #[expect(clippy::expect_used, reason = "see above; `mint` is the one that can fail")]
        let forged = self.mint(&MintRequest::control()).expect("the control token of `default` can be made");
        forged.token.expose_text()
    }

    /// Makes any token, good or deliberately bad; its `iss` is
    /// [`MockIdp::http_issuer`] unless the request says otherwise.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// use mock_idp::{MintRequest, MockIdp};
    ///
    /// let idp = MockIdp::start().await?;
    /// let expired = idp.mint(&MintRequest::scenario("time/expired@one-hour")?)?;
    /// assert!(expired.changes.iter().any(|change| change.to_string().contains("\"exp\"")));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// [`MintError`] when there is no such authorization server, or the
    /// mutation can't be carried out.
    pub fn mint(&self, request: &MintRequest) -> Result<Forged, MintError> {
        self.issuer.mint(request)
    }

    /// The issuer itself, such as to mount it elsewhere.
    #[must_use]
    pub fn issuer(&self) -> &Issuer {
        &self.issuer
    }
}
