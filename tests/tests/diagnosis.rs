//! What is said where the control does not get through: the cause, and the flag
//! that helps.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as it should be")]

use std::process::Output;

use badpenny::issuer::{Issuer, IssuerSettings};
use base64::Engine as _;
use conformance_tests::binary;
use conformance_tests::naive::{accepts, server};
use mock_idp::MockIdp;
use rstest::rstest;
use wiremock::{Request, ResponseTemplate};

/// What `run` says with these arguments, which is to end without a verdict.
async fn told(arguments: &[&str]) -> String {
    let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
    let output: Output = tokio::task::spawn_blocking(move || {
        let folder = tempfile::tempdir().unwrap();
        let mut command = binary::command("badpenny", folder.path());
        command.args(["run", "time/expired", "--wait", "2"]).args(arguments).output().unwrap()
    })
    .await
    .unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(3), "{text}");
    text
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_scope_that_a_challenge_asks_for_is_named() {
    let challenge = "Bearer error=\"insufficient_scope\", scope=\"orders.read\"";
    let server = server(move |_| ResponseTemplate::new(403).insert_header("WWW-Authenticate", challenge)).await;
    let text = told(&["--url", &server.uri()]).await;
    assert!(text.contains("asks for the scope \"orders.read\""), "{text}");
    assert!(text.contains("--scope 'orders.read'"), "{text}");
}

#[rstest]
#[case(400)]
#[case(415)]
#[case(422)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_that_is_refused_for_itself_is_told_from_a_token_that_is(#[case] status: u16) {
    let server = server(move |_| ResponseTemplate::new(status)).await;
    let text = told(&["--url", &server.uri()]).await;
    let first = text.lines().find(|line| line.trim_start().starts_with("try")).unwrap();
    assert!(first.contains("--header") && first.contains("--body"), "{text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_wrong_scheme_is_told_with_the_right_one() {
    let plain = server(|_| ResponseTemplate::new(401)).await;
    let (http, https) = (plain.uri(), plain.uri().replace("http:", "https:"));
    let text = told(&["--url", &https]).await;
    assert!(text.contains(&format!("the server speaks http at this port: say so with --url {http}/")), "{text}");

    let idp = MockIdp::builder().start().await.unwrap();
    let https = origin(&idp);
    let http = https.replace("https:", "http:");
    let text = told(&["--url", &http]).await;
    assert!(text.contains(&format!("the server speaks https at this port: say so with --url {https}/")), "{text}");
}

/// A server that speaks TLS, with a certificate that no system trusts.
fn origin(idp: &MockIdp) -> String {
    idp.https_issuer().trim_end_matches("/oauth2/default").to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_of_its_own_is_told_with_the_two_ways_to_believe_it() {
    let idp = MockIdp::builder().start().await.unwrap();
    let text = told(&["--url", &origin(&idp)]).await;
    assert!(text.contains("--cacert FILE") && text.contains("--insecure"), "{text}");
    // Believed, it answers.
    let text = told(&["--url", &origin(&idp), "--insecure"]).await;
    assert!(text.contains("it answers 404"), "{text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_command_may_start_a_server_that_speaks_https() {
    let state = tempfile::tempdir().unwrap();
    let program = binary::path("mock-idp");
    let command =
        format!("{} --port 0 --https-port {{port}} --state-dir {}", program.display(), state.path().display());
    let text = told(&["--command", &command]).await;
    assert!(text.contains("it speaks https: say so with --scheme https"), "{text}");
    let text = told(&["--command", &command, "--scheme", "https"]).await;
    assert!(text.contains("believe it with --cacert FILE, or any with --insecure"), "{text}");
    let text = told(&["--command", &command, "--scheme", "https", "--insecure"]).await;
    assert!(text.contains("it answers 404"), "{text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_command_that_never_listens_is_told_with_what_may_help() {
    let text = told(&["--command", "sleep 60"]).await;
    for flag in ["--wait", "--port", "--url and --idp"] {
        assert!(text.contains(flag), "no {flag} in {text}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_target_that_is_not_there_yet_is_told_with_the_time_that_it_was_given() {
    let server = server(|_| ResponseTemplate::new(503)).await;
    let text = told(&["--url", &server.uri()]).await;
    assert!(text.contains("give it longer than 2 s with --wait"), "{text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_fetches_nothing_may_hold_a_key_of_its_own() {
    let server = server(|_| ResponseTemplate::new(401)).await;
    let text = told(&["--url", &server.uri()]).await;
    assert!(text.contains("holds a key in its settings needs no fetch") && text.contains("--key-file"), "{text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_api_that_trusts_the_other_identifier_of_the_issuer_is_told() {
    let issuer = Issuer::start(&IssuerSettings::default()).await.unwrap();
    let idp = issuer.mock_idp().unwrap();
    let (trusted, base) = (idp.https_issuer(), idp.http_issuer().replace("/oauth2/default", ""));
    let server = server(move |request| match accepts(request) && issuer_of(request).as_deref() == Some(&*trusted) {
        true => ResponseTemplate::new(200),
        false => ResponseTemplate::new(401),
    })
    .await;
    let text = told(&["--url", &server.uri(), "--idp", &base, "--issuer-scheme", "http"]).await;
    assert!(text.contains("add --issuer-scheme https"), "{text}");
}

fn issuer_of(request: &Request) -> Option<String> {
    let token = request.headers.get("authorization")?.to_str().ok()?;
    let claims = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    Some(serde_json::from_slice::<serde_json::Value>(&claims).ok()?["iss"].as_str()?.to_owned())
}
