//! An issuer, and applications of it that prove themselves in several ways.

use std::collections::HashMap;

use mock_idp::MockIdp;
use mock_idp::claims::{DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET};
use mock_idp::clock::Clock;
use mock_idp::config::{AuthorizationServer, Client, Config};
use mock_idp::keys::{Algorithm, BuiltinKey, Role, SigningKey, builtin};
use reqwest::redirect::Policy;
use reqwest::{RequestBuilder, Response};
use serde_json::{Value, json};

use super::signed::Signed;

pub(crate) const NOW: i64 = 1_800_000_000;
/// Where the application listens; nobody does.
pub(crate) const CALLBACK: &str = "http://localhost:3000/callback";
/// RFC 7636, appendix B.
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(crate) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// Fields of a query or a form.
pub(crate) type Fields<'a> = Vec<(&'a str, &'a str)>;

pub(crate) struct App {
    pub(crate) idp: MockIdp,
    pub(crate) http: reqwest::Client,
    pub(crate) clock: Clock,
}

impl App {
    /// `default` with the test client, a public `spa`, a `service` that signs, a `bound`
    /// one that must hold a key, and a `pushing` one; `other` beside it.
    pub(crate) async fn start() -> Self {
        let mut default = AuthorizationServer::new("default");
        default.clients.extend([spa(), service(), bound(), pushing()]);
        let mut other = AuthorizationServer::new("other");
        other.clients.push(spa());
        Self::with(Config::default().with_server(default).with_server(other)).await
    }

    pub(crate) async fn with(config: Config) -> Self {
        let clock = Clock::fixed(NOW);
        let idp = MockIdp::builder().config(config).clock(clock.clone()).start().await.unwrap();
        let http = reqwest::Client::builder().no_proxy().redirect(Policy::none()).build().unwrap();
        Self { idp, http, clock }
    }

    /// The address of an endpoint of `default`.
    pub(crate) fn at(&self, endpoint: &str) -> String {
        format!("{}/v1/{endpoint}", self.idp.http_issuer())
    }

    /// A form by the test client.
    pub(crate) fn form(&self, endpoint: &str, fields: &Fields<'_>) -> RequestBuilder {
        self.public_form(endpoint, fields).basic_auth(DEFAULT_CLIENT_ID, Some(DEFAULT_CLIENT_SECRET))
    }

    /// A form without credentials beside it.
    pub(crate) fn public_form(&self, endpoint: &str, fields: &Fields<'_>) -> RequestBuilder {
        self.http.post(self.at(endpoint)).form(fields)
    }

    pub(crate) async fn authorize(&self, fields: &Fields<'_>) -> Response {
        let url = reqwest::Url::parse_with_params(&self.at("authorize"), fields).unwrap();
        self.http.get(url).send().await.unwrap()
    }

    /// Signs the user in without a page, and gets a code.
    pub(crate) async fn code(&self, fields: &Fields<'_>) -> String {
        fields_of(&self.authorize(fields).await)["code"].clone()
    }

    /// What the server's nonce is now.
    pub(crate) async fn nonce(&self) -> String {
        let proof = self.proof(&es256(), "token").signed();
        let answer = self.form("token", &for_client()).header("dpop", proof).send().await.unwrap();
        answer.headers()["dpop-nonce"].to_str().unwrap().to_owned()
    }

    /// A proof for a `POST` to an endpoint of `default`, without a nonce.
    pub(crate) fn proof(&self, key: &SigningKey, endpoint: &str) -> Signed {
        Signed::proof(key, "POST", &self.at(endpoint), self.clock.now())
    }

    /// The same as the header field takes it: signed, with the nonce of now.
    pub(crate) async fn fresh_proof(&self, key: &SigningKey, endpoint: &str) -> String {
        let nonce = self.nonce().await;
        self.proof(key, endpoint).claim("nonce", nonce).signed()
    }
}

/// What the test client needs no user for.
pub(crate) fn for_client<'a>() -> Fields<'a> {
    vec![("grant_type", "client_credentials"), ("scope", "test_scope")]
}

/// A whole authorization request of `spa`, which signs in without a page.
pub(crate) fn asked<'a>() -> Fields<'a> {
    vec![
        ("client_id", "spa"),
        ("response_type", "code"),
        ("redirect_uri", CALLBACK),
        ("scope", "openid profile offline_access"),
        ("state", "s-1"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
        ("login_hint", "ada@example.com"),
    ]
}

/// What redeems the code of [`asked`].
pub(crate) fn redeemed(code: &str) -> Fields<'_> {
    vec![
        ("grant_type", "authorization_code"),
        ("client_id", "spa"),
        ("code", code),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
    ]
}

/// The fields with another value for one of them; an empty one takes it away.
pub(crate) fn with<'a>(mut fields: Fields<'a>, name: &'a str, value: &'a str) -> Fields<'a> {
    fields.retain(|(known, _)| *known != name);
    if !value.is_empty() {
        fields.push((name, value));
    }
    fields
}

pub(crate) fn es256() -> SigningKey {
    builtin(BuiltinKey::AttackerP256)
}

pub(crate) fn rs256() -> SigningKey {
    builtin(BuiltinKey::Attacker)
}

/// A key that signs with any algorithm.
pub(crate) fn key_for(algorithm: Algorithm) -> SigningKey {
    Role::Attacker.key(algorithm)
}

/// What a redirect brings back to the application.
pub(crate) fn fields_of(answer: &Response) -> HashMap<String, String> {
    assert_eq!(answer.status(), 302);
    let location = answer.headers()["location"].to_str().unwrap();
    reqwest::Url::parse(location).unwrap().query_pairs().into_owned().collect()
}

pub(crate) async fn send(request: RequestBuilder) -> (u16, String) {
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    (status, answer.text().await.unwrap())
}

pub(crate) async fn json_of(request: RequestBuilder) -> Value {
    let (status, body) = send(request).await;
    assert!(status < 300, "{status} {body}");
    serde_json::from_str(&body).unwrap()
}

pub(crate) fn oauth_error(status: u16, error: &str, description: &str) -> (u16, String) {
    (status, format!(r#"{{"error":"{error}","error_description":"{description}"}}"#))
}

pub(crate) fn service_key() -> SigningKey {
    builtin(BuiltinKey::IssuerP256).with_kid("k1")
}

fn spa() -> Client {
    let mut spa = Client::public("spa");
    spa.redirect_uris = vec![CALLBACK.into()];
    spa
}

fn service() -> Client {
    let jwk: Value = serde_json::from_str(&service_key().public_jwk().to_text()).unwrap();
    let mut service = Client::with_jwks("service", &json!({ "keys": [jwk] })).unwrap();
    service.redirect_uris = vec![CALLBACK.into()];
    service.grants = Client::test_client().grants;
    service
}

fn bound() -> Client {
    let mut bound = Client::new("bound", "bound-secret");
    bound.dpop_bound_access_tokens = true;
    bound
}

fn pushing() -> Client {
    let mut pushing = spa();
    pushing.id = "pushing".into();
    pushing.require_pushed_authorization_requests = true;
    pushing
}
