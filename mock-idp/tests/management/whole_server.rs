//! `POST /_mock/servers` with the words of the configuration file.

use mock_idp::config::Config;
use rstest::rstest;
use serde_json::{Value, json};

use super::org::{Org, claims};

const SERVERS: &str = "/_mock/servers";

#[tokio::test]
async fn a_server_is_added_with_all_that_a_file_may_say() {
    let org = Org::start().await;
    let body = json!({
        "id": "billing", "like": "orders", "audience": "api://billing", "lifetime": 60, "alg": "ES256",
        "scopes": ["bill.read", { "name": "bill.own", "default": true }],
        "client": [{ "id": "billing-client", "secret": "only-for-tests" }],
        "user": [{ "login": "ada@example.com" }],
        "claim": [{ "name": "tenant", "value": "'acme'" }],
        "policy": [{ "scopes": ["bill.own"] }],
    });
    let added = org.post(SERVERS, body, 201).await;
    assert_eq!(added["issuer"], format!("{}/oauth2/billing", org.idp.http()));
    let answer: Value = org.token_of("billing", "billing-client", "only-for-tests", "").await.json().await.unwrap();
    assert_eq!((&answer["expires_in"], &answer["scope"]), (&json!(60), &json!("bill.own")));
    let token = claims(&answer["access_token"]);
    assert_eq!((&token["aud"], &token["tenant"]), (&json!("api://billing"), &json!("acme")));
    assert_eq!(org.get("/oauth2/billing/v1/keys").await["keys"][0]["alg"], "ES256");
    assert_eq!(org.token_of("billing", "billing-client", "only-for-tests", "bill.read").await.status(), 400);
}

#[tokio::test]
async fn what_is_left_out_is_as_the_other_servers() {
    let org = Org::start().await;
    org.post(SERVERS, json!({ "id": "b", "like": "orders", "lifetime": 60 }), 201).await;
    let answer: Value = org.token("b", "test_scope").await.json().await.unwrap();
    assert_eq!((&answer["expires_in"], &claims(&answer["access_token"])["aud"]), (&json!(60), &json!("api://orders")));
}

#[tokio::test]
async fn a_limit_and_a_trust_are_as_the_other_servers_too() {
    let text = "[server.default]\nrate_limit = 5\ntrusted_servers = ['orders']\n[server.orders]";
    let org = Org::with(Config::parse(text, "".as_ref()).unwrap()).await;
    assert_eq!(org.delete(&format!("{SERVERS}/orders")).await, 204);
    org.post(SERVERS, json!({ "id": "orders" }), 201).await;
    let answer = org.token("orders", "test_scope").await;
    assert_eq!((answer.status().as_u16(), &answer.headers()["x-rate-limit-limit"]), (200, &"5".parse().unwrap()));
}

#[rstest]
#[case(json!({ "lifetme": 1 }), "#/lifetme", "`lifetme` is not known here (did you mean `lifetime`?)")]
#[case(json!({ "lifetime": 0 }), "#/lifetime", "must be 1 second or more")]
#[case(json!({ "scopes": ["a", "a b"] }), "#/scopes/1", "\"a b\" is no scope: visible ASCII without spaces, `\"` and `\\`")]
#[case(
    json!({ "key_file": "/etc/passwd" }),
    "#/key_file",
    "a call names no files: give the server `alg`, and it has a test key"
)]
#[case(
    json!({ "client": [{ "id": "x", "jwks_file": "a" }] }),
    "#/client/0/jwks_file",
    "a call names no files: put the keys into `jwks`"
)]
#[tokio::test]
async fn a_wrong_word_is_told_with_its_place(#[case] words: Value, #[case] pointer: &str, #[case] detail: &str) {
    let org = Org::start().await;
    let mut body = json!({ "id": "b" });
    body.as_object_mut().unwrap().extend(words.as_object().unwrap().clone());
    let problem = org.post(SERVERS, body, 400).await;
    assert_eq!(problem["errors"][0], json!({ "pointer": pointer, "detail": detail }), "{problem}");
    assert_eq!(org.get(SERVERS).await, json!({ "servers": ["default", "orders"] }));
}
