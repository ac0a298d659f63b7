use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::http::header;
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};
use mock_idp::keys::Algorithm;
use serde::Serialize;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use super::claims::{Rules, Subject, is_scope_value};
use super::gate::{Gate, Keys, Origin, guard};
use super::keys::KeyCache;
use super::settings::DemoSettings;
use super::source::{KeySource, SourceError};
use super::verifying_key::VerifyingKey;

/// The demo server while it runs; dropping it ends it.
///
/// `GET /` is the protected route and answers
/// `{"message":"Hello, world!","sub":"..."}`. Every other path and method is
/// behind the same guard and answers 404 or 405 once the token is accepted.
#[must_use = "the server ends when this is dropped"]
pub struct Demo {
    address: SocketAddr,
    url: String,
    /// Closed by the drop, which the server waits for.
    _stop: oneshot::Sender<()>,
}

/// Why the demo server does not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DemoError {
    /// The scope can't stand in a token or in a challenge (RFC 6749, section 3.3).
    #[error("\"{scope}\" is no scope value: give one value without spaces, quotes and backslashes")]
    Scope {
        /// The scope of the settings.
        scope: String,
    },
    /// The issuer's keys could never be fetched.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The key that it was handed is none for its algorithm.
    #[error("the key that was handed over is none for {algorithm}")]
    Key {
        /// The algorithm of the settings.
        algorithm: Algorithm,
    },
    /// No port of 127.0.0.1 could be had.
    #[error("no port of 127.0.0.1 is free for the demo server: {0}")]
    Bind(#[source] std::io::Error),
}

impl Demo {
    /// Binds a free port of 127.0.0.1 and serves there. Nothing is fetched from
    /// the issuer until the first token arrives.
    ///
    /// # Errors
    ///
    /// [`DemoError`] when the scope is none, the issuer is no URL, its
    /// certificates are not readable, or no port can be had.
    pub async fn start(settings: DemoSettings) -> Result<Self, DemoError> {
        let gate = gate(settings)?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(DemoError::Bind)?;
        let address = listener.local_addr().map_err(DemoError::Bind)?;
        let (stop, stopped) = oneshot::channel::<()>();
        let server = axum::serve(listener, router(gate)).with_graceful_shutdown(async move {
            let _ = stopped.await;
        });
        tokio::spawn(server.into_future());
        Ok(Self { address, url: format!("http://{address}/"), _stop: stop })
    }

    /// URL of the protected route, `http://127.0.0.1:<port>/`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl fmt::Debug for Demo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Demo").field("address", &self.address).finish_non_exhaustive()
    }
}

fn gate(settings: DemoSettings) -> Result<Gate, DemoError> {
    let DemoSettings { issuer, audience, scope, dialect, algorithm, handed, ca_pem, refetch_cooldown, clock } =
        settings;
    if !is_scope_value(&scope) {
        return Err(DemoError::Scope { scope });
    }
    let origin = match handed {
        Some(key) => {
            let key = Some(key).filter(|key| key.algorithm() == algorithm);
            let key = key.as_ref().and_then(VerifyingKey::handed).ok_or(DemoError::Key { algorithm })?;
            Origin::Handed(Box::new(key))
        }
        None => {
            let source = KeySource::new(&dialect.jwks_uri(&issuer), &ca_pem, algorithm)?;
            Origin::Fetched(Arc::new(KeyCache::new(source, refetch_cooldown)))
        }
    };
    Ok(Gate::new(Rules { issuer, audience, scope, dialect }, Keys { algorithm, origin }, clock))
}

/// The guard is around the whole router, so that no route can be forgotten and
/// nobody without a token learns which routes there are.
fn router(gate: Gate) -> Router {
    Router::new().route("/", get(hello)).layer(from_fn_with_state(Arc::new(gate), guard))
}

async fn hello(Extension(Subject(sub)): Extension<Subject>) -> Response {
    let body = serde_json::to_string(&Hello { message: "Hello, world!", sub: &sub });
    ([(header::CONTENT_TYPE, "application/json")], body.unwrap_or_default()).into_response()
}

#[derive(Serialize)]
struct Hello<'a> {
    message: &'static str,
    sub: &'a str,
}
