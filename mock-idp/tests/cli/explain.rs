//! What a token says, and why it should be refused.

use std::io::Write as _;
use std::process::{Output, Stdio};

use crate::support::{Running, command, run, state, text};

fn minted(state: &std::path::Path, arguments: &[&str]) -> String {
    text(&run(state, &[&["mint"], arguments].concat()).stdout).trim().to_owned()
}

/// Explains a token that stands on standard input.
fn explain(state: &std::path::Path, token: &str, arguments: &[&str]) -> Output {
    let mut child = command(state)
        .args(["explain", "-"])
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(token.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn an_honest_token_is_decoded_and_nothing_speaks_against_it() {
    let state = state();
    let token = minted(state.path(), &[]);
    let output = explain(state.path(), &format!("Bearer {token}\n"), &[]);
    let told = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{told}");
    assert!(told.contains("\"RS256\"") && told.contains(" GMT, in "), "{told}");
    assert!(told.ends_with("issues for api://default and test_scope is needed.\n"), "{told}");
    assert!(!told.contains(token.rsplit('.').next().unwrap()), "the signature is not shown");
}

#[test]
fn every_reason_is_told_with_its_scenario_and_title() {
    let state = state();
    let token = minted(
        state.path(),
        &["time/expired@one-hour", "--issuer", "https://elsewhere.test/oauth2/default", "--audience", "api://other"],
    );
    let output = explain(state.path(), &token, &[]);
    let told = text(&output.stdout);
    assert_eq!(output.status.code(), Some(1));
    assert!(told.contains("time/expired: An expired token is refused\n    it expired 1 hour ago, at "), "{told}");
    assert!(told.contains("issuer/other: A token that names another issuer is refused"), "{told}");
    assert!(told.contains("audience/other: A token for another audience is refused"), "{told}");
}

#[test]
fn what_is_right_can_be_said() {
    let state = state();
    let token = minted(state.path(), &["--issuer", "https://i.test", "--audience", "api://x", "--scope", "a b"]);
    let right = ["--issuer", "https://i.test", "--audience", "api://x", "--scope"];
    assert_eq!(explain(state.path(), &token, &[&right[..], &["b a"]].concat()).status.code(), Some(0));
    let lacking = explain(state.path(), &token, &[&right[..], &["a c"]].concat());
    assert!(text(&lacking.stdout).contains("scope/missing-required"), "{}", text(&lacking.stdout));
}

#[test]
fn keys_are_taken_from_a_running_issuer_or_a_file() {
    let [state, other] = [state(), state()];
    let issuer = Running::start(state.path(), &[]);
    let token = minted(state.path(), &["--issuer", issuer.ready["issuer"].as_str().unwrap()]);
    let right = ["--issuer", issuer.ready["issuer"].as_str().unwrap()];
    let jwks = format!("{}/oauth2/default/v1/keys", issuer.ready["http"].as_str().unwrap());
    let file = other.path().join("keys.json");
    std::fs::write(&file, issuer.get("/oauth2/default/v1/keys").to_string()).unwrap();
    for place in [jwks.as_str(), file.to_str().unwrap()] {
        let output = explain(other.path(), &token, &[&right[..], &["--jwks", place]].concat());
        assert_eq!(output.status.code(), Some(0), "{}{}", text(&output.stdout), text(&output.stderr));
    }
    let foreign = explain(other.path(), &token, &right);
    assert!(text(&foreign.stdout).contains("signature/foreign-key-own-kid"), "{}", text(&foreign.stdout));
}
