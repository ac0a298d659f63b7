//! The program against a small issuer: what it must take, what it must refuse, and how.

#[path = "../../rust-axum/tests/support/mod.rs"]
mod support;

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use support::{Answer, Issuer, ask, header, segment, sign, sign_with};

/// The program, on a free port, for one test.
struct Program {
    issuer: Issuer,
    url: String,
    client: reqwest::Client,
    child: Child,
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Program {
    async fn start() -> Self {
        let issuer = Issuer::start().await;
        let mut child = Command::new(env!("CARGO_BIN_EXE_rust-actix"))
            .env("ISSUER", &issuer.url)
            .env("SERVER_PORT", "0")
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let stdout = child.stdout.take().expect("a pipe");
        let line = BufReader::new(stdout).lines().next().expect("a line").expect("text");
        let url = line.rsplit(' ').next().expect("a word").to_owned();
        let client = reqwest::Client::builder().build().expect("a client");
        Self { issuer, url, client, child }
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
        assert!(answer.challenge.contains("error=\"invalid_token\""), "{answer:?}");
    }
}

#[tokio::test]
async fn good_tokens_get_the_resource_in_every_legal_form() {
    let program = Program::start().await;
    let answer = program.bearer(&program.issuer.token(json!({}))).await;
    assert_eq!(answer.status, 200);
    let body: Value = serde_json::from_str(&answer.body).expect("JSON");
    assert_eq!(body, json!({ "message": "Hello, world!", "sub": "0oaTest" }));

    for changes in
        [json!({ "scp": ["a", "test_scope", "b"] }), json!({ "aud": ["https://other.example", "api://default"] })]
    {
        let token = program.issuer.token(changes.clone());
        assert_eq!(program.bearer(&token).await.status, 200, "{changes}");
    }
    let line = format!("bEaReR {}", program.issuer.token(json!({})));
    assert_eq!(program.send(&[&line]).await.status, 200);
}

#[tokio::test]
async fn requests_that_carry_no_single_token_are_told_so() {
    let program = Program::start().await;
    for lines in [&[][..], &["Basic YTpi"]] {
        let answer = program.send(lines).await;
        assert_eq!(answer.status, 401);
        assert_eq!(answer.challenge, "Bearer realm=\"rust-actix\"");
    }
    let line = format!("Bearer {}", program.issuer.token(json!({})));
    assert_eq!(program.send(&[&line, &line]).await.status, 400);
}

#[tokio::test]
async fn bad_claims_are_refused() {
    let program = Program::start().await;
    let now = jsonwebtoken::get_current_timestamp();
    for changes in [
        json!({ "exp": now - 3600 }),
        json!({ "exp": null }),
        json!({ "nbf": now + 3600 }),
        json!({ "iss": "https://other.example" }),
        json!({ "iss": [program.issuer.url] }),
        json!({ "aud": "api://other" }),
        json!({ "aud": "0oaTest", "scp": null, "cid": null, "nonce": "n" }),
        json!({ "aud": ["0oaTest", "api://default"], "scp": null, "cid": null, "nonce": "n" }),
    ] {
        program.assert_invalid(&program.issuer.token(changes)).await;
    }
}

#[tokio::test]
async fn a_missing_scope_is_forbidden() {
    let program = Program::start().await;
    for scp in [json!(["other"]), json!(["test_scope_x"]), json!("x_test_scope"), Value::Null] {
        let answer = program.bearer(&program.issuer.token(json!({ "scp": scp }))).await;
        assert_eq!(answer.status, 403, "{scp}");
        assert!(answer.challenge.ends_with("scope=\"test_scope\""), "{answer:?}");
    }
}

#[tokio::test]
async fn a_token_that_was_not_signed_as_it_stands_is_refused() {
    let program = Program::start().await;
    let good = program.issuer.token(json!({}));
    let (message, signature) = good.rsplit_once('.').expect("three segments");
    let (head, _) = message.split_once('.').expect("three segments");
    let claims = program.issuer.claims();
    let mut admin = claims.clone();
    admin["sub"] = json!("admin");
    let foreign = include_bytes!("../../rust-axum/tests/support/foreign-test-key.pem");
    for token in [
        "abc".to_owned(),
        "..".to_owned(),
        message.to_owned(),
        format!("{message}."),
        format!("{good}."),
        format!("{good}.x"),
        format!(".{message}"),
        format!("{head}..{signature}"),
        format!("{head}.{}.{signature}", segment(&admin)),
        format!("{}.{}.", segment(&header(json!({ "alg": "none" }))), segment(&claims)),
        sign(&header(json!({ "crit": ["x-badpenny"], "x-badpenny": 1 })), &claims),
        sign_with(foreign, &header(json!({})), &claims),
    ] {
        program.assert_invalid(&token).await;
    }
    assert_eq!(program.bearer(&good).await.status, 200, "it still stands");
}

#[tokio::test]
async fn unknown_keys_are_looked_up_once_in_a_cooldown() {
    let program = Program::start().await;
    for kid in ["a", "b", "c", "d"] {
        let token = sign(&header(json!({ "kid": kid })), &program.issuer.claims());
        program.assert_invalid(&token).await;
    }
    assert_eq!(program.issuer.fetches(), 1);
}
