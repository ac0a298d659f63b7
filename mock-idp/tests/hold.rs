//! Answers of the JWKS endpoint that are held back, over real sockets.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::time::{Duration, Instant};

use mock_idp::keys::{BuiltinKey, builtin};
use mock_idp::{Hold, MockIdp};
use reqwest::Client;
use rstest::rstest;
use serde_json::{Value, json};
use tokio::task::JoinHandle;

fn client() -> Client {
    Client::builder().no_proxy().build().unwrap()
}

async fn post(idp: &MockIdp, path: &str, body: &Value) -> Value {
    let response = client().post(format!("{}{path}", idp.http())).body(body.to_string()).send().await.unwrap();
    assert_eq!(response.status(), 200);
    serde_json::from_str(&response.text().await.unwrap()).unwrap()
}

/// A fetch of the JWKS that has reached the issuer: how many keys it brings.
async fn held_fetch(idp: &MockIdp) -> JoinHandle<usize> {
    held_fetch_of(idp, "default").await
}

async fn held_fetch_of(idp: &MockIdp, server: &str) -> JoinHandle<usize> {
    let before = idp.journal().hits(server, "keys");
    let url = format!("{}/oauth2/{server}/v1/keys", idp.http());
    let fetch = tokio::spawn(async move {
        let text = client().get(url).send().await.unwrap().text().await.unwrap();
        serde_json::from_str::<Value>(&text).unwrap()["keys"].as_array().unwrap().len()
    });
    while idp.journal().hits(server, "keys") == before {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    fetch
}

#[tokio::test]
async fn a_held_answer_waits_for_the_release_and_is_what_was_published_when_it_was_asked_for() {
    let idp = MockIdp::start().await.unwrap();
    assert!(idp.issuer().hold("default"));
    let fetch = held_fetch(&idp).await;
    idp.issuer().change_keys("default", |keys| keys.publish(builtin(BuiltinKey::IssuerNext)));
    // Meanwhile everything else goes on.
    let metadata = format!("{}/.well-known/openid-configuration", idp.http_issuer());
    assert_eq!(client().get(metadata).send().await.unwrap().status(), 200);
    assert!(!fetch.is_finished());
    assert_eq!(idp.journal().last_revision_served("default"), None);

    assert!(idp.issuer().release("default"));
    assert_eq!(fetch.await.unwrap(), 1);
    assert_eq!(idp.journal().last_revision_served("default"), Some(1));
}

#[tokio::test]
async fn a_hold_is_made_and_released_over_the_control_api() {
    let idp = MockIdp::start().await.unwrap();
    assert_eq!(post(&idp, "/_mock/hold", &json!({ "server": "default" })).await, json!({ "held": true }));
    let fetches = [held_fetch(&idp).await, held_fetch(&idp).await];
    assert_eq!(post(&idp, "/_mock/release", &json!({})).await, json!({ "held": false }));
    for fetch in fetches {
        assert_eq!(fetch.await.unwrap(), 1);
    }
    let unknown =
        client().post(format!("{}/_mock/hold", idp.http())).body(r#"{"server":"nope"}"#).send().await.unwrap();
    assert_eq!(unknown.status(), 400);
    assert!(unknown.text().await.unwrap().contains("known are default"));
}

#[rstest]
#[case("restore")]
#[case("remove")]
#[tokio::test]
async fn who_is_held_is_let_go_with_the_steps_and_with_the_server(#[case] how: &str) {
    let idp = MockIdp::start().await.unwrap();
    idp.issuer().add_server_like("orders", "default").unwrap();
    idp.issuer().hold("orders");
    let fetch = held_fetch_of(&idp, "orders").await;
    let start = Instant::now();
    match how {
        "restore" => assert!(idp.issuer().restore("orders").is_some()),
        _ => assert!(idp.issuer().remove_server("orders")),
    }
    assert_eq!(fetch.await.unwrap(), 1);
    assert!(start.elapsed() < Hold::LIMIT);
    if how == "remove" {
        assert_eq!(idp.journal().last_revision_served("orders"), None, "nothing is counted for who is gone");
    }
}
