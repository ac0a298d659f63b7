use std::time::Duration;

use mock_idp::claims::TokenSettings;
use mock_idp::clock::Clock;
use mock_idp::forge::{ForgeContext, forge};
use mock_idp::keys::{BuiltinKey, KeySet, builtin};
use mock_idp::mutation::Mutation;
use mock_idp::random::Random;
use rstest::rstest;
use serde_json::{Value, json};

use super::issuer::Issuer;
use crate::demo::{Demo, DemoError, DemoSettings};
use crate::http::{Answer, Client, ClientSettings, Connection, Endpoint, FailureKind, Request};

/// A demo server, the issuer that it trusts, and tokens of that issuer.
struct Stage {
    issuer: Issuer,
    demo: Demo,
    tokens: ForgeContext,
}

impl Stage {
    async fn open(issuer: Issuer) -> Self {
        let tokens = ForgeContext {
            settings: TokenSettings::new(issuer.url()),
            keys: keys(),
            now: Clock::system().now(),
            random: Random::seeded(1),
            token_id: "t".repeat(43),
            given: None,
        };
        let settings = DemoSettings::new(issuer.url(), issuer.ca_pem());
        let demo = Demo::start(DemoSettings { refetch_cooldown: Duration::ZERO, ..settings }).await.unwrap();
        Self { issuer, demo, tokens }
    }

    fn token(&self, edits: &Value) -> Vec<u8> {
        let mutation = Mutation::from_json(edits).unwrap();
        forge(&self.tokens, &mutation).unwrap().token.expose().to_vec()
    }

    fn control(&self) -> Vec<u8> {
        self.token(&json!([]))
    }

    fn endpoint(&self) -> Endpoint {
        self.demo.url().parse().unwrap()
    }

    async fn send(&self, request: &Request) -> Answer {
        client().send(&self.endpoint(), request, Connection::Fresh).await.unwrap()
    }

    /// Sends the control with another method and path.
    async fn send_control(&self, method: &str, path: &str) -> Answer {
        self.send(&Request::to(method, &self.endpoint()).target(path).bearer(self.control())).await
    }
}

fn keys() -> KeySet {
    KeySet::new(builtin(BuiltinKey::Issuer))
}

fn client() -> Client {
    Client::new(ClientSettings { deadline: Duration::from_secs(10), ..ClientSettings::default() }).unwrap()
}

async fn stage() -> Stage {
    Stage::open(Issuer::https(keys().jwks()).await).await
}

fn challenge(answer: &Answer) -> String {
    let mut lines = answer.header_values("WWW-Authenticate");
    let line = String::from_utf8(lines.next().unwrap_or_default().to_vec()).unwrap();
    assert_eq!(lines.next(), None);
    line
}

#[tokio::test]
async fn a_valid_token_of_an_https_issuer_is_greeted() {
    let answer = stage().await.send_control("GET", "/").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("Content-Type"), Some(&b"application/json"[..]));
    assert_eq!(answer.body.text(), r#"{"message":"Hello, world!","sub":"0oaBadpennyTestClien"}"#);
}

#[rstest]
#[case("HEAD", "/", 200)]
#[case("POST", "/", 405)]
#[case("FOO", "/", 405)]
#[case("GET", "/nothing", 404)]
#[case("GET", "//", 404)]
#[case("OPTIONS", "*", 404)]
#[tokio::test]
async fn methods_and_paths_are_told_apart_behind_the_guard_only(
    #[case] method: &str,
    #[case] path: &str,
    #[case] status: u16,
) {
    let stage = stage().await;
    let admitted = stage.send_control(method, path).await;
    assert_eq!(admitted.status, status);
    assert_eq!(admitted.header("Cache-Control"), Some(&b"no-store"[..]));
    let unknown = stage.send(&Request::to(method, &stage.endpoint()).target(path)).await;
    assert_eq!(unknown.status, 401);
    assert_eq!(unknown.header("Cache-Control"), Some(&b"no-store"[..]));
}

