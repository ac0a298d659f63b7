//! The server against a small issuer: what it must take, what it must refuse, and how.

mod support;

use std::time::Duration;

use rust_axum::{Settings, http_client, serve};
use serde_json::{Value, json};
use support::{Answer, Issuer, ask, header, segment, sign, sign_with};
use tokio::net::TcpListener;

struct Bench {
    issuer: Issuer,
    url: String,
    client: reqwest::Client,
}

impl Bench {
    async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    async fn start_with(adjust: fn(&mut Settings)) -> Self {
        let issuer = Issuer::start().await;
        let client = http_client().expect("a client");
        let mut settings = Settings::new(&issuer.url, client.clone());
        adjust(&mut settings);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}/", listener.local_addr().expect("an address"));
        tokio::spawn(serve(listener, settings));
        Self { issuer, url, client }
    }

    async fn send(&self, authorization: &[&str]) -> Answer {
        ask(&self.client, &self.url, authorization).await.expect("an answer")
    }

    async fn bearer(&self, token: &str) -> Answer {
        self.send(&[&format!("Bearer {token}")]).await
    }

    async fn assert_invalid(&self, token: &str) {
        let answer = self.bearer(token).await;
        assert_eq!(answer.status, 401, "{token}: {answer:?}");
        assert!(answer.challenge.starts_with("Bearer realm="), "{answer:?}");
        assert!(answer.challenge.contains("error=\"invalid_token\""), "{answer:?}");
    }
}

#[tokio::test]
async fn a_good_token_gets_the_resource_and_is_named() {
    let bench = Bench::start().await;

    let answer = bench.bearer(&bench.issuer.token(json!({}))).await;

    assert_eq!(answer.status, 200);
    let body: Value = serde_json::from_str(&answer.body).expect("JSON");
    assert_eq!(body, json!({ "message": "Hello, world!", "sub": "0oaTest" }));
}

#[tokio::test]
async fn every_legal_form_of_a_good_token_is_taken() {
    let bench = Bench::start().await;
    for changes in
        [json!({ "scp": ["a", "test_scope", "b"] }), json!({ "aud": ["https://other.example", "api://default"] })]
    {
        let token = bench.issuer.token(changes.clone());
        assert_eq!(bench.bearer(&token).await.status, 200, "{changes}");
    }
    for scheme in ["bearer", "BEARER", "bEaReR"] {
        let token = bench.issuer.token(json!({}));
        assert_eq!(bench.send(&[&format!("{scheme} {token}")]).await.status, 200, "{scheme}");
    }
}

#[tokio::test]
async fn a_request_without_a_bearer_token_is_challenged_without_an_error() {
    let bench = Bench::start().await;
    for lines in [&[][..], &["Basic YTpi"]] {
        let answer = bench.send(lines).await;
        assert_eq!(answer.status, 401);
        assert_eq!(answer.challenge, "Bearer realm=\"rust-axum\"");
    }
}

#[tokio::test]
async fn two_authorization_lines_are_an_invalid_request() {
    let bench = Bench::start().await;
    let line = format!("Bearer {}", bench.issuer.token(json!({})));

    let answer = bench.send(&[&line, &line]).await;

    assert_eq!(answer.status, 400);
    assert!(answer.challenge.contains("error=\"invalid_request\""), "{answer:?}");
}

#[tokio::test]
async fn bad_claims_are_refused() {
    let bench = Bench::start().await;
    let now = jsonwebtoken::get_current_timestamp();
    for changes in [
        json!({ "exp": now - 3600 }),
        json!({ "exp": null }),
        json!({ "exp": "9999999999" }),
        json!({ "nbf": now + 3600 }),
        json!({ "iss": "https://other.example" }),
        json!({ "iss": [bench.issuer.url] }),
        json!({ "iss": null }),
        json!({ "aud": "api://other" }),
        json!({ "aud": null }),
        json!({ "aud": "0oaTest", "scp": null, "cid": null, "nonce": "n" }),
        json!({ "aud": ["0oaTest", "api://default"], "scp": null, "cid": null, "nonce": "n" }),
    ] {
        bench.assert_invalid(&bench.issuer.token(changes)).await;
    }
}

