use mock_idp::config::Config;
use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};

use super::org::{CALLBACK, Org, assert_okta_error, service_app};

const APPS: &str = "/api/v1/apps";

fn credentials(app: &Value) -> (String, String) {
    let client = &app["credentials"]["oauthClient"];
    let text = |name: &str| client[name].as_str().unwrap_or_default().to_owned();
    (text("client_id"), text("client_secret"))
}

#[tokio::test]
async fn an_app_is_a_client_of_every_server_until_it_is_removed() {
    let org = Org::start().await;
    let made = org.post(APPS, service_app("Orders"), 200).await;
    let path = format!("{APPS}/{}", made["id"].as_str().unwrap());
    let (id, secret) = credentials(&made);
    assert!(id.starts_with("0oa") && id == made["id"], "{id}");
    assert_eq!(secret.len(), 40);
    assert_eq!(org.get(&path).await, made);
    for server in ["default", "orders"] {
        assert_eq!(org.token_of(server, &id, &secret, "test_scope").await.status(), 200, "{server}");
    }

    let summary = "Delete application forbidden.";
    let cause = "an active app is not deleted: POST to its lifecycle/deactivate first";
    assert_okta_error(org.call(Method::DELETE, &path, None).await, 403, "E0000056", summary, Some(cause)).await;
    org.post(&format!("{path}/lifecycle/deactivate"), json!({}), 200).await;
    assert_eq!(org.get(&path).await["status"], "INACTIVE");
    assert_eq!(org.token_of("default", &id, &secret, "test_scope").await.status(), 401, "nobody knows it");
    org.post(&format!("{path}/lifecycle/activate"), json!({}), 200).await;
    assert_eq!(org.token_of("default", &id, &secret, "test_scope").await.status(), 200);

    org.post(&format!("{path}/lifecycle/deactivate"), json!({}), 200).await;
    assert_eq!(org.delete(&path).await, 204);
    assert_okta_error(
        org.call(Method::GET, &path, None).await,
        404,
        "E0000007",
        &format!("Not found: Resource not found: {id} (AppInstance)"),
        None,
    )
    .await;
}

#[tokio::test]
async fn an_app_of_one_server_is_unknown_to_the_other() {
    let org = Org::start().await;
    let (id, secret) = credentials(&org.post(&format!("{APPS}?server=orders"), service_app("one"), 200).await);
    assert_eq!(org.token_of("orders", &id, &secret, "test_scope").await.status(), 200);
    assert_eq!(org.token_of("default", &id, &secret, "test_scope").await.status(), 401);
    let labels = async |path: &str| {
        let list = org.get(path).await;
        list.as_array().unwrap().iter().filter(|app| app["label"] == "one").count()
    };
    assert_eq!((labels(APPS).await, labels(&format!("{APPS}?server=default")).await), (1, 0));
    assert_eq!(labels(&format!("{APPS}?q=ON")).await, 1);
    let answer = org.call(Method::POST, &format!("{APPS}?server=orders,nope"), Some(service_app("two"))).await;
    assert_okta_error(answer, 404, "E0000007", "Not found: Resource not found: nope (AuthorizationServer)", None).await;
}

#[tokio::test]
async fn an_app_with_users_is_told_as_it_was_said_and_replaced() {
    let org = Org::start().await;
    let mut body = service_app("Web");
    body["credentials"]["oauthClient"] = json!({ "token_endpoint_auth_method": "none", "client_id": "my-spa" });
    body["settings"]["oauthClient"] = json!({
        "application_type": "browser", "grant_types": ["authorization_code", "implicit", "refresh_token"],
        "response_types": ["code", "id_token"], "redirect_uris": [CALLBACK], "client_uri": "https://app.example",
    });
    let made = org.post(APPS, body.clone(), 200).await;
    assert_eq!(credentials(&made), ("my-spa".to_owned(), String::new()));
    assert_eq!(made["credentials"]["oauthClient"]["pkce_required"], true);
    let settings = &made["settings"]["oauthClient"];
    for name in ["application_type", "grant_types", "response_types", "redirect_uris", "client_uri"] {
        assert_eq!(settings[name], body["settings"]["oauthClient"][name], "{name}");
    }
    body["label"] = "Web 2".into();
    let replaced = org.put(&format!("{APPS}/my-spa"), body).await;
    assert_eq!((&replaced["label"], &replaced["id"]), (&json!("Web 2"), &made["id"]));
}

#[tokio::test]
async fn who_knows_an_app_that_is_removed_forgets_it() {
    let text = "[[server.default.client]]\nid = 'gone'\nsecret = 's'\n[[server.default.policy]]\nclients = ['gone']\n\
                [[server.default.user]]\nlogin = 'ada'\nclients = ['gone']";
    let org = Org::with(Config::parse(text, "".as_ref()).unwrap()).await;
    org.post(&format!("{APPS}/gone/lifecycle/deactivate"), json!({}), 200).await;
    assert_eq!(org.delete(&format!("{APPS}/gone")).await, 204);
    assert_eq!(org.get(APPS).await, json!([]));
}

#[tokio::test]
async fn clients_of_the_configuration_are_apps_too() {
    let org = Org::start().await;
    let app = org.get(&format!("{APPS}/0oaBadpennyTestClien")).await;
    assert_eq!((&app["id"], &app["status"]), (&json!("0oaBadpennyTestClien"), &json!("ACTIVE")));
    assert_eq!(org.get(APPS).await, json!([app]));
}

