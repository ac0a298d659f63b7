//! The issuer on a `wiremock::MockServer`.
#![cfg(feature = "wiremock")]

use mock_idp::claims::{DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET, TokenSettings};
use mock_idp::config::Config;
use mock_idp::step::Step;
use mock_idp::{Issuer, MintRequest};
use serde_json::Value;
use wiremock::matchers::path;
use wiremock::{Mock, MockServer, ResponseTemplate};

#[tokio::test]
async fn the_issuer_answers_on_a_mock_server_of_the_test() {
    let server = MockServer::start().await;
    let issuer = Issuer::new(&Config::default()).unwrap();
    mock_idp::wiremock::mount(&server, &issuer).await;
    let identifier = format!("{}/oauth2/default", server.uri());
    let client = reqwest::Client::builder().no_proxy().build().unwrap();

    let metadata = client.get(format!("{identifier}/.well-known/openid-configuration")).send().await.unwrap();
    assert_eq!(metadata.headers()["content-type"], "application/json");
    assert_eq!(metadata.json::<Value>().await.unwrap()["issuer"], identifier);
    let token = client
        .post(format!("{identifier}/v1/token"))
        .basic_auth(DEFAULT_CLIENT_ID, Some(DEFAULT_CLIENT_SECRET))
        .form(&[("grant_type", "client_credentials"), ("scope", "test_scope")])
        .send()
        .await
        .unwrap();
    assert_eq!(token.status(), 200);
    assert_eq!(issuer.journal().count("token"), 1);
}

#[tokio::test]
async fn the_mocks_of_the_test_win_and_other_paths_stay_free() {
    let server = MockServer::start().await;
    let issuer = Issuer::new(&Config::default()).unwrap();
    mock_idp::wiremock::mount(&server, &issuer).await;
    Mock::given(path("/oauth2/default/v1/keys")).respond_with(ResponseTemplate::new(503)).mount(&server).await;
    Mock::given(path("/api")).respond_with(ResponseTemplate::new(204)).mount(&server).await;

    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let status = async |path: &str| client.get(format!("{}{path}", server.uri())).send().await.unwrap().status();
    assert_eq!(status("/oauth2/default/v1/keys").await, 503);
    assert_eq!(status("/api").await, 204);
    assert_eq!(status("/nobodys").await, 404);
    assert!(issuer.mint(&MintRequest::control()).is_ok());
}

#[tokio::test]
async fn faults_of_the_answer_work_and_those_of_the_connection_are_503() {
    let server = MockServer::start().await;
    let issuer = Issuer::new(&Config::default()).unwrap();
    mock_idp::wiremock::mount(&server, &issuer).await;
    let keys = format!("{}/oauth2/default/v1/keys", server.uri());
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    for (fault, status) in [
        (serde_json::json!({ "fault": "jwks", "status": 500 }), 500),
        (serde_json::json!({ "fault": "jwks", "slow": 0.01 }), 200),
        (serde_json::json!({ "fault": "jwks", "by": "hang" }), 503),
        (serde_json::json!({ "fault": "jwks", "by": "truncate" }), 503),
    ] {
        let steps = [Step::from_json(&fault).unwrap()];
        issuer.apply("default", &steps, &TokenSettings::new(server.uri())).unwrap();
        assert_eq!(client.get(&keys).send().await.unwrap().status(), status, "{fault}");
    }
}

#[tokio::test]
async fn no_answer_is_held_back_there() {
    let server = MockServer::start().await;
    let issuer = Issuer::new(&Config::default()).unwrap();
    mock_idp::wiremock::mount(&server, &issuer).await;
    issuer.hold("default");
    let client = reqwest::Client::builder().no_proxy().timeout(mock_idp::Hold::LIMIT / 2).build().unwrap();
    let answer = client.get(format!("{}/oauth2/default/v1/keys", server.uri())).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(issuer.journal().last_revision_served("default"), Some(1));
}
