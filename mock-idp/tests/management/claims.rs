use mock_idp::MintRequest;
use mock_idp::config::Config;
use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};

use super::org::{Org, assert_okta_error, claims, payload};

const CLAIMS: &str = "/api/v1/authorizationServers/default/claims";

fn resource(name: &str, value: &str) -> Value {
    json!({ "name": name, "status": "ACTIVE", "claimType": "RESOURCE", "valueType": "EXPRESSION", "value": value,
        "alwaysIncludeInToken": true, "conditions": { "scopes": [] } })
}

#[tokio::test]
async fn a_claim_is_made_stands_behind_sub_and_is_removed() {
    let org = Org::start().await;
    let made = org.post(CLAIMS, resource("tenant", "\"acme\""), 201).await;
    let id = made["id"].as_str().unwrap();
    assert!(id.starts_with("ocl"), "{id}");
    assert_eq!(org.get(&format!("{CLAIMS}/{id}")).await, made);
    assert_eq!(org.get(CLAIMS).await, json!([made]));
    org.post(CLAIMS, resource("app", "app.clientId"), 201).await;

    let answer: Value = org.token("default", "test_scope").await.json().await.unwrap();
    let text = payload(&answer["access_token"]);
    assert!(text.ends_with(r#","sub":"0oaBadpennyTestClien","tenant":"acme","app":"0oaBadpennyTestClien"}"#), "{text}");
    let minted = org.idp.mint(&MintRequest::control()).unwrap();
    assert!(
        minted.payload.ends_with(r#""tenant":"acme","app":"0oaBadpennyTestClien"}"#),
        "a minted token has them too"
    );

    let replaced = org.put(&format!("{CLAIMS}/{id}"), resource("tenant", "7")).await;
    assert_eq!((&replaced["id"], &replaced["value"]), (&made["id"], &json!("7")));
    assert_eq!(org.delete(&format!("{CLAIMS}/{id}")).await, 204);
    let answer: Value = org.token("default", "test_scope").await.json().await.unwrap();
    assert!(claims(&answer["access_token"]).get("tenant").is_none());
}

#[tokio::test]
async fn claims_about_a_user_are_told_where_there_is_one_and_the_scope() {
    let org = Org::start().await;
    org.post(CLAIMS, resource("mail", "user.email"), 201).await;
    let identity = |name: &str, always: bool| {
        json!({ "name": name, "claimType": "IDENTITY", "value": "user.login", "alwaysIncludeInToken": always,
            "conditions": { "scopes": ["profile"] } })
    };
    org.post(CLAIMS, identity("always", true), 201).await;
    org.post(CLAIMS, identity("seldom", false), 201).await;

    let service: Value = org.token("default", "test_scope").await.json().await.unwrap();
    assert!(claims(&service["access_token"]).get("mail").is_none(), "a client has no mail");
    let tokens: Value = org.user_tokens("ada@example.com", "openid profile").await.json().await.unwrap();
    assert!(payload(&tokens["access_token"]).ends_with(r#""sub":"ada@example.com","mail":"ada@example.com"}"#));
    let id_token = claims(&tokens["id_token"]);
    assert_eq!((&id_token["always"], id_token.get("seldom")), (&json!("ada@example.com"), None));
    let bearer = tokens["access_token"].as_str().unwrap();
    let request = org.http.get(format!("{}/v1/userinfo", org.idp.http_issuer())).bearer_auth(bearer);
    let userinfo: Value = request.send().await.unwrap().json().await.unwrap();
    assert_eq!((&userinfo["always"], &userinfo["seldom"]), (&json!("ada@example.com"), &json!("ada@example.com")));

    let plain: Value = org.user_tokens("ada@example.com", "openid").await.json().await.unwrap();
    assert!(claims(&plain["id_token"]).get("always").is_none(), "without the scope");
}

#[tokio::test]
async fn groups_are_filtered_by_their_names() {
    let text = "[[server.default.user]]\nlogin = 'ada'\nheadless = true\n\
                claims = { groups = ['app-read', 'app-write', 'other'] }\n\
                [[server.default.claim]]\nname = 'all'\ngroups = { regex = '.*' }\n";
    let org = Org::with(Config::parse(text, "".as_ref()).unwrap()).await;
    let filtered = |kind: &str, value: &str| json!({ "name": kind, "claimType": "RESOURCE", "valueType": "GROUPS", "group_filter_type": kind, "value": value });
    for (kind, value) in [("STARTS_WITH", "app-"), ("EQUALS", "other"), ("CONTAINS", "writ")] {
        org.post(CLAIMS, filtered(kind, value), 201).await;
    }
    let tokens: Value = org.user_tokens("ada", "openid").await.json().await.unwrap();
    let claims = claims(&tokens["access_token"]);
    assert_eq!(claims["all"], json!(["app-read", "app-write", "other"]));
    assert_eq!(claims["STARTS_WITH"], json!(["app-read", "app-write"]));
    assert_eq!((&claims["EQUALS"], &claims["CONTAINS"]), (&json!(["other"]), &json!(["app-write"])));
}

#[rstest]
#[case(json!({ "value": "1" }), "name", "name: The field cannot be left blank")]
#[case(json!({ "name": "x" }), "value", "value: The field cannot be left blank")]
#[case(json!({ "name": "x", "value": "1" }), "claimType", "claimType: The field cannot be left blank")]
#[case(
    json!({ "name": "x", "value": "acme", "claimType": "RESOURCE" }),
    "value",
    "value: the expression acme is not known here (write a text in quotes such as \"\\\"acme\\\"\", a number, true or false, user.login, user.email, another member of the user's profile such as user.department, or app.clientId)"
)]
#[case(
    json!({ "name": "sub", "value": "1", "claimType": "RESOURCE" }),
    "name",
    "name: the server says \"sub\" itself: choose another name"
)]
#[case(
    json!({ "name": "x", "value": "a+", "claimType": "RESOURCE", "valueType": "GROUPS", "group_filter_type": "REGEX" }),
    "group_filter_type",
    "group_filter_type: use STARTS_WITH, EQUALS or CONTAINS, or REGEX with the value .*"
)]
#[tokio::test]
async fn a_claim_that_can_not_be_is_refused_with_the_field(
    #[case] body: Value,
    #[case] field: &str,
    #[case] cause: &str,
) {
    let org = Org::start().await;
    let answer = org.call(Method::POST, CLAIMS, Some(body)).await;
    assert_okta_error(answer, 400, "E0000001", &format!("Api validation failed: {field}"), Some(cause)).await;
    assert_eq!(org.get(CLAIMS).await, json!([]));
}
