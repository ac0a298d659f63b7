use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};

use super::org::{Org, assert_okta_error, claims};

const USERS: &str = "/api/v1/users";

fn ada() -> Value {
    json!({ "profile": { "firstName": "Ada", "lastName": "Lovelace", "email": "ada@work.example",
        "login": "ada@example.com", "department": "engines" },
        "credentials": { "password": { "value": "only-for-tests" } } })
}

#[tokio::test]
async fn a_user_is_made_signs_in_and_is_removed_by_two_calls() {
    let org = Org::start().await;
    let made = org.post(&format!("{USERS}?activate=true&headless=true"), ada(), 200).await;
    let id = made["id"].as_str().unwrap();
    assert!(id.starts_with("00u") && id.len() == 20, "{id}");
    assert_eq!((&made["status"], &made["profile"]["department"]), (&json!("ACTIVE"), &json!("engines")));
    assert_eq!(made["credentials"], json!({ "password": {}, "provider": { "type": "OKTA", "name": "OKTA" } }));
    for name in [id, "ada@example.com", "ada%40example.com"] {
        assert_eq!(org.get(&format!("{USERS}/{name}")).await, made, "{name}");
    }
    let tokens: Value = org.user_tokens("ada@example.com", "openid profile email").await.json().await.unwrap();
    let id_token = claims(&tokens["id_token"]);
    assert_eq!((&id_token["sub"], &id_token["name"]), (&json!(id), &json!("Ada Lovelace")));
    assert_eq!((&id_token["email"], id_token.get("department")), (&json!("ada@work.example"), None));

    assert_eq!(org.delete(&format!("{USERS}/{id}")).await, 204);
    assert_eq!(org.get(&format!("{USERS}/{id}")).await["status"], "DEPROVISIONED");
    assert_eq!(org.delete(&format!("{USERS}/{id}")).await, 204);
    assert_okta_error(
        org.call(Method::GET, &format!("{USERS}/{id}"), None).await,
        404,
        "E0000007",
        &format!("Not found: Resource not found: {id} (User)"),
        None,
    )
    .await;
}

#[tokio::test]
async fn who_is_deactivated_gets_no_tokens_for_what_was_granted_before() {
    let org = Org::start().await;
    org.post(&format!("{USERS}?headless=true"), ada(), 200).await;
    let tokens: Value = org.user_tokens("ada@example.com", "openid offline_access").await.json().await.unwrap();
    let code = org.code("ada@example.com", "openid").await;
    org.post(&format!("{USERS}/ada@example.com/lifecycle/deactivate"), json!({}), 200).await;
    let refused = async |form: &[(&str, &str)]| {
        let request = org.http.post(format!("{}/v1/token", org.idp.http_issuer())).form(form);
        let request = request.basic_auth("0oaBadpennyTestClien", Some("badpenny-test-secret-public-by-intent-00"));
        request.send().await.unwrap().text().await.unwrap()
    };
    let refresh = [("grant_type", "refresh_token"), ("refresh_token", tokens["refresh_token"].as_str().unwrap())];
    let expected = r#"{"error":"invalid_grant","error_description":"The refresh token is invalid or expired."}"#;
    assert_eq!(refused(&refresh).await, expected);
    let redeem = [("grant_type", "authorization_code"), ("code", &code), ("redirect_uri", super::org::CALLBACK)];
    let expected =
        r#"{"error":"invalid_grant","error_description":"The authorization code is invalid or has expired."}"#;
    assert_eq!(refused(&redeem).await, expected);
    org.post(&format!("{USERS}/ada@example.com/lifecycle/activate"), json!({}), 200).await;
    assert_eq!(org.user_tokens("ada@example.com", "openid").await.status(), 200);
}

#[tokio::test]
async fn a_profile_is_changed_in_part_or_replaced() {
    let org = Org::start().await;
    org.post(USERS, ada(), 200).await;
    let path = format!("{USERS}/ada@example.com");
    let changed = org.post(&path, json!({ "profile": { "department": "looms" } }), 200).await;
    assert_eq!((&changed["profile"]["department"], &changed["profile"]["firstName"]), (&json!("looms"), &json!("Ada")));
    let profile = json!({ "firstName": "A", "lastName": "L", "email": "a@x.example", "login": "ada@example.com" });
    let replaced = org.put(&path, json!({ "profile": profile })).await;
    assert_eq!((replaced["profile"].get("department"), &replaced["profile"]["displayName"]), (None, &json!("A L")));
}

