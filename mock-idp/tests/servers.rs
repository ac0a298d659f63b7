//! Authorization servers that come and go, over real sockets.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::time::{Duration, Instant};

use mock_idp::claims::TokenSettings;
use mock_idp::config::{Config, Secret};
use mock_idp::journal::CAPACITY;
use mock_idp::keys::{BuiltinKey, SigningKey, builtin};
use mock_idp::step::{Fault, Step};
use mock_idp::{AddServerError, MockIdp, Request};
use reqwest::{Client, Method, Response};
use rstest::rstest;
use serde_json::{Value, json};

fn client() -> Client {
    Client::builder().no_proxy().build().unwrap()
}

async fn call(idp: &MockIdp, method: Method, path: &str, body: Option<Value>) -> Response {
    let request = client().request(method, format!("{}{path}", idp.http()));
    request.body(body.map(|body| body.to_string()).unwrap_or_default()).send().await.unwrap()
}

async fn add(idp: &MockIdp, body: Value) -> Response {
    call(idp, Method::POST, "/_mock/servers", Some(body)).await
}

async fn remove(idp: &MockIdp, id: &str) -> u16 {
    call(idp, Method::DELETE, &format!("/_mock/servers/{id}"), None).await.status().as_u16()
}

async fn value(response: Response) -> Value {
    serde_json::from_str(&response.text().await.unwrap()).unwrap()
}

async fn keys(idp: &MockIdp, id: &str) -> u16 {
    call(idp, Method::GET, &format!("/oauth2/{id}/v1/keys"), None).await.status().as_u16()
}

async fn ids(idp: &MockIdp) -> Value {
    value(call(idp, Method::GET, "/_mock/servers", None).await).await
}

#[tokio::test]
async fn a_server_is_added_used_and_removed_over_the_control_api() {
    let idp = MockIdp::start().await.unwrap();
    let response = add(&idp, json!({ "id": "orders" })).await;
    assert_eq!(response.status(), 201);
    let answer = value(response).await;
    assert_eq!(answer["id"], "orders");
    assert_eq!(answer["issuer"], format!("{}/oauth2/orders", idp.http()));
    let kid = answer["kid"].as_str().unwrap();
    assert_eq!(kid.len(), 43);
    assert_eq!(ids(&idp).await, json!({ "servers": ["default", "orders"] }));

    let jwks = value(call(&idp, Method::GET, "/oauth2/orders/v1/keys", None).await).await;
    assert_eq!(jwks["keys"][0]["kid"], kid);
    let minted = value(call(&idp, Method::POST, "/_mock/mint", Some(json!({ "server": "orders" }))).await).await;
    assert_eq!([&minted["kid"], &minted["kid_published"]], [&json!(kid), &json!(true)]);
    let seen = value(call(&idp, Method::GET, "/_mock/journal?server=orders&after=0", None).await).await;
    assert_eq!(seen["entries"].as_array().unwrap().len(), 1);

    assert_eq!([remove(&idp, "orders").await, remove(&idp, "orders").await], [204, 404]);
    assert_eq!([keys(&idp, "orders").await, keys(&idp, "default").await], [404, 200]);
    assert_eq!(ids(&idp).await, json!({ "servers": ["default"] }));
}

#[tokio::test]
async fn servers_come_and_go_while_another_is_used() {
    let idp = MockIdp::start().await.unwrap();
    let come_and_go = async |name: &str| {
        for number in 0..20 {
            let id = format!("{name}-{number}");
            assert_eq!(add(&idp, json!({ "id": id, "like": "default" })).await.status(), 201);
            assert_eq!(keys(&idp, &id).await, 200);
            assert_eq!(remove(&idp, &id).await, 204);
        }
    };
    let go_on = async {
        for _ in 0..40 {
            assert_eq!(keys(&idp, "default").await, 200);
        }
    };
    tokio::join!(come_and_go("a"), come_and_go("b"), go_on);
    assert_eq!(ids(&idp).await, json!({ "servers": ["default"] }));
    assert_eq!(idp.journal().hits("default", "keys"), 40);
    assert!(idp.journal().entries().iter().all(|entry| entry.server.as_deref() == Some("default")));
}

#[rstest]
#[case(json!({}), "#", "`id` is missing")]
#[case(json!({ "id": "two words" }), "#/id", "1 to 64 letters")]
#[case(json!({ "id": "default" }), "#/id", "already")]
#[case(json!({ "id": "orders", "like": "nope" }), "#/like", "known are default")]
#[case(json!({ "id": "orders", "lik": "default" }), "#/lik", "did you mean `like`?")]
#[tokio::test]
async fn a_server_that_can_not_be_is_a_problem_that_names_the_field(
    #[case] body: Value,
    #[case] pointer: &str,
    #[case] detail: &str,
) {
    let idp = MockIdp::start().await.unwrap();
    let response = add(&idp, body).await;
    assert_eq!(response.status(), 400);
    let problem = value(response).await;
    assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
    assert!(problem["errors"][0]["detail"].as_str().unwrap().contains(detail), "{problem}");
}

