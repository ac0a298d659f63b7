//! Scopes that are added to an issuer that runs.

use rstest::rstest;

use crate::support::{Running, run, state, text};

/// The names of the scopes of `default`.
fn scopes(issuer: &Running) -> Vec<String> {
    let settings = issuer.get("/_mock/settings");
    settings["scopes"].as_array().unwrap().iter().map(|scope| scope["name"].as_str().unwrap().to_owned()).collect()
}

#[rstest]
#[case::open(&[])]
#[case::with_a_control_token(&["--control-token", "hush"])]
#[case::with_an_api_token(&["--api-token", "hush"])]
fn a_scope_is_added_without_a_restart(#[case] token: &[&str]) {
    let state = state();
    let issuer = Running::start(state.path(), token);
    let base = issuer.ready["https"].as_str().unwrap();
    let add = |name: &str| run(state.path(), &[&["scope", "add", name, "--default", "--idp", base], token].concat());
    assert_eq!(text(&add("orders.read").stdout), "default has the scope orders.read now, until it ends\n");
    assert_eq!(text(&add("orders.read").stdout), "default has the scope orders.read already\n");
    assert_eq!(text(&add("test_scope").stdout), "default has the scope test_scope already\n");
    if token.first() != Some(&"--control-token") {
        assert_eq!(scopes(&issuer), ["test_scope", "orders.read"]);
    }
}

#[rstest]
#[case(&["two words"], "name")]
#[case(&["a", "--server", "nope"], "Not found")]
fn what_the_issuer_refuses_is_told_in_its_words(#[case] arguments: &[&str], #[case] words: &str) {
    let state = state();
    let issuer = Running::start(state.path(), &[]);
    let base = issuer.ready["http"].as_str().unwrap();
    let output = run(state.path(), &[&["scope", "add", "--idp", base], arguments].concat());
    assert_eq!(output.status.code(), Some(1));
    assert!(
        text(&output.stderr).contains(" refuses with 4") && text(&output.stderr).contains(words),
        "{}",
        text(&output.stderr)
    );
}