#[tokio::test]
async fn users_are_found_by_what_they_are_called() {
    let org = Org::start().await;
    org.post(&format!("{USERS}?activate=false"), ada(), 200).await;
    let mut bob = ada();
    for (name, value) in [("login", "bob@example.com"), ("email", "bob@work.example"), ("firstName", "Bob")] {
        bob["profile"][name] = value.into();
    }
    org.post(USERS, bob, 200).await;
    let found = async |query: &str| {
        let list = org.get(&format!("{USERS}?{query}")).await;
        list.as_array().unwrap().iter().map(|user| user["profile"]["login"].clone()).collect::<Vec<_>>()
    };
    let ada = [json!("ada@example.com")];
    assert_eq!(found("q=ad").await, ada);
    assert_eq!(found("filter=profile.login%20eq%20%22ada@example.com%22").await, ada);
    assert_eq!(found("search=status%20eq%20%22STAGED%22").await, ada);
    assert_eq!(found("search=profile.department%20eq%20%22engines%22").await.len(), 2);
    let answer = org.call(Method::GET, &format!("{USERS}?search=a%20or%20b"), None).await;
    let cause = "only one comparison is known here, such as profile.login eq \"ada@example.com\"";
    assert_okta_error(answer, 400, "E0000031", "Invalid search criteria.", Some(cause)).await;
}

#[rstest]
#[case("login", json!(null), "login: The field cannot be left blank")]
#[case("firstName", json!(""), "firstName: The field cannot be left blank")]
#[case("login", json!("taken@example.com"), "login: An object with this field already exists in the current organization")]
#[tokio::test]
async fn a_user_that_can_not_be_is_refused_with_the_field(
    #[case] field: &str,
    #[case] value: Value,
    #[case] cause: &str,
) {
    let org = Org::start().await;
    let mut taken = ada();
    taken["profile"]["login"] = "taken@example.com".into();
    org.post(USERS, taken, 200).await;
    let mut body = ada();
    body["profile"][field] = value;
    let answer = org.call(Method::POST, USERS, Some(body)).await;
    assert_okta_error(answer, 400, "E0000001", &format!("Api validation failed: {field}"), Some(cause)).await;
}

#[tokio::test]
async fn tokens_of_who_is_deactivated_are_active_no_more() {
    let org = Org::start().await;
    org.post(&format!("{USERS}?headless=true"), ada(), 200).await;
    let tokens: Value = org.user_tokens("ada@example.com", "openid offline_access").await.json().await.unwrap();
    let active = async |name: &str| {
        let form = [("token", tokens[name].as_str().unwrap())];
        let told = org.of_test_client("introspect", &form).await;
        serde_json::from_str::<Value>(&told.text().await.unwrap()).unwrap()["active"] == true
    };
    for is_active in [true, false, true] {
        let step = if is_active { "activate" } else { "deactivate" };
        org.post(&format!("{USERS}/ada@example.com/lifecycle/{step}"), json!({}), 200).await;
        assert_eq!((active("access_token").await, active("refresh_token").await), (is_active, is_active));
        let userinfo = org.http.get(format!("{}/v1/userinfo", org.idp.http_issuer()));
        let told = userinfo.bearer_auth(tokens["access_token"].as_str().unwrap()).send().await.unwrap();
        assert_eq!(told.status(), if is_active { 200 } else { 401 });
    }
}

#[tokio::test]
async fn a_device_of_who_was_deactivated_since_gets_nothing() {
    let org = Org::start().await;
    org.post(&format!("{USERS}?headless=true"), ada(), 200).await;
    let form = [("scope", "openid"), ("login_hint", "ada@example.com")];
    let begun: Value = org.of_test_client("device/authorize", &form).await.json().await.unwrap();
    org.post(&format!("{USERS}/ada@example.com/lifecycle/deactivate"), json!({}), 200).await;
    let grant = "urn:ietf:params:oauth:grant-type:device_code";
    let form = [("grant_type", grant), ("device_code", begun["device_code"].as_str().unwrap())];
    let answer = org.of_test_client("token", &form).await;
    assert_eq!(answer.status(), 400);
    let expected = r#"{"error":"invalid_grant","error_description":"The device code is invalid or has expired."}"#;
    assert_eq!(answer.text().await.unwrap(), expected);
}

#[tokio::test]
async fn a_token_of_who_is_deactivated_is_not_exchanged() {
    let org = Org::start().await;
    org.post(&format!("{USERS}?headless=true"), ada(), 200).await;
    let service = |server: &mut mock_idp::config::AuthorizationServer| {
        server.clients[0].application_type = mock_idp::config::ApplicationType::Service;
    };
    org.idp.issuer().change_server("default", service).unwrap();
    let tokens: Value = org.user_tokens("ada@example.com", "openid").await.json().await.unwrap();
    org.post(&format!("{USERS}/ada@example.com/lifecycle/deactivate"), json!({}), 200).await;
    let form = [
        ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
        ("subject_token", tokens["access_token"].as_str().unwrap()),
        ("subject_token_type", "urn:ietf:params:oauth:token-type:access_token"),
        ("audience", "api://default"),
        ("scope", "test_scope"),
    ];
    let told = org.of_test_client("token", &form).await.text().await.unwrap();
    assert!(told.contains("'subject_token' is invalid: the user account is not active."), "{told}");
}