#[tokio::test]
async fn what_can_not_be_removed_is_told_with_what_there_is() {
    let idp = MockIdp::start().await.unwrap();
    assert_eq!(remove(&idp, "default").await, 400);
    let unknown = call(&idp, Method::DELETE, "/_mock/servers/nope", None).await;
    assert_eq!(unknown.status(), 404);
    let problem = value(unknown).await;
    assert_eq!(problem["type"], "urn:mock-idp:problem:unknown-server");
    assert!(problem["detail"].as_str().unwrap().contains("known are default"), "{problem}");
    let wrong = call(&idp, Method::PUT, "/_mock/servers", None).await;
    assert_eq!((wrong.status().as_u16(), &wrong.headers()["allow"]), (405, &"GET, POST".parse().unwrap()));
}

#[tokio::test]
async fn who_hangs_on_a_server_is_let_go_when_it_is_removed() {
    let idp = MockIdp::start().await.unwrap();
    idp.issuer().add_server_like("orders", "default").unwrap();
    let hang = Step::from_json(&json!({ "fault": "jwks", "by": "hang" })).unwrap();
    idp.issuer().apply("orders", &[hang], &TokenSettings::new(idp.http_issuer())).unwrap();
    let url = format!("{}/oauth2/orders/v1/keys", idp.http());
    let fetch = tokio::spawn(async move { client().get(url).send().await.is_err() });
    while idp.journal().hits("orders", "keys") == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let start = Instant::now();
    assert!(idp.issuer().remove_server("orders"));
    assert!(fetch.await.unwrap(), "the connection is closed without an answer");
    assert!(start.elapsed() < Fault::HANG);
}

#[tokio::test]
async fn the_https_door_is_trusted_again_when_the_server_whose_fault_it_was_is_gone() {
    let idp = MockIdp::start().await.unwrap();
    idp.issuer().add_server_like("orders", "default").unwrap();
    let step = Step::from_json(&json!({ "fault": "jwks", "by": "untrusted-tls" })).unwrap();
    idp.issuer().apply("orders", &[step], &TokenSettings::new(idp.https_issuer())).unwrap();
    let get = async || {
        let ca = reqwest::Certificate::from_pem(idp.ca_pem().as_bytes()).unwrap();
        let client = Client::builder().no_proxy().tls_certs_only([ca]).build().unwrap();
        client.get(format!("{}/v1/keys", idp.https_issuer())).send().await
    };
    assert!(get().await.unwrap_err().is_connect());
    idp.issuer().remove_server("orders");
    assert_eq!(get().await.unwrap().status(), 200);
}

#[tokio::test]
async fn the_journal_of_one_server_outlives_a_flood_of_another() {
    let idp = MockIdp::start().await.unwrap();
    idp.issuer().add_server_like("orders", "default").unwrap();
    assert_eq!(keys(&idp, "orders").await, 200);
    for _ in 0..=CAPACITY {
        let _ = idp.issuer().handle(&Request::get("/oauth2/default/v1/keys"));
    }
    let seen = value(call(&idp, Method::GET, "/_mock/journal?server=orders", None).await).await;
    assert_eq!(seen["entries"][0]["number"], 1);
    assert_eq!(idp.journal().entries().len(), CAPACITY + 1);
    assert_eq!(idp.journal().entries_of("default", 0)[0].number, 3);
}

#[tokio::test]
async fn a_builtin_key_under_another_kid_is_refused_off_loopback_while_it_runs() {
    let mut config = Config::default();
    config.bind = Some("0.0.0.0".parse().unwrap());
    config.control_token = Some(Secret::new("open"));
    config.servers[0].key = Some(SigningKey::from_pem("own", include_str!("keys/own.pem")).unwrap());
    let mut orders = config.servers[0].clone();
    orders.id = "orders".into();
    let idp = MockIdp::builder().config(config).start().await.unwrap();
    orders.key = Some(builtin(BuiltinKey::Issuer).with_kid("another"));
    let error = idp.issuer().add_server(&orders).unwrap_err();
    assert!(matches!(error, AddServerError::BuiltinKeyOffLoopback { .. }), "{error}");
    assert!(error.to_string().contains("a key of its own"), "{error}");
    idp.issuer().add_server_like("orders", "default").unwrap();
    assert_eq!(keys(&idp, "orders").await, 200);
}
