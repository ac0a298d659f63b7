use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};

use super::org::{CALLBACK, Org, assert_okta_error};

const CLIENTS: &str = "/oauth2/v1/clients";

fn service() -> Value {
    json!({ "client_name": "Orders", "grant_types": ["client_credentials"], "response_types": ["token"],
        "token_endpoint_auth_method": "client_secret_basic", "application_type": "service" })
}

#[tokio::test]
async fn a_client_registers_itself_where_the_metadata_say_and_is_managed() {
    let org = Org::start().await;
    let document = org.get("/oauth2/default/.well-known/openid-configuration").await;
    let endpoint = document["registration_endpoint"].as_str().unwrap();
    let answer = org.http.post(endpoint).json(&service()).send().await.unwrap();
    assert_eq!(answer.status(), 201);
    let text = answer.text().await.unwrap();
    let made: Value = serde_json::from_str(&text).unwrap();
    let (id, secret) = (made["client_id"].as_str().unwrap(), made["client_secret"].as_str().unwrap());
    assert_eq!(
        text,
        format!(
            r#"{{"client_id":"{id}","client_secret":"{secret}","client_id_issued_at":1800000000,"client_secret_expires_at":0,"client_name":"Orders","client_uri":null,"logo_uri":null,"application_type":"service","redirect_uris":[],"post_logout_redirect_uris":[],"response_types":["token"],"grant_types":["client_credentials"],"token_endpoint_auth_method":"client_secret_basic"}}"#
        )
    );
    assert_eq!(org.token_of("orders", id, secret, "test_scope").await.status(), 200);
    let path = format!("{CLIENTS}/{id}");
    assert_eq!(org.get(&path).await, made);
    let listed = org.get(CLIENTS).await;
    let listed = listed.as_array().unwrap().iter().find(|client| client["client_id"] == id).unwrap();
    assert!(listed.get("client_secret").is_none(), "a list shows no secrets");
    assert_eq!(org.get(&format!("/api/v1/apps/{id}")).await["label"], "Orders", "it is an app too");

    let renewed = org.post(&format!("{path}/lifecycle/newSecret"), json!({}), 200).await;
    assert_ne!(renewed["client_secret"], made["client_secret"]);
    assert_eq!(org.token_of("orders", id, secret, "test_scope").await.status(), 401);
    let mut other = service();
    (other["client_name"], other["client_id"]) = (json!("Stock"), json!(id));
    let replaced = org.put(&path, other).await;
    assert_eq!((&replaced["client_name"], &replaced["client_secret"]), (&json!("Stock"), &renewed["client_secret"]));
    assert_eq!((org.delete(&path).await, org.status(&path).await), (204, 404));
}

#[tokio::test]
async fn a_public_client_has_no_secret() {
    let org = Org::start().await;
    let body = json!({ "client_name": "SPA", "redirect_uris": [CALLBACK], "token_endpoint_auth_method": "none",
        "application_type": "browser", "tos_uri": "https://app.example/tos" });
    let made = org.post(CLIENTS, body, 201).await;
    assert_eq!((made.get("client_secret"), made.get("client_secret_expires_at")), (None, None));
    assert_eq!((&made["grant_types"], &made["response_types"]), (&json!(["authorization_code"]), &json!(["code"])));
    assert_eq!(made["tos_uri"], "https://app.example/tos");
    let path = format!("{CLIENTS}/{}/lifecycle/newSecret", made["client_id"].as_str().unwrap());
    let cause = Some("client_secret: this client proves itself without one");
    let answer = org.call(Method::POST, &path, None).await;
    assert_okta_error(answer, 400, "E0000001", "Api validation failed: client_secret", cause).await;
}

#[rstest]
#[case(json!({ "client_name": null }), "invalid_client_metadata", "client_name: The field cannot be left blank")]
#[case(
    json!({ "grant_types": ["authorization_code"] }),
    "invalid_redirect_uri",
    "redirect_uris: name at least one: its grants send users back"
)]
#[case(
    json!({ "redirect_uris": ["https://app.example/#x"] }),
    "invalid_redirect_uri",
    "redirect_uris: \"https://app.example/#x\" is no absolute URL without a fragment, such as http://localhost:3000/callback"
)]
#[case(
    json!({ "token_endpoint_auth_method": "private_key_jwt" }),
    "invalid_client_metadata",
    "jwks: the keys of private_key_jwt are missing: say `jwks` or `jwks_uri`"
)]
#[tokio::test]
async fn wrong_metadata_are_refused_as_the_standard_says(
    #[case] changes: Value,
    #[case] error: &str,
    #[case] description: &str,
) {
    let org = Org::start().await;
    let mut body = service();
    body.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    let answer = org.call(Method::POST, CLIENTS, Some(body)).await;
    assert_eq!(answer.status(), 400);
    assert_eq!(answer.json::<Value>().await.unwrap(), json!({ "error": error, "error_description": description }));
}
