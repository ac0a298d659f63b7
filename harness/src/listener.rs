//! The attacker's listener: what a token points to with `jku`, `x5u`, `kid` or
//! `iss`, to see whether the target goes there.
//!
//! It listens on loopback, or where the target can reach it, and each case has a path of its own below which
//! calls are counted for as long as the run lasts. There it serves the
//! attacker's key set (at every path), a certificate (at paths that end in
//! `.pem`), a discovery document that leads to the keys, so that a target which
//! discovers can go all the way, and an open redirect at `redirect`.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use mock_idp::keys::{Algorithm, BuiltinKey, KeyKind, Role, builtin};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// The listener while it runs; dropping it ends it.
#[derive(Debug)]
#[must_use = "the listener ends when this is dropped"]
pub struct Listener {
    address: SocketAddr,
    /// Names of those who have a path, which is their place in this list.
    names: Vec<String>,
    hits: Hits,
    _stop: oneshot::Sender<()>,
}

/// Calls by the first part of their path.
type Hits = Arc<Mutex<HashMap<String, u64>>>;

/// Why the listener does not start.
#[derive(Debug, thiserror::Error)]
#[error("the attacker's listener can't have {at}: {source}")]
pub struct ListenerError {
    /// Where it was to listen.
    pub at: SocketAddr,
    /// What the system said.
    pub source: std::io::Error,
}

/// Where it listens where nothing else is said.
pub const LOCAL: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

impl Listener {
    /// Listens at an address under which the target reaches this machine (port 0: a
    /// free one), with a path for each of these names.
    ///
    /// # Errors
    ///
    /// [`ListenerError`] when the address can't be had.
    pub async fn start(names: Vec<String>, at: SocketAddr) -> Result<Self, ListenerError> {
        let unavailable = |source| ListenerError { at, source };
        let listener = TcpListener::bind(at).await.map_err(unavailable)?;
        let address = listener.local_addr().map_err(unavailable)?;
        let hits = Hits::default();
        let (stop, stopped) = oneshot::channel::<()>();
        let site = Site { address, hits: Arc::clone(&hits) };
        let server = axum::serve(listener, Router::new().fallback(answer).with_state(site));
        tokio::spawn(server.with_graceful_shutdown(async move { drop(stopped.await) }).into_future());
        Ok(Self { address, names, hits, _stop: stop })
    }

    /// The base address of a name, such as `http://127.0.0.1:4711/c3`; that of
    /// the listener for one that has none.
    #[must_use]
    pub fn url_of(&self, name: &str) -> String {
        match self.path_of(name) {
            Some(path) => format!("http://{}/{path}", self.address),
            None => format!("http://{}", self.address),
        }
    }

    /// How many requests have come to a name's paths so far.
    #[must_use]
    pub fn hits_of(&self, name: &str) -> u64 {
        let hits = self.hits.lock().unwrap_or_else(PoisonError::into_inner);
        self.path_of(name).and_then(|path| hits.get(&path).copied()).unwrap_or_default()
    }

    /// Whether anybody has called one of its paths.
    #[must_use]
    pub fn was_called(&self) -> bool {
        self.names.iter().any(|name| self.hits_of(name) > 0)
    }

    fn path_of(&self, name: &str) -> Option<String> {
        self.names.iter().position(|known| known == name).map(|index| format!("c{index}"))
    }
}

/// What an answer is made of.
#[derive(Clone)]
struct Site {
    address: SocketAddr,
    hits: Hits,
}

async fn answer(State(site): State<Site>, request: Request) -> Response {
    let path = request.uri().path();
    let owner = owner_of(path);
    *site.hits.lock().unwrap_or_else(PoisonError::into_inner).entry(owner.to_owned()).or_default() += 1;
    let key = builtin(BuiltinKey::Attacker);
    match path {
        path if path.ends_with(".pem") => certificate(&key),
        path if path.ends_with("/redirect") => {
            (StatusCode::FOUND, [(header::LOCATION, format!("/{owner}/keys"))]).into_response()
        }
        path if path.contains(WELL_KNOWN) => typed(JSON, discovery(&format!("http://{}/{owner}", site.address))),
        _ => typed(JSON, attackers_keys()),
    }
}

const WELL_KNOWN: &str = "/.well-known/";
const JSON: &str = "application/json";

/// Whose path it is: its first part, or what stands behind the document's name
/// where the path of an issuer was put there (RFC 8414, section 3.1).
fn owner_of(path: &str) -> &str {
    let inserted = path.strip_prefix(WELL_KNOWN).and_then(|rest| rest.split_once('/')).map(|(_, rest)| rest);
    inserted.unwrap_or(path).trim_start_matches('/').split('/').next().unwrap_or_default()
}

/// What OpenID Connect Discovery and RFC 8414 ask of a document.
/// The attacker's keys of every kind, since the issuer may be of any. None names an
/// algorithm: each does for all of its kind.
fn attackers_keys() -> String {
    let kinds = KeyKind::ALL.into_iter().map(|(_, kind)| kind).filter(|kind| *kind != KeyKind::Secret);
    let jwk = |kind| {
        let key = Role::Attacker.key(Algorithm::usual(kind));
        key.bare_jwk().with("kid", key.kid()).with("use", "sig").to_text()
    };
    format!("{{\"keys\":[{}]}}", kinds.map(jwk).collect::<Vec<_>>().join(","))
}

fn discovery(issuer: &str) -> String {
    let document = json!({
        "issuer": issuer,
        "jwks_uri": format!("{issuer}/keys"),
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
    });
    document.to_string()
}

fn certificate(key: &mock_idp::keys::SigningKey) -> Response {
    match key.certificate() {
        Some(certificate) => typed("application/x-pem-file", certificate.pem()),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn typed(media_type: &'static str, body: String) -> Response {
    let head: [(HeaderName, &str); 1] = [(header::CONTENT_TYPE, media_type)];
    (head, body).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn get(url: String) -> String {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        client.get(url).send().await.unwrap().text().await.unwrap()
    }

    async fn listener() -> Listener {
        Listener::start(vec!["a/b@c".into(), "d/e@f".into()], LOCAL).await.unwrap()
    }

    #[tokio::test]
    async fn every_request_is_counted_for_its_case_and_gets_the_attackers_keys() {
        let listener = listener().await;
        let (one, other) = (listener.url_of("a/b@c"), listener.url_of("d/e@f"));
        assert!(get(format!("{one}/any/jwks.json")).await.contains("badpenny-attacker-1"));
        assert!(get(format!("{one}/a.pem")).await.contains("BEGIN CERTIFICATE"));
        // A redirect leads to the keys of the same case.
        assert!(get(format!("{other}/redirect")).await.contains("badpenny-attacker-1"));
        assert_eq!((listener.hits_of("a/b@c"), listener.hits_of("d/e@f"), listener.hits_of("x")), (2, 2, 0));
    }

    #[tokio::test]
    async fn a_target_that_discovers_is_led_to_the_keys_in_either_place_of_the_document() {
        let listener = listener().await;
        let issuer = listener.url_of("d/e@f");
        let inserted = issuer.replace("/c1", "/.well-known/oauth-authorization-server/c1");
        for place in [format!("{issuer}/.well-known/openid-configuration"), inserted] {
            let document: serde_json::Value = serde_json::from_str(&get(place).await).unwrap();
            assert_eq!(document["issuer"], issuer);
            assert!(get(document["jwks_uri"].as_str().unwrap().to_owned()).await.contains("badpenny-attacker-1"));
        }
        assert_eq!(listener.hits_of("d/e@f"), 4);
    }
}
