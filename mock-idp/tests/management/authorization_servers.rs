use reqwest::Method;
use serde_json::{Value, json};

use super::org::{Org, SERVERS, assert_okta_error, claims, service_app};

#[tokio::test]
async fn a_server_is_made_used_read_and_removed() {
    let org = Org::start().await;
    let body = json!({ "name": "Sample", "description": "of a test", "audiences": ["api://sample"] });
    let made = org.post(SERVERS, body, 201).await;
    let id = made["id"].as_str().unwrap();
    assert!(id.starts_with("aus") && id.len() == 20, "{id}");
    assert_eq!(made["issuer"], format!("{}/oauth2/{id}", org.idp.http()));
    assert_eq!((&made["status"], &made["created"]), (&json!("ACTIVE"), &json!("2027-01-15T08:00:00.000Z")));
    let path = format!("{SERVERS}/{id}");
    assert_eq!(made["_links"]["self"]["href"], format!("{}{path}", org.idp.http()));
    assert_eq!(org.get(&path).await, made);
    let names = async || org.get(SERVERS).await.as_array().unwrap().iter().map(|one| one["name"].clone()).collect();
    let before: Vec<Value> = names().await;
    assert_eq!(before, [json!("default"), json!("orders"), json!("Sample")]);

    org.post(&format!("{path}/scopes"), json!({ "name": "read" }), 201).await;
    let answer: Value = org.token(id, "read").await.json().await.unwrap();
    assert_eq!(claims(&answer["access_token"])["aud"], "api://sample");
    assert_eq!(
        org.get(&format!("/oauth2/{id}/v1/keys")).await["keys"][0]["kid"],
        made["credentials"]["signing"]["kid"]
    );

    let replaced = org.put(&path, json!({ "name": "Other", "audiences": ["api://other"] })).await;
    assert_eq!((&replaced["name"], &replaced["audiences"]), (&json!("Other"), &json!(["api://other"])));
    assert_eq!(org.delete(&path).await, 204);
    assert_eq!((org.status(&path).await, org.status(&format!("/oauth2/{id}/v1/keys")).await), (404, 404));
}

#[tokio::test]
async fn default_stays_and_what_is_not_there_is_not_removed() {
    let org = Org::start().await;
    let answer = org.call(Method::DELETE, &format!("{SERVERS}/default"), None).await;
    let cause = "the authorization server \"default\" is always there: remove another one";
    let summary = "You do not have permission to perform the requested action";
    assert_okta_error(answer, 403, "E0000006", summary, Some(cause)).await;
    let answer = org.call(Method::DELETE, &format!("{SERVERS}/nope"), None).await;
    assert_okta_error(answer, 404, "E0000007", "Not found: Resource not found: nope (AuthorizationServer)", None).await;
}

#[tokio::test]
async fn a_new_server_knows_the_apps_of_the_org() {
    let org = Org::start().await;
    let app = org.post("/api/v1/apps", service_app("before"), 200).await;
    let client = &app["credentials"]["oauthClient"];
    let made = org.post(SERVERS, json!({ "name": "a", "audiences": ["api://a"] }), 201).await;
    let id = made["id"].as_str().unwrap();
    org.post(&format!("{SERVERS}/{id}/scopes"), json!({ "name": "read" }), 201).await;
    let (client_id, secret) = (client["client_id"].as_str().unwrap(), client["client_secret"].as_str().unwrap());
    assert_eq!(org.token_of(id, client_id, secret, "read").await.status(), 200);
    let clients = org.get(&format!("{SERVERS}/{id}/clients")).await;
    assert!(clients.as_array().unwrap().iter().any(|one| one["client_name"] == "before"));
}

#[tokio::test]
async fn keys_are_rotated_for_good_and_never_more_than_two_are_published() {
    let org = Org::start().await;
    let path = format!("{SERVERS}/default/credentials");
    let status = |keys: &Value| {
        let keys = keys.as_array().unwrap().clone();
        keys.into_iter().map(|key| (key["status"].as_str().unwrap().to_owned(), key["kid"].clone())).collect::<Vec<_>>()
    };
    let before = status(&org.get(&format!("{path}/keys")).await);
    assert_eq!(before.len(), 1);
    let old: Value = org.token("default", "test_scope").await.json().await.unwrap();
    let rotated = status(&org.post(&format!("{path}/lifecycle/keyRotate"), json!({ "use": "sig" }), 200).await);
    assert_eq!(rotated[0], ("EXPIRED".to_owned(), before[0].1.clone()));
    assert_eq!((rotated[1].0.as_str(), rotated.len()), ("ACTIVE", 2));
    assert!(is_active(&org, &old).await, "the key before is still published");

    org.idp.issuer().restore("default");
    let again = status(&org.post(&format!("{path}/lifecycle/keyRotate"), json!({ "use": "sig" }), 200).await);
    assert_eq!((again.len(), &again[0].1), (2, &rotated[1].1), "the oldest is gone");
    let published = org.get("/oauth2/default/v1/keys").await;
    assert_eq!(published["keys"].as_array().unwrap().len(), 2);
    let key = org.get(&format!("{path}/keys/{}", again[1].1.as_str().unwrap())).await;
    assert_eq!((&key["status"], &key["n"]), (&json!("ACTIVE"), &published["keys"][1]["n"]));
    let wrong = org.call(Method::POST, &format!("{path}/lifecycle/keyRotate"), Some(json!({ "use": "enc" }))).await;
    assert_okta_error(wrong, 400, "E0000001", "Api validation failed: use", Some("use: must be sig")).await;
}

async fn is_active(org: &Org, answer: &Value) -> bool {
    let form = [("token", answer["access_token"].as_str().unwrap())];
    let request = org.http.post(format!("{}/v1/introspect", org.idp.http_issuer())).form(&form);
    let request =
        request.basic_auth(mock_idp::claims::DEFAULT_CLIENT_ID, Some(mock_idp::claims::DEFAULT_CLIENT_SECRET));
    request.send().await.unwrap().json::<Value>().await.unwrap()["active"] == true
}