#[tokio::test]
async fn without_a_token_the_challenge_has_no_error_code() {
    let stage = stage().await;
    let answer = stage.send(&Request::get(&stage.endpoint())).await;
    assert_eq!((answer.status, challenge(&answer).as_str()), (401, r#"Bearer realm="badpenny-demo""#));
    assert_eq!(stage.issuer.fetches(), 0);
}

#[tokio::test]
async fn two_authorization_lines_are_a_bad_request() {
    let stage = stage().await;
    let request = Request::get(&stage.endpoint()).bearer(stage.control()).bearer(stage.control());
    let answer = stage.send(&request).await;
    assert_eq!(answer.status, 400);
    assert_eq!(challenge(&answer), r#"Bearer realm="badpenny-demo", error="invalid_request""#);
}

#[tokio::test]
async fn a_missing_scope_is_named_in_the_challenge() {
    let stage = stage().await;
    let token = stage.token(&json!([{"claim": "scp", "set": ["other"]}]));
    let answer = stage.send(&Request::get(&stage.endpoint()).bearer(token)).await;
    assert_eq!(answer.status, 403);
    assert_eq!(challenge(&answer), r#"Bearer realm="badpenny-demo", error="insufficient_scope", scope="test_scope""#);
}

#[tokio::test]
async fn nothing_of_a_bad_token_is_repeated() {
    let stage = stage().await;
    let token = stage.token(&json!([
        {"header": "kid", "set": "canary-kid\r\nX-Canary: 1"},
        {"claim": "iss", "set": "canary-iss"},
        {"claim": "sub", "set": "canary-sub"}
    ]));
    let answer = stage.send(&Request::get(&stage.endpoint()).bearer(&token)).await;
    assert_eq!(answer.status, 401);
    assert!(challenge(&answer).contains(r#"error="invalid_token""#));
    assert!(answer.header("X-Canary").is_none());
    assert!(!format!("{:?}{}", answer.headers, answer.body.text()).contains("canary"));
}

#[tokio::test]
async fn without_keys_it_is_unavailable_and_recovers() {
    let stage = Stage::open(Issuer::http("<html>".to_owned()).await).await;
    let answer = stage.send_control("GET", "/").await;
    assert_eq!(answer.status, 503);
    assert!(answer.header("Retry-After").is_some());
    assert_eq!(answer.body.text(), "the issuer's answer is no key set\n");
    stage.issuer.publish(keys().jwks());
    assert_eq!(stage.send_control("GET", "/").await.status, 200);
}

#[tokio::test]
async fn an_issuer_with_a_certificate_of_another_ca_gives_no_keys() {
    let (issuer, other) = (Issuer::https(keys().jwks()).await, Issuer::https(String::new()).await);
    let demo = Demo::start(DemoSettings::new(issuer.url(), other.ca_pem())).await.unwrap();
    let mut stage = Stage::open(issuer).await;
    stage.demo = demo;
    assert_eq!(stage.send_control("GET", "/").await.status, 503);
    assert_eq!(stage.issuer.fetches(), 0);
}

#[tokio::test]
async fn a_drop_ends_the_server() {
    let stage = stage().await;
    let endpoint = stage.endpoint();
    let request = Request::get(&endpoint);
    assert!(client().send(&endpoint, &request, Connection::Fresh).await.is_ok());
    drop(stage);
    let refused = async || match client().send(&endpoint, &request, Connection::Fresh).await {
        Err(failure) => matches!(failure.kind, FailureKind::Refused { .. }),
        Ok(_) => false,
    };
    let ended = async {
        while !refused().await {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(5), ended).await.unwrap();
}

#[tokio::test]
async fn settings_that_can_not_work_are_told_at_the_start() {
    let settings = DemoSettings::new("http://127.0.0.1:1", "");
    let error = Demo::start(DemoSettings { scope: "a b".into(), ..settings.clone() }).await.unwrap_err();
    assert!(matches!(&error, DemoError::Scope { scope } if scope == "a b"), "{error}");
    let error = Demo::start(DemoSettings { issuer: "nowhere".into(), ..settings }).await.unwrap_err();
    assert_eq!(error.to_string(), "the issuer has its key set at \"nowhere/v1/keys\", which is no http or https URL");
}