/// A client that is set up otherwise at each of two servers.
const TWO: &str = "
    [server.default]
    scopes = ['a']
    [[server.default.client]]
    id = 'agent'
    secret = 'one'
    scopes = ['a']
    answer = ['no-expires-in']
    [[server.default.user]]
    login = 'ada@example.com'
    clients = ['agent']
    [server.orders]
    scopes = ['o']
    [[server.orders.client]]
    id = 'agent'
    secret = 'two'
    scopes = ['o']
";

#[tokio::test]
async fn a_client_that_servers_set_up_otherwise_stays_so_when_its_state_changes() {
    let org = Org::with(Config::parse(TWO, "".as_ref()).unwrap()).await;
    let both = async || {
        let answers =
            [org.token_of("default", "agent", "one", "a").await, org.token_of("orders", "agent", "two", "o").await];
        answers.map(|answer| answer.status().as_u16())
    };
    org.post(&format!("{APPS}/agent/lifecycle/deactivate"), json!({}), 200).await;
    assert_eq!(both().await, [401, 401]);
    org.post(&format!("{APPS}/agent/lifecycle/activate"), json!({}), 200).await;
    assert_eq!(both().await, [200, 200]);
}

#[tokio::test]
async fn what_no_metadata_say_stays_where_an_app_is_replaced() {
    let org = Org::with(Config::parse(TWO, "".as_ref()).unwrap()).await;
    let mut body = service_app("Agent");
    body["credentials"]["oauthClient"]["client_id"] = "agent".into();
    assert_eq!(org.put(&format!("{APPS}/agent"), body).await["label"], "Agent");
    let answer: Value = org.token_of("default", "agent", "one", "a").await.json().await.unwrap();
    assert_eq!((&answer["scope"], answer.get("expires_in")), (&json!("a"), None));
    let refused = org.token_of("default", "agent", "one", "o").await;
    assert_eq!(refused.status(), 400);
}

#[tokio::test]
async fn an_app_says_what_happens_to_its_refresh_tokens() {
    let org = Org::start().await;
    let said = |refresh_token: Value| {
        let mut body = service_app("Web");
        body["credentials"]["oauthClient"]["client_id"] = "web".into();
        body["settings"]["oauthClient"] = json!({
            "application_type": "web", "redirect_uris": [CALLBACK], "refresh_token": refresh_token,
            "grant_types": ["authorization_code", "refresh_token"],
        });
        body
    };
    let told = |app: &Value| app["settings"]["oauthClient"]["refresh_token"].clone();
    let rotating = json!({ "rotation_type": "ROTATE", "leeway": 7 });
    assert_eq!(told(&org.post(APPS, said(rotating.clone()), 200).await), rotating);

    let app = format!("{APPS}/web");
    assert_eq!(told(&org.put(&app, said(Value::Null)).await), rotating, "what is not said stays");
    let expected = json!({ "rotation_type": "STATIC", "leeway": 7 });
    assert_eq!(told(&org.put(&app, said(json!({ "rotation_type": "STATIC" }))).await), expected);
    assert_eq!(told(&org.get(&app).await), expected);
    let client = |server: &mut mock_idp::config::AuthorizationServer| {
        let web = server.clients.iter().find(|client| client.id == "web").unwrap();
        assert_eq!((web.rotate_refresh_tokens, web.refresh_leeway), (false, 7));
    };
    org.idp.issuer().change_server("default", client).unwrap();
}

#[rstest]
#[case(json!({ "label": "" }), "label", "label: The field cannot be left blank")]
#[case(json!({ "name": "bookmark" }), "name", "name: only oidc_client is known here")]
#[case(
    json!({ "settings": { "oauthClient": { "grant_types": ["authorization_code"] } } }),
    "redirect_uris",
    "redirect_uris: name at least one: its grants send users back"
)]
#[case(
    json!({ "settings": { "oauthClient": { "grant_types": ["authorization_code"], "redirect_uris": ["/cb"] } } }),
    "redirect_uris",
    "redirect_uris: \"/cb\" is no absolute URL without a fragment, such as http://localhost:3000/callback"
)]
#[case(
    json!({ "settings": { "oauthClient": { "grant_types": ["magic"] } } }),
    "grant_types",
    "grant_types: \"magic\" is not known here"
)]
#[case(
    json!({ "settings": { "oauthClient": { "grant_types": ["client_credentials"], "refresh_token": { "rotation_type": "NEVER" } } } }),
    "rotation_type",
    "rotation_type: \"NEVER\" is not known here: use one of ROTATE, STATIC"
)]
#[case(
    json!({ "settings": { "oauthClient": { "grant_types": ["client_credentials"], "refresh_token": { "leeway": 61 } } } }),
    "leeway",
    "leeway: must be from 0 to 60 seconds"
)]
#[case(
    json!({ "credentials": { "oauthClient": { "token_endpoint_auth_method": "tls" } } }),
    "token_endpoint_auth_method",
    "token_endpoint_auth_method: \"tls\" is not known here: use one of client_secret_basic, client_secret_post, client_secret_jwt, private_key_jwt, none"
)]
#[case(
    json!({ "credentials": { "oauthClient": { "client_id": "0oaBadpennyTestClien" } } }),
    "name",
    "name: \"0oaBadpennyTestClien\" stands there twice"
)]
#[tokio::test]
async fn an_app_that_can_not_be_is_refused_with_the_field(
    #[case] changes: Value,
    #[case] field: &str,
    #[case] cause: &str,
) {
    let org = Org::start().await;
    let mut body = service_app("x");
    body.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    let answer = org.call(Method::POST, APPS, Some(body)).await;
    assert_okta_error(answer, 400, "E0000001", &format!("Api validation failed: {field}"), Some(cause)).await;
    assert_eq!(org.get(APPS).await.as_array().unwrap().len(), 1);
}
