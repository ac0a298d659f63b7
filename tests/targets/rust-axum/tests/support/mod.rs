//! An issuer small enough to live in a test: one published key, and tokens signed with it.
//!
//! The tests of the sound servers and of `leaky` share what is here. `*-test-key.pem` were made
//! for it and protect nothing.

mod token;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;
use jsonwebtoken::get_current_timestamp;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use token::changed;
pub(crate) use token::{header, segment, sign, sign_with};

/// Serves the key set at `{url}/v1/keys` for as long as the test's runtime lives.
pub(crate) struct Issuer {
    /// Its `iss`.
    pub(crate) url: String,
    fetches: Arc<AtomicUsize>,
}

impl Issuer {
    /// Starts one on a free port.
    pub(crate) async fn start() -> Self {
        let fetches = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&fetches);
        let keys = get(async move || {
            counter.fetch_add(1, Ordering::Relaxed);
            let head = [("content-type", "application/json"), ("cache-control", "max-age=600")];
            (StatusCode::OK, head, include_str!("test-key.jwks.json"))
        });
        let metadata = get(async || r#"{"id_token_signing_alg_values_supported":["RS256"]}"#);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let url = format!("http://{address}/oauth2/default");
        let routes = Router::new()
            .route("/oauth2/default/v1/keys", keys)
            .route("/oauth2/default/.well-known/openid-configuration", metadata);
        tokio::spawn(async { axum::serve(listener, routes).await });
        Self { url, fetches }
    }

    /// How often the key set was fetched.
    pub(crate) fn fetches(&self) -> usize {
        self.fetches.load(Ordering::Relaxed)
    }

    /// The claims of a good access token, in Okta's shape.
    pub(crate) fn claims(&self) -> Value {
        let now = get_current_timestamp();
        json!({
            "ver": 1, "jti": "AT.test", "iss": self.url, "aud": "api://default",
            "iat": now, "exp": now + 300, "cid": "0oaTest", "scp": ["test_scope"], "sub": "0oaTest",
        })
    }

    /// A good access token, but for the claims that `changes` sets or, by null, removes.
    pub(crate) fn token(&self, changes: Value) -> String {
        sign(&header(json!({})), &changed(self.claims(), changes))
    }
}

/// What a server answered.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The status code.
    pub(crate) status: u16,
    /// `WWW-Authenticate`, or nothing.
    pub(crate) challenge: String,
    /// The body as text.
    pub(crate) body: String,
}

/// Sends `GET url` with these `Authorization` header lines.
pub(crate) async fn ask(client: &reqwest::Client, url: &str, authorization: &[&str]) -> Option<Answer> {
    let request = authorization.iter().fold(client.get(url), |request, line| request.header("Authorization", *line));
    let response = request.send().await.ok()?;
    let challenge = response.headers().get("WWW-Authenticate");
    Some(Answer {
        status: response.status().as_u16(),
        challenge: challenge.map_or(String::new(), |value| String::from_utf8_lossy(value.as_bytes()).into_owned()),
        body: response.text().await.ok()?,
    })
}