#[tokio::test]
async fn a_missing_scope_is_forbidden() {
    let bench = Bench::start().await;
    for scp in [
        json!(["other"]),
        json!(["test_scope_x"]),
        json!(["Test_Scope"]),
        json!(["other test_scope"]),
        json!("x_test_scope"),
        json!([]),
        Value::Null,
    ] {
        let answer = bench.bearer(&bench.issuer.token(json!({ "scp": scp }))).await;
        assert_eq!(answer.status, 403, "{scp}");
        assert!(answer.challenge.contains("error=\"insufficient_scope\""), "{answer:?}");
        assert!(answer.challenge.ends_with("scope=\"test_scope\""), "{answer:?}");
    }
}

#[tokio::test]
async fn a_token_that_was_not_signed_as_it_stands_is_refused() {
    let bench = Bench::start().await;
    let good = bench.issuer.token(json!({}));
    let (message, signature) = good.rsplit_once('.').expect("three segments");
    let (head, _) = message.split_once('.').expect("three segments");
    let claims = bench.issuer.claims();
    let other = segment(&bench.issuer.claims()).replace('a', "b");
    let unsigned = segment(&header(json!({ "alg": "none" })));
    let foreign = include_bytes!("support/foreign-test-key.pem");
    let jwk: Value = serde_json::from_str(include_str!("support/foreign-test-key.jwk.json")).expect("a key");
    for token in [
        "abc".to_owned(),
        "..".to_owned(),
        message.to_owned(),
        format!("{message}."),
        format!("{good}."),
        format!("{good}.x"),
        format!(".{message}"),
        format!("{head}..{signature}"),
        format!("{head}.{other}.{signature}"),
        format!("{unsigned}.{}.", segment(&claims)),
        sign(&header(json!({ "crit": ["x-badpenny"], "x-badpenny": 1 })), &claims),
        sign(&header(json!({ "kid": null })), &claims),
        sign(&header(json!({ "typ": "logout+jwt" })), &claims),
        sign_with(foreign, &header(json!({})), &claims),
        sign_with(foreign, &header(json!({ "jwk": jwk })), &claims),
    ] {
        bench.assert_invalid(&token).await;
    }
}

#[tokio::test]
async fn unknown_keys_are_looked_up_once_in_a_cooldown() {
    let bench = Bench::start().await;
    assert_eq!(bench.bearer(&bench.issuer.token(json!({}))).await.status, 200);
    for kid in ["a", "b", "c", "d"] {
        let token = sign(&header(json!({ "kid": kid })), &bench.issuer.claims());
        bench.assert_invalid(&token).await;
    }
    assert_eq!(bench.issuer.fetches(), 1);
}

#[tokio::test]
async fn an_unknown_key_is_looked_up_after_the_cooldown() {
    let bench = Bench::start_with(|settings| settings.jwks.cooldown = Duration::ZERO).await;
    assert_eq!(bench.bearer(&bench.issuer.token(json!({}))).await.status, 200);

    bench.assert_invalid(&sign(&header(json!({ "kid": "new" })), &bench.issuer.claims())).await;

    assert_eq!(bench.issuer.fetches(), 2);
}

#[tokio::test]
async fn a_herd_of_first_requests_fetches_the_keys_once() {
    let bench = Bench::start().await;
    let token = bench.issuer.token(json!({}));
    let (a, b, c, d) =
        tokio::join!(bench.bearer(&token), bench.bearer(&token), bench.bearer(&token), bench.bearer(&token),);
    assert!([a, b, c, d].iter().all(|answer| answer.status == 200));
    assert_eq!(bench.issuer.fetches(), 1);
}

#[tokio::test]
async fn without_the_keys_of_the_issuer_nothing_is_judged() {
    let bench = Bench::start_with(|settings| settings.jwks.url += "/nowhere").await;

    let answer = bench.bearer(&bench.issuer.token(json!({}))).await;

    assert_eq!(answer.status, 503);
    assert_eq!(answer.challenge, "");
    assert!(!answer.body.contains("nowhere"), "{answer:?}");
}
