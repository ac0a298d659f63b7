use mock_idp::config::Config;
use serde_json::{Value, json};

use super::org::{Org, claims, service_app};

#[tokio::test]
async fn a_server_that_is_asked_for_is_made_like_default() {
    let text = "touch = true\n[server.default]\naudience = 'api://orders'";
    let org = Org::with(Config::parse(text, "".as_ref()).unwrap()).await;
    let document = org.get("/oauth2/test-1/.well-known/openid-configuration").await;
    assert_eq!(document["issuer"], format!("{}/oauth2/test-1", org.idp.http()));
    let answer: Value = org.token("test-2", "test_scope").await.json().await.unwrap();
    assert_eq!(claims(&answer["access_token"])["aud"], "api://orders");
    let kid = async |server: &str| org.get(&format!("/oauth2/{server}/v1/keys")).await["keys"][0]["kid"].clone();
    assert_ne!(kid("test-1").await, kid("default").await);
    let servers = org.get("/_mock/servers").await;
    assert_eq!(servers, json!({ "servers": ["default", "test-1", "test-2"] }));
}

#[tokio::test]
async fn what_can_be_no_server_is_not_made() {
    let mut config = Config::default();
    config.touch = true;
    let org = Org::with(config).await;
    for path in ["/oauth2/a.b/v1/keys", "/oauth2/a/v1/nothing", "/oauth2/a", "/api/v1/authorizationServers/a"] {
        assert_eq!(org.status(path).await, 404, "{path}");
    }
    assert_eq!(org.get("/_mock/servers").await, json!({ "servers": ["default"] }));
}

#[tokio::test]
async fn without_it_nothing_is_made() {
    let org = Org::start().await;
    assert_eq!(org.status("/oauth2/test-1/v1/keys").await, 404);
}

#[tokio::test]
async fn many_who_touch_at_once_get_one_server() {
    let mut config = Config::default();
    config.touch = true;
    let org = Org::with(config).await;
    let fetch = || async {
        let keys: Value = org.get("/oauth2/same/v1/keys").await;
        keys["keys"][0]["kid"].clone()
    };
    let (a, b, c, d) = tokio::join!(fetch(), fetch(), fetch(), fetch());
    assert!([&b, &c, &d].into_iter().all(|kid| *kid == a));
}

#[tokio::test]
async fn what_is_added_to_a_server_makes_it() {
    let mut config = Config::default();
    config.touch = true;
    let org = Org::with(config).await;
    org.post("/api/v1/authorizationServers/test-1/scopes", json!({ "name": "car:drive" }), 201).await;
    org.post("/api/v1/apps?server=test-2", service_app("Cars"), 200).await;
    assert_eq!(org.token("test-1", "car:drive").await.status(), 200);
    assert_eq!(org.token("test-2", "car:drive").await.status(), 400);
    assert_eq!(org.get("/_mock/servers").await, json!({ "servers": ["default", "test-1", "test-2"] }));
}
