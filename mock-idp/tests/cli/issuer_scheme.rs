//! One identifier at both doors.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rstest::rstest;
use serde_json::Value;

use crate::support::{Running, run, state, text, token};

/// The issuer that an access token names.
fn issuer_of(answer: &Value) -> String {
    let payload = answer["access_token"].as_str().unwrap().split('.').nth(1).unwrap();
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap();
    claims["iss"].as_str().unwrap().to_owned()
}

#[rstest]
#[case("https")]
#[case("http")]
fn both_doors_state_the_one_identifier_and_its_endpoints(#[case] scheme: &str) {
    let state = state();
    let issuer = Running::start(state.path(), &["--issuer-scheme", scheme]);
    let base = issuer.ready[scheme].as_str().unwrap();
    let identifier = format!("{base}/oauth2/default");
    assert_eq!(
        (&issuer.ready["issuer"], &issuer.ready["http_issuer"]),
        (&identifier.clone().into(), &identifier.clone().into())
    );
    for door in ["http", "https"] {
        assert_eq!(issuer_of(&token(&issuer, door)), identifier);
    }
    let discovery = issuer.get("/oauth2/default/.well-known/openid-configuration");
    assert_eq!(discovery["issuer"], identifier);
    assert_eq!(discovery["jwks_uri"], format!("{identifier}/v1/keys"));
    assert_eq!(discovery["token_endpoint"], format!("{identifier}/v1/token"));
    assert_eq!(issuer.get("/_mock/settings")["http_issuer"], identifier);
}

#[test]
fn the_callers_scheme_is_the_default_and_can_be_named() {
    let state = state();
    let file = state.path().join("idp.toml");
    std::fs::write(&file, "issuer_scheme = 'https'\n").unwrap();
    let issuer = Running::start(state.path(), &["--config", file.to_str().unwrap(), "--issuer-scheme", "caller"]);
    for door in ["http", "https"] {
        let base = issuer.ready[door].as_str().unwrap();
        assert_eq!(issuer_of(&token(&issuer, door)), format!("{base}/oauth2/default"));
    }
}

#[test]
fn postman_calls_the_door_that_needs_no_certificate_where_both_state_the_same() {
    let state = state();
    let values = |arguments: &[&str]| {
        let output = run(
            state.path(),
            &[&["postman", "--collection", "/dev/null", "--force", "--environment", "-"], arguments].concat(),
        );
        let environment: Value =
            serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", text(&output.stderr)));
        let value = |key: &str| {
            environment["values"].as_array().unwrap().iter().find(|one| one["key"] == key).unwrap()["value"].clone()
        };
        [value("issuer"), value("token_url")]
    };
    let https = "https://127.0.0.1:9443/oauth2/default";
    assert_eq!(values(&[]), [https.to_owned(), format!("{https}/v1/token")]);
    let pinned = values(&["--issuer-scheme", "https"]);
    assert_eq!(pinned, [https, "http://127.0.0.1:9000/oauth2/default/v1/token"]);
}
