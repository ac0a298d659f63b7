//! Who may call, and what is wrong with a call, whichever it is.

use mock_idp::config::{Config, Secret};
use reqwest::Method;
use rstest::rstest;
use serde_json::json;

use super::org::{Org, SERVERS, assert_okta_error};

#[rstest]
#[case(None, 403, "E0000005", "Invalid session")]
#[case(Some("SSWS wrong"), 401, "E0000011", "Invalid token provided")]
#[case(Some("Basic b3Blbjo="), 401, "E0000011", "Invalid token provided")]
#[tokio::test]
async fn without_the_api_token_nothing_is_told(
    #[case] authorization: Option<&str>,
    #[case] status: u16,
    #[case] code: &str,
    #[case] summary: &str,
) {
    let mut config = Config::default();
    config.api_token = Some(Secret::new("open"));
    let org = Org::with(config).await;
    for path in ["/api/v1/users", "/api/v1/nothing", "/oauth2/v1/clients"] {
        let mut request = org.http.get(format!("{}{path}", org.idp.http()));
        if let Some(authorization) = authorization {
            request = request.header("authorization", authorization);
        }
        assert_okta_error(request.send().await.unwrap(), status, code, summary, None).await;
    }
}

#[rstest]
#[case(Some("api"), Some("control"), "SSWS api", 200)]
#[case(Some("api"), Some("control"), "SSWS control", 401)]
#[case(None, Some("control"), "ssws control", 200)]
#[case(Some("api"), None, "Bearer api", 200)]
#[case(None, None, "SSWS whatever", 200)]
#[tokio::test]
async fn the_token_is_the_apis_own_else_the_control_token(
    #[case] api: Option<&str>,
    #[case] control: Option<&str>,
    #[case] authorization: &str,
    #[case] status: u16,
) {
    let mut config = Config::default();
    (config.api_token, config.control_token) = (api.map(Secret::new), control.map(Secret::new));
    let org = Org::with(config).await;
    let request = org.http.get(format!("{}/api/v1/apps", org.idp.http())).header("authorization", authorization);
    assert_eq!(request.send().await.unwrap().status(), status);
}

#[tokio::test]
async fn a_wrong_path_method_or_body_is_told_as_okta_does() {
    let org = Org::start().await;
    let answer = org.call(Method::GET, "/api/v1/groups", None).await;
    assert_okta_error(answer, 404, "E0000008", "The requested path was not found", None).await;
    let answer = org.call(Method::PATCH, SERVERS, None).await;
    assert_eq!(answer.headers()["allow"], "GET, POST");
    let summary = "The endpoint does not support the provided HTTP method";
    assert_okta_error(answer, 405, "E0000022", summary, None).await;
    let post = |content_type: &str, body: &str| {
        let request = org.http.post(format!("{}{SERVERS}", org.idp.http()));
        request.header("content-type", content_type).body(body.to_owned()).send()
    };
    let malformed = "The request body was not well-formed.";
    for body in ["{", "[]", r#"{"name":1}"#, r#"{"name":"a","audiences":"x"}"#] {
        let answer = post("application/json; charset=utf-8", body).await.unwrap();
        assert_okta_error(answer, 400, "E0000003", malformed, None).await;
    }
    let summary = "Bad request.  Accept and/or Content-Type headers likely do not match supported values.";
    assert_okta_error(post("text/plain", "{}").await.unwrap(), 400, "E0000021", summary, None).await;
    let answer = post("application/json", r#"{"name":"a"}"#).await.unwrap();
    let cause = Some("audiences: must name exactly one audience");
    assert_okta_error(answer, 400, "E0000001", "Api validation failed: audiences", cause).await;
}

#[tokio::test]
async fn calls_are_in_the_journal_of_the_server_that_they_name() {
    let org = Org::start().await;
    org.post(&format!("{SERVERS}/orders/scopes"), json!({ "name": "a" }), 201).await;
    let entries = org.idp.journal().entries_of("orders", 0);
    assert_eq!((entries.len(), entries[0].route), (1, "management-scopes"));
}

#[tokio::test]
async fn there_is_an_end_to_what_is_made() {
    let org = Org::start().await;
    let path = format!("{SERVERS}/orders/scopes");
    org.idp
        .issuer()
        .change_server("orders", |server| {
            server.scopes = (0..1000).map(|number| mock_idp::config::Scope::new(format!("s-{number}"))).collect();
        })
        .unwrap();
    let answer = org.call(Method::POST, &path, Some(json!({ "name": "one-more" }))).await;
    let cause = Some("name: there are 1000 already: remove some first");
    assert_okta_error(answer, 400, "E0000001", "Api validation failed: name", cause).await;
}
