//! A resource server in this process, which the harness can start afresh.

use std::any::Any;
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use crate::http::{Endpoint, EndpointError};

/// A server that was started: its protected route, and what keeps it alive.
pub struct Served {
    /// URL of the protected route.
    pub url: String,
    /// Dropping it ends the server.
    pub guard: Box<dyn Any + Send>,
}

/// What comes of a start.
pub type Serving = Pin<Box<dyn Future<Output = Result<Served, String>> + Send>>;

/// Starts a server for the issuer of that identifier.
type Starter = Arc<Mutex<dyn FnMut(String) -> Serving + Send>>;

/// A server in this process with the way to start it again, and to start
/// another one beside it.
pub struct InProcess {
    start: Starter,
    issuer: String,
    /// What keeps the server alive; in a lock only so that it may be shared.
    guard: Mutex<Box<dyn Any + Send>>,
    endpoint: Endpoint,
}

/// Why a server in this process can't be driven.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InProcessError {
    /// It does not start.
    #[error("the server does not start: {reason}")]
    Start {
        /// What it said.
        reason: String,
    },
    /// Its address is none.
    #[error("{url}: {source}")]
    Url {
        /// What it gave as its address.
        url: String,
        /// What is wrong with it.
        source: EndpointError,
    },
}

impl Served {
    /// A server at `url` that ends when `guard` is dropped.
    pub fn new(url: impl Into<String>, guard: impl Any + Send) -> Self {
        Self { url: url.into(), guard: Box::new(guard) }
    }
}

impl InProcess {
    /// Starts the server for the first time; `start` is given the identifier of
    /// the issuer that it is to trust.
    ///
    /// # Errors
    ///
    /// [`InProcessError`] when it does not start, or gives no URL.
    pub async fn start(
        issuer: impl Into<String>,
        start: impl FnMut(String) -> Serving + Send + 'static,
    ) -> Result<Self, InProcessError> {
        Self::started(Arc::new(Mutex::new(start)), issuer.into()).await
    }

    /// Ends the server and starts it anew.
    ///
    /// # Errors
    ///
    /// As [`InProcess::start`]; the old one has ended then.
    pub(super) async fn restart(&mut self) -> Result<(), InProcessError> {
        self.guard = Mutex::new(Box::new(()));
        *self = Self::started(Arc::clone(&self.start), self.issuer.clone()).await?;
        Ok(())
    }

    /// Where the protected route is.
    pub(super) fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// How another one is started.
    pub(super) fn starter(&self) -> InProcessStarter {
        InProcessStarter(Arc::clone(&self.start))
    }

    async fn started(start: Starter, issuer: String) -> Result<Self, InProcessError> {
        let serving = {
            let mut start = start.lock().unwrap_or_else(PoisonError::into_inner);
            start(issuer.clone())
        };
        let served = serving.await.map_err(|reason| InProcessError::Start { reason })?;
        let endpoint = served.url.parse().map_err(|source| InProcessError::Url { url: served.url.clone(), source })?;
        Ok(Self { start, issuer, guard: Mutex::new(served.guard), endpoint })
    }
}

/// The way to start more servers of one kind.
#[derive(Clone)]
pub struct InProcessStarter(Starter);

impl InProcessStarter {
    /// One more, for that issuer.
    pub(super) async fn start(&self, issuer: String) -> Result<InProcess, InProcessError> {
        InProcess::started(Arc::clone(&self.0), issuer).await
    }
}

impl fmt::Debug for InProcessStarter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InProcessStarter(..)")
    }
}

impl fmt::Debug for InProcess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InProcess").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}
