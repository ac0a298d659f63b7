use rstest::rstest;
use serde_json::{Value, json};

use super::app::*;

async fn call(app: &App, path: &str, body: Value) -> (u16, Value) {
    let address = app.idp.http();
    let answer = app.http.post(format!("{address}/_mock/{path}")).json(&body).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

#[tokio::test]
async fn an_order_is_given_so_often_to_that_client() {
    let app = App::start().await;
    let order = json!({ "client": "web", "answers": ["no-scope"], "times": 2 });
    let (status, told) = call(&app, "answers", order).await;
    assert_eq!(status, 200);
    assert_eq!(told, json!({ "standing": [{ "answer": "no-scope", "client": "web", "left": 2 }] }));
    let fields = vec![("grant_type", "client_credentials"), ("scope", "read")];
    let mut with_scope = Vec::new();
    for (id, secret) in [
        ("web", "web-secret"),
        (mock_idp::claims::DEFAULT_CLIENT_ID, mock_idp::claims::DEFAULT_CLIENT_SECRET),
        ("web", "web-secret"),
        ("web", "web-secret"),
    ] {
        let tokens: Value = app.token_of(id, secret, &fields).await.json().await.unwrap();
        with_scope.push(tokens.get("scope").is_some());
    }
    assert_eq!(with_scope, [false, true, false, true]);
}

#[tokio::test]
async fn what_changed_nothing_is_not_counted() {
    let app = App::start().await;
    call(&app, "answers", json!({ "answers": ["id-token-no-nonce"], "times": 1 })).await;
    app.token(&vec![("grant_type", "client_credentials"), ("scope", "test_scope")]).await;
    let nonces = [app.tokens("openid").await, app.tokens("openid").await];
    let nonces = nonces.map(|tokens| claims(tokens["id_token"].as_str().unwrap())["nonce"].clone());
    assert_eq!(nonces, [Value::Null, "n-1".into()]);
}

#[tokio::test]
async fn a_restore_takes_orders_away() {
    let app = App::start().await;
    call(&app, "answers", json!({ "endpoint": "userinfo", "answers": ["status-503"] })).await;
    let status = async || app.http.get(app.at("userinfo")).send().await.unwrap().status().as_u16();
    assert_eq!(status().await, 503);
    call(&app, "restore", json!({})).await;
    assert_eq!(status().await, 401);
}

#[tokio::test]
async fn all_answers_are_listed() {
    let app = App::start().await;
    let list: Value =
        app.http.get(format!("{}/_mock/answers", app.idp.http())).send().await.unwrap().json().await.unwrap();
    assert_eq!(list["answers"].as_array().unwrap().len(), mock_idp::answer::rows().count());
    assert_eq!(list["standing"], json!([]));
    let first = &list["answers"][0];
    let expected = json!({ "name": "wrong-state", "at": "authorize", "value": null, "does": "another `state` than was sent", "client": "must refuse", "by": "RFC 6749 10.12" });
    assert_eq!(*first, expected);
}

#[rstest]
#[case(json!({}), "#", "`answers` is missing")]
#[case(json!({ "answers": ["no-scop"] }), "#/answers/0", "no answer is called \"no-scop\": did you mean no-scope?")]
#[case(json!({ "answers": ["no-scope"], "endpoint": "keys" }), "#/answers/0", "\"no-scope\" changes what token answers, and nothing at keys: leave keys out")]
#[case(json!({ "answers": ["cut"], "endpoint": "tokn" }), "#/endpoint", "\"tokn\" is not known here (did you mean `token`?)")]
#[case(json!({ "answers": ["cut"], "times": 0 }), "#/times", "`times` says how many requests are answered so: one at least")]
#[case(json!({ "answers": ["cut"], "client": "nobody" }), "#/client", "the server has no client \"nobody\"")]
#[case(json!({ "answers": ["odd-key"], "client": "web" }), "#/client", "\"odd-key\" is about a document that is fetched without saying by which client: leave `client` out")]
#[case(json!({ "answers": ["cut"], "server": "nobody" }), "#/server", "there is no authorization server \"nobody\": known are default, closed")]
#[tokio::test]
async fn a_wrong_order_is_told_with_its_field(#[case] order: Value, #[case] pointer: &str, #[case] told: &str) {
    let app = App::start().await;
    let (status, problem) = call(&app, "answers", order).await;
    assert_eq!(status, 400);
    assert_eq!(problem["errors"], json!([{ "pointer": pointer, "detail": told }]));
}

#[tokio::test]
async fn the_journal_says_which_answer_was_given() {
    let app = App::start().await;
    call(&app, "answers", json!({ "answers": ["no-scope"] })).await;
    app.tokens("openid").await;
    let notes: Vec<_> = app
        .idp
        .journal()
        .entries()
        .into_iter()
        .filter(|entry| entry.route == "token")
        .map(|entry| entry.note)
        .collect();
    assert_eq!(notes, [Some("no-scope")]);
}
