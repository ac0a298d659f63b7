use reqwest::Method;
use serde_json::{Value, json};

use super::org::{Org, SERVERS, assert_okta_error};

const SCOPES: &str = "/api/v1/authorizationServers/default/scopes";

fn names(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|scope| scope["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_scope_is_made_read_granted_and_removed() {
    let org = Org::start().await;
    let body = json!({ "name": "car:drive", "description": "Drive car", "displayName": "Driving", "default": true });
    let answer = org.call(Method::POST, SCOPES, Some(body)).await;
    assert_eq!(answer.status(), 201);
    let text = answer.text().await.unwrap();
    let made: Value = serde_json::from_str(&text).unwrap();
    let id = made["id"].as_str().unwrap();
    assert!(id.starts_with("scp") && id.len() == 20, "{id}");
    let href = format!("{}{SCOPES}/{id}", org.idp.http());
    assert_eq!(
        text,
        format!(
            r#"{{"id":"{id}","name":"car:drive","description":"Drive car","system":false,"default":true,"displayName":"Driving","consent":"IMPLICIT","optional":false,"metadataPublish":"NO_CLIENTS","_links":{{"self":{{"hints":{{"allow":["GET","PUT","DELETE"]}},"href":"{href}"}}}}}}"#
        )
    );
    assert_eq!(org.get(&format!("{SCOPES}/{id}")).await, made);
    assert!(names(&org.get(SCOPES).await).ends_with(&["test_scope", "car:drive"]));

    let granted: Value = org.token("default", "").await.json().await.unwrap();
    assert_eq!(granted["scope"], "car:drive", "it is a default");
    assert_eq!(org.token("orders", "car:drive").await.status(), 400, "the other server has none of it");

    assert_eq!(org.delete(&format!("{SCOPES}/{id}")).await, 204);
    assert_eq!(org.status(&format!("{SCOPES}/{id}")).await, 404);
    assert_eq!(org.token("default", "car:drive").await.status(), 400);
}

#[tokio::test]
async fn a_scope_that_needs_consent_is_not_for_client_credentials() {
    let org = Org::start().await;
    let made = org.post(SCOPES, json!({ "name": "own", "consent": "REQUIRED" }), 201).await;
    assert_eq!(made["consent"], "REQUIRED");
    assert_eq!(org.token("default", "own").await.status(), 400);
    let id = made["id"].as_str().unwrap();
    let replaced = org.put(&format!("{SCOPES}/{id}"), json!({ "name": "own", "consent": "IMPLICIT" })).await;
    assert_eq!((&replaced["id"], &replaced["consent"]), (&made["id"], &json!("IMPLICIT")));
    assert_eq!(org.token("default", "own").await.status(), 200);
}

#[tokio::test]
async fn scopes_of_the_configuration_have_ids_that_stay() {
    let [one, two] = [Org::start().await, Org::start().await];
    let id = async |org: &Org| {
        let list = org.get(SCOPES).await;
        let found = list.as_array().unwrap().iter().find(|scope| scope["name"] == "test_scope").unwrap().clone();
        found["id"].as_str().unwrap().to_owned()
    };
    let stable = id(&one).await;
    assert_eq!(id(&two).await, stable);
    assert_eq!(one.get(&format!("{SCOPES}/{stable}")).await["name"], "test_scope");
    assert_eq!(one.delete(&format!("{SCOPES}/{stable}")).await, 204);
    assert_eq!(one.token("default", "test_scope").await.status(), 400);
}

#[tokio::test]
async fn a_scope_that_is_published_stands_in_the_metadata() {
    let org = Org::start().await;
    for (name, publish) in [("seen", "ALL_CLIENTS"), ("unseen", "NO_CLIENTS")] {
        org.post(SCOPES, json!({ "name": name, "metadataPublish": publish }), 201).await;
    }
    let document = org.get("/oauth2/default/.well-known/oauth-authorization-server").await;
    let supported = document["scopes_supported"].as_array().unwrap();
    assert_eq!((supported.len(), &supported[8]), (9, &json!("seen")));
}

#[tokio::test]
async fn scopes_of_the_system_are_there_and_stay() {
    let org = Org::start().await;
    let list = org.get(SCOPES).await;
    let openid = list.as_array().unwrap().iter().find(|scope| scope["name"] == "openid").unwrap();
    assert_eq!((&openid["system"], &openid["metadataPublish"]), (&json!(true), &json!("ALL_CLIENTS")));
    let path = format!("{SCOPES}/{}", openid["id"].as_str().unwrap());
    assert_okta_error(
        org.call(Method::DELETE, &path, None).await,
        403,
        "E0000006",
        "You do not have permission to perform the requested action",
        Some("a scope of the system stays as it is"),
    )
    .await;
}

#[tokio::test]
async fn a_list_comes_in_pages() {
    let org = Org::start().await;
    let server = org.post(SERVERS, json!({ "name": "a", "audiences": ["api://a"] }), 201).await;
    let path = format!("{SERVERS}/{}/scopes", server["id"].as_str().unwrap());
    for name in ["a-1", "a-2", "a-3", "b-1"] {
        org.post(&path, json!({ "name": name }), 201).await;
    }
    let page = org.call(Method::GET, &format!("{path}?q=a-&limit=2"), None).await;
    let link = page.headers()["link"].to_str().unwrap().to_owned();
    assert_eq!(names(&page.json().await.unwrap()), ["a-1", "a-2"]);
    let next = link.strip_prefix('<').and_then(|rest| rest.strip_suffix(r#">; rel="next""#)).unwrap();
    let last = org.http.get(next).send().await.unwrap();
    assert!(last.headers().get("link").is_none());
    assert_eq!(names(&last.json().await.unwrap()), ["a-3"]);
}
