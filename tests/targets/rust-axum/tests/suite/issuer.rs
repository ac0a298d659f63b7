//! An issuer whose answers a test can change.

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, LOCATION, USER_AGENT};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use jsonwebtoken::get_current_timestamp;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::token::{changed, header, sign};

/// The published key.
pub(crate) const JWKS: &str = include_str!("../support/test-key.jwks.json");
/// A key that is not published unless a test says so.
pub(crate) const OTHER_JWK: &str = include_str!("../support/foreign-test-key.jwk.json");
/// The `kid` of [`OTHER_JWK`].
pub(crate) const OTHER_KID: &str = "badpenny-foreign-test-key";

/// The shape of the tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Okta,
    Rfc9068,
}

/// What the issuer answers next, and what it has seen.
pub(crate) struct Stage {
    /// The status of the key set.
    pub(crate) status: u16,
    /// The key set.
    pub(crate) keys: String,
    /// How long the key set takes.
    pub(crate) delay: Duration,
    /// Where it redirects to; on this host, `/elsewhere` publishes [`OTHER_JWK`].
    pub(crate) location: String,
    /// Members of the metadata.
    pub(crate) metadata: Value,
    /// How often the key set was fetched.
    pub(crate) fetches: usize,
    /// The header of the last fetch.
    pub(crate) fetched_with: HeaderMap,
}

/// Serves metadata and keys for as long as the test's runtime lives.
pub(crate) struct Issuer {
    /// Its `iss`.
    pub(crate) id: String,
    /// What its tokens look like.
    pub(crate) shape: Shape,
    stage: Arc<Mutex<Stage>>,
}

impl Issuer {
    /// Starts one on a free port, which publishes [`JWKS`].
    pub(crate) async fn start(shape: Shape) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let origin = format!("http://{}", listener.local_addr().expect("an address"));
        let id = format!("{origin}/oauth2/default");
        let stage = Arc::new(Mutex::new(Stage {
            status: 200,
            keys: JWKS.to_owned(),
            delay: Duration::ZERO,
            location: format!("{origin}/elsewhere"),
            metadata: json!({ "issuer": id, "jwks_uri": format!("{id}/v1/keys") }),
            fetches: 0,
            fetched_with: HeaderMap::new(),
        }));
        let routes = Router::new()
            .route("/oauth2/default/v1/keys", get(keys))
            .route("/.well-known/oauth-authorization-server/oauth2/default", get(metadata))
            .route("/elsewhere", get(async || format!("{{\"keys\":[{OTHER_JWK}]}}")))
            .with_state(Arc::clone(&stage));
        tokio::spawn(async { axum::serve(listener, routes).await });
        Self { id, shape, stage }
    }

    /// To change what it answers, and to see what it has seen.
    pub(crate) fn stage(&self) -> MutexGuard<'_, Stage> {
        self.stage.lock().expect("no test has panicked with it")
    }

    /// The header of a good token, but for the members that `changes` sets or removes.
    pub(crate) fn header(&self, changes: Value) -> Value {
        let good = match self.shape {
            Shape::Okta => header(json!({})),
            Shape::Rfc9068 => header(json!({ "typ": "at+jwt" })),
        };
        changed(good, changes)
    }

    /// The claims of a good token, but for those that `changes` sets or, by null, removes.
    pub(crate) fn claims(&self, changes: Value) -> Value {
        let now = get_current_timestamp();
        let good = json!({
            "jti": "AT.test", "iss": self.id, "aud": "api://default", "iat": now, "exp": now + 300, "sub": "0oaTest",
        });
        let own = match self.shape {
            Shape::Okta => json!({ "ver": 1, "cid": "0oaTest" }),
            Shape::Rfc9068 => json!({ "client_id": "0oaTest" }),
        };
        changed(changed(changed(good, own), self.grant(&["test_scope"])), changes)
    }

    /// The claim that grants `scopes`.
    pub(crate) fn grant(&self, scopes: &[&str]) -> Value {
        match self.shape {
            Shape::Okta => json!({ "scp": scopes }),
            Shape::Rfc9068 => json!({ "scope": scopes.join(" ") }),
        }
    }

    /// A good token, but for the claims that `changes` sets or removes.
    pub(crate) fn token(&self, changes: Value) -> String {
        sign(&self.header(json!({})), &self.claims(changes))
    }
}

async fn keys(State(stage): State<Arc<Mutex<Stage>>>, request: Request) -> Response {
    let (delay, answer) = {
        let mut stage = stage.lock().expect("no test has panicked with it");
        stage.fetches += 1;
        request.headers().clone_into(&mut stage.fetched_with);
        let status = StatusCode::from_u16(stage.status).expect("a status");
        (stage.delay, (status, [(LOCATION, stage.location.clone())], stage.keys.clone()))
    };
    tokio::time::sleep(delay).await;
    answer.into_response()
}

async fn metadata(State(stage): State<Arc<Mutex<Stage>>>) -> String {
    stage.lock().expect("no test has panicked with it").metadata.to_string()
}

/// keys/fetch-hygiene: whether a fetch said who asks, and nothing of who asked before.
pub(crate) fn is_clean(fetched_with: &HeaderMap) -> bool {
    fetched_with.contains_key(USER_AGENT)
        && !fetched_with.contains_key(AUTHORIZATION)
        && !fetched_with.contains_key("cookie")
}
