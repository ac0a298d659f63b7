//! Serving, minting and wrong usage.

use rstest::rstest;
use serde_json::Value;

use crate::support::{Running, run, state, text};

#[test]
fn the_ready_line_tells_everything_to_connect() {
    let state = state();
    let issuer = Running::start(state.path(), &[]);
    let ready = &issuer.ready;
    assert_eq!(ready["event"], "ready");
    assert_eq!(ready["pid"], issuer.child.id());
    let (http, https) = (ready["http"].as_str().unwrap(), ready["https"].as_str().unwrap());
    assert!(http.starts_with("http://127.0.0.1:") && https.starts_with("https://127.0.0.1:"));
    assert_eq!(ready["issuer"], format!("{https}/oauth2/default"));
    assert_eq!(ready["http_issuer"], format!("{http}/oauth2/default"));
    let ca = std::fs::read_to_string(ready["ca_file"].as_str().unwrap()).unwrap();
    assert!(ca.starts_with("-----BEGIN CERTIFICATE-----"));
    assert_eq!(issuer.get("/_mock/settings")["https"], https);
}

#[test]
fn keys_and_authority_survive_a_restart() {
    let state = state();
    let first = Running::start(state.path(), &[]);
    let kid = first.kid();
    let ca = std::fs::read(state.path().join("ca.pem")).unwrap();
    assert_eq!(first.terminate(), Some(0));
    let second = Running::start(state.path(), &[]);
    assert_eq!(second.kid(), kid);
    assert_eq!(std::fs::read(state.path().join("ca.pem")).unwrap(), ca);
}

#[test]
fn private_files_are_for_the_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let state = state();
    let root = state.path().join("fresh");
    drop(Running::start(&root, &[]));
    let mode = |name: &str| root.join(name).metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!([mode(""), mode("keys")], [0o700; 2]);
    assert_eq!([mode("keys/default.pem"), mode("ca-key.pem")], [0o600; 2]);
    assert_eq!(mode("ca.pem"), 0o644);
}

#[test]
fn a_pinned_issuer_stands_in_the_ready_line() {
    let state = state();
    let issuer = Running::start(state.path(), &["--issuer-url", "https://idp.test"]);
    assert_eq!(issuer.ready["issuer"], "https://idp.test/oauth2/default");
    assert_eq!(issuer.ready["http_issuer"], "https://idp.test/oauth2/default");
}

#[test]
fn a_file_adds_servers_and_a_flag_wins_over_it() {
    let state = state();
    let file = state.path().join("idp.toml");
    std::fs::write(&file, "issuer_url = 'https://file.test'\n[server.orders]\naudience = 'api://orders'\n").unwrap();
    let issuer =
        Running::start(state.path(), &["--config", file.to_str().unwrap(), "--issuer-url", "https://flag.test"]);
    let settings = issuer.get("/_mock/settings?server=orders");
    assert_eq!(settings["audience"], "api://orders");
    assert_eq!(settings["issuer"], "https://flag.test/oauth2/orders");
    assert_ne!(settings["kid"], issuer.kid());
}

#[test]
fn a_minted_token_has_the_key_that_the_server_publishes() {
    let state = state();
    let token = run(state.path(), &["mint", "--json"]);
    let answer: Value = serde_json::from_slice(&token.stdout).unwrap();
    assert!(answer["payload"].as_str().unwrap().contains(r#""iss":"https://127.0.0.1:9443/oauth2/default""#));
    assert_eq!(answer["kid"], Running::start(state.path(), &[]).kid());
}

#[rstest]
#[case(&["mint", "time/expired@one-hour"])]
#[case(&["mint", "--mutation", r#"[{"claim":"exp","set":{"now":-3600}}]"#])]
#[case(&["mint", "--issuer", "https://idp.test", "--scope", "other"])]
#[case(&["mint", "--shape", "rfc9068", "--typ", "", "--scope-claim", "scope-array", "--subject", "mallory"])]
fn mint_prints_the_token_alone(#[case] arguments: &[&str]) {
    let state = state();
    let output = run(state.path(), arguments);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(text(&output.stdout).trim_end().split('.').count(), 3);
    assert!(output.stderr.is_empty());
}

#[test]
fn every_name_of_the_list_is_one_that_mint_knows() {
    let names = text(&run(state().path(), &["list"]).stdout);
    assert!(names.lines().any(|name| name == "time/expired@one-hour"));
    assert!(names.lines().all(|name| mock_idp::catalogue::find(name).is_ok()));
}

#[rstest]
#[case(&["mint", "time/expird@one-hour"], "did you mean \"time/expired@one-hour\"?")]
#[case(&["mint", "nope"], "`mock-idp list`")]
#[case(&["mint", "--mutation", r#"[{"sign":"other-published"}]"#], "sign with \"second-issuer\" or \"attacker\"")]
#[case(&["mint", "--mutation", "nonsense"], "--mutation is not JSON")]
#[case(&["mint", "--mutation", "[{}]"], "mutation[0]")]
#[case(&["mint", "--shape", "rfc"], "possible values: okta, rfc9068, okta-org")]
#[case(&["mint", "--claim", "tenant"], "write NAME=JSON")]
#[case(&["mint", "--server", "nope"], "there is no authorization server \"nope\"")]
#[case(&["--config", "/nowhere/idp.toml"], "the configuration file /nowhere/idp.toml cannot be read")]
#[case(&["--issuer-url", "idp.test"], "issuer_url: must begin with https:// or http://")]
#[case(&["env", "--https-port", "0"], "no port is known")]
#[case(&["--issuer-scheme", "https", "--issuer-url", "https://idp.test"], "issuer_scheme: issuer_url says the scheme already")]
#[case(&["env", "--force"], "--write <FILE>")]
#[case(&["run"], "<COMMAND>")]
#[case(&["explain", ""], "there is no token to explain")]
#[case(&["explain", "x", "--jwks", "/nowhere/keys.json"], "/nowhere/keys.json cannot be read")]
#[case(&["explain", "x", "--jwks", "/dev/null"], "/dev/null is no JWK Set")]
fn wrong_usage_is_told_and_exits_with_2(#[case] arguments: &[&str], #[case] message: &str) {
    let state = state();
    let output = run(state.path(), arguments);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains(message), "{}", text(&output.stderr));
    assert!(output.stdout.is_empty());
}

#[test]
fn a_mistake_in_the_file_is_told_with_its_line() {
    let state = state();
    let file = state.path().join("idp.toml");
    std::fs::write(&file, "port = 0\n[server.default]\nlifetme = 5\n").unwrap();
    let output = run(state.path(), &["--config", file.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("idp.toml:3:1: server.default.lifetme"), "{}", text(&output.stderr));
}

#[test]
fn bytes_that_are_no_text_are_told_with_their_line() {
    let state = state();
    let file = state.path().join("idp.toml");
    std::fs::write(&file, b"port = 0\n# \xff\n").unwrap();
    let output = run(state.path(), &["--config", file.to_str().unwrap()]);
    assert!(text(&output.stderr).contains("idp.toml:2:3: this is not UTF-8"), "{}", text(&output.stderr));
}

#[test]
fn off_loopback_a_control_token_is_required() {
    let state = state();
    let arguments = ["--bind", "0.0.0.0", "--port", "0", "--https-port", "0"];
    let output = run(state.path(), &arguments);
    assert_eq!(output.status.code(), Some(3));
    assert!(text(&output.stderr).contains("set a control token"), "{}", text(&output.stderr));
}
