//! The attacker's listener: what a token points to with `jku`, `x5u`, `kid` or
//! `iss`, to see whether the target goes there.
//!
//! It listens on loopback, serves the attacker's key set (at every path) and
//! certificate (at paths that end in `.pem`), and counts every request. An
//! open redirect is at `/redirect`.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use mock_idp::keys::{BuiltinKey, builtin};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// The listener while it runs; dropping it ends it.
#[derive(Debug)]
#[must_use = "the listener ends when this is dropped"]
pub struct Listener {
    address: SocketAddr,
    hits: Arc<AtomicU64>,
    _stop: oneshot::Sender<()>,
}

/// Why the listener does not start.
#[derive(Debug, thiserror::Error)]
#[error("no port of 127.0.0.1 is free for the attacker's listener: {0}")]
pub struct ListenerError(#[from] std::io::Error);

impl Listener {
    /// Listens on a free port of 127.0.0.1.
    ///
    /// # Errors
    ///
    /// [`ListenerError`] when no port can be had.
    pub async fn start() -> Result<Self, ListenerError> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let hits = Arc::new(AtomicU64::new(0));
        let (stop, stopped) = oneshot::channel::<()>();
        let server = axum::serve(listener, Router::new().fallback(answer).with_state(Arc::clone(&hits)));
        tokio::spawn(server.with_graceful_shutdown(async move { drop(stopped.await) }).into_future());
        Ok(Self { address, hits, _stop: stop })
    }

    /// Its base address, such as `http://127.0.0.1:4711`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How many requests have come.
    #[must_use]
    pub fn hits(&self) -> u64 {
        self.hits.load(Ordering::Relaxed)
    }
}

async fn answer(State(hits): State<Arc<AtomicU64>>, request: Request) -> Response {
    hits.fetch_add(1, Ordering::Relaxed);
    let key = builtin(BuiltinKey::Attacker);
    match request.uri().path() {
        path if path.ends_with(".pem") => certificate(&key),
        "/redirect" => (StatusCode::FOUND, [(header::LOCATION, "/keys")]).into_response(),
        _ => {
            let keys = format!("{{\"keys\":[{}]}}", key.public_jwk().to_text());
            ([(header::CONTENT_TYPE, "application/json")], keys).into_response()
        }
    }
}

fn certificate(key: &mock_idp::keys::SigningKey) -> Response {
    match key.certificate() {
        Some(certificate) => ([(header::CONTENT_TYPE, "application/x-pem-file")], certificate.pem()).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_request_is_counted_and_gets_the_attackers_keys() {
        let listener = Listener::start().await.unwrap();
        assert_eq!(listener.hits(), 0);
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let get = async |path: &str| {
            client.get(format!("{}{path}", listener.url())).send().await.unwrap().text().await.unwrap()
        };
        assert!(get("/any/jwks.json").await.contains("badpenny-attacker-1"));
        assert!(get("/a.pem").await.contains("BEGIN CERTIFICATE"));
        assert_eq!(listener.hits(), 2);
    }
}
