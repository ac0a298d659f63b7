//! A resource server in this process, which the harness can start afresh.

use std::any::Any;
use std::fmt;
use std::pin::Pin;

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

/// A server in this process with the way to start it again.
pub struct InProcess {
    start: Box<dyn FnMut() -> Serving + Send>,
    served: Served,
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
    /// Starts the server for the first time.
    ///
    /// # Errors
    ///
    /// [`InProcessError`] when it does not start, or gives no URL.
    pub async fn start(mut start: impl FnMut() -> Serving + Send + 'static) -> Result<Self, InProcessError> {
        let (served, endpoint) = started(start()).await?;
        Ok(Self { start: Box::new(start), served, endpoint })
    }

    /// Ends the server and starts it anew.
    ///
    /// # Errors
    ///
    /// As [`InProcess::start`]; the old one has ended then.
    pub(super) async fn restart(&mut self) -> Result<(), InProcessError> {
        self.served.guard = Box::new(());
        (self.served, self.endpoint) = started((self.start)()).await?;
        Ok(())
    }

    /// Where the protected route is.
    pub(super) fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }
}

async fn started(serving: Serving) -> Result<(Served, Endpoint), InProcessError> {
    let served = serving.await.map_err(|reason| InProcessError::Start { reason })?;
    let endpoint = served.url.parse().map_err(|source| InProcessError::Url { url: served.url.clone(), source })?;
    Ok((served, endpoint))
}

impl fmt::Debug for InProcess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InProcess").field("url", &self.served.url).finish_non_exhaustive()
    }
}
