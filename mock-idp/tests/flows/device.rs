use mock_idp::claims::{DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET};
use reqwest::Response;
use rstest::rstest;
use serde_json::{Value, json};

use super::app::*;
use super::page::Page;

const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";
const PENDING: (&str, &str) = ("authorization_pending", "The device authorization is pending. Please try again later.");
const DENIED: (&str, &str) = ("access_denied", "The resource owner or authorization server denied the request.");
const INVALID: (&str, &str) = ("invalid_grant", "The device code is invalid or has expired.");

/// A device that waits for somebody at a server.
struct Device {
    server: &'static str,
    code: String,
    user_code: String,
}

impl Device {
    async fn start(app: &App, server: &'static str, scope: &str) -> Self {
        let answer = start(app, server, &vec![("scope", scope)]).await;
        assert_eq!(answer.status(), 200);
        Self::of(server, &answer.json().await.unwrap())
    }

    fn of(server: &'static str, told: &Value) -> Self {
        let text = |name: &str| told[name].as_str().unwrap().to_owned();
        Self { server, code: text("device_code"), user_code: text("user_code") }
    }

    async fn poll(&self, app: &App) -> Response {
        poll(app, self.server, &self.code).await
    }

    async fn told(&self, app: &App) -> Value {
        self.poll(app).await.json().await.unwrap()
    }
}

async fn start(app: &App, server: &str, fields: &Fields<'_>) -> Response {
    let request = app.http.post(app.at_server(server, "device/authorize")).form(fields);
    request.basic_auth(DEFAULT_CLIENT_ID, Some(DEFAULT_CLIENT_SECRET)).send().await.unwrap()
}

async fn poll(app: &App, server: &str, code: &str) -> Response {
    let request = app.http.post(app.at_server(server, "token")).form(&[("grant_type", GRANT), ("device_code", code)]);
    request.basic_auth(DEFAULT_CLIENT_ID, Some(DEFAULT_CLIENT_SECRET)).send().await.unwrap()
}

fn activate(app: &App) -> String {
    app.at("x").replace("/oauth2/default/v1/x", "/activate")
}

async fn code_page(app: &App, query: &str) -> Page {
    Page::of(app.http.get(format!("{}{query}", activate(app))).send().await.unwrap()).await
}

async fn control(app: &App, body: Value) -> Response {
    app.http.post(activate(app).replace("/activate", "/_mock/device")).json(&body).send().await.unwrap()
}

#[tokio::test]
async fn a_device_is_told_what_it_needs_in_oktas_order() {
    let app = App::start().await;
    let answer = start(&app, "default", &vec![("scope", "openid")]).await;
    assert_eq!(answer.headers()["cache-control"], "no-cache, no-store");
    let text = answer.text().await.unwrap();
    let Device { code, user_code, .. } = Device::of("default", &serde_json::from_str(&text).unwrap());
    let uri = activate(&app);
    assert_eq!(
        text,
        format!(
            r#"{{"user_code":"{user_code}","device_code":"{code}","interval":5,"verification_uri_complete":"{uri}?user_code={user_code}","verification_uri":"{uri}","expires_in":600}}"#
        )
    );
    assert!(user_code.len() == 8 && user_code.bytes().all(|byte| byte.is_ascii_uppercase()), "{user_code}");
    assert_eq!(code.split('-').map(str::len).collect::<Vec<_>>(), [8, 4, 4, 4, 12]);
}

#[tokio::test]
async fn a_person_enters_the_code_signs_in_consents_and_the_device_gets_tokens() {
    let app = App::start().await;
    let device = Device::start(&app, "closed", "openid own offline_access").await;
    assert_error(device.poll(&app).await, 400, PENDING.0, PENDING.1).await;

    let page = code_page(&app, "").await;
    let typed = format!("{}-{} ", &device.user_code[..4].to_lowercase(), &device.user_code[4..]);
    let sign_in = page.next(&app, &vec![("user_code", &typed)]).await;
    let consent = sign_in.next(&app, &vec![("login", "ada@example.com"), ("password", "right")]).await;
    assert!(consent.text.contains(&device.user_code) && consent.text.contains("<code>own</code>"), "{}", consent.text);
    let done = consent.send(&app, &vec![("decision", "allow")]).await;
    assert_eq!(done.status(), 200);
    assert!(done.text().await.unwrap().contains("Device connected"));

    let answer = device.poll(&app).await;
    assert_eq!(answer.status(), 200);
    let text = answer.text().await.unwrap();
    assert!(text.starts_with(r#"{"token_type":"Bearer","expires_in":3600,"access_token":""#), "{text}");
    let tokens: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(tokens["scope"], "openid own offline_access");
    assert_eq!(claims(tokens["access_token"].as_str().unwrap())["sub"], "ada@example.com");
    assert!(claims(tokens["id_token"].as_str().unwrap()).get("nonce").is_none());
    assert_error(device.poll(&app).await, 400, INVALID.0, INVALID.1).await;
}

#[tokio::test]
async fn its_refresh_token_works_and_is_revoked_with_its_access_token() {
    let app = App::start().await;
    let told = start(&app, "default", &vec![("scope", "openid offline_access"), ("login_hint", USER)]).await;
    let tokens = Device::of("default", &told.json().await.unwrap()).told(&app).await;
    let token = tokens["refresh_token"].as_str().unwrap();
    assert_eq!(app.refresh(token).await.status(), 200);
    assert!(app.is_active(tokens["access_token"].as_str().unwrap()).await);
    let form = [("token", token), ("token_type_hint", "refresh_token")];
    let request = app.http.post(app.at("revoke")).form(&form);
    request.basic_auth(DEFAULT_CLIENT_ID, Some(DEFAULT_CLIENT_SECRET)).send().await.unwrap();
    assert!(!app.is_active(tokens["access_token"].as_str().unwrap()).await);
}

#[tokio::test]
async fn a_device_that_asks_too_often_or_too_late_is_told_so() {
    let app = App::start().await;
    let device = Device::start(&app, "default", "openid").await;
    assert_error(device.poll(&app).await, 400, PENDING.0, PENDING.1).await;
    app.clock.advance(4);
    let slow = "Slow down the polling frequency. Please try again later.";
    assert_error(device.poll(&app).await, 400, "slow_down", slow).await;
    app.clock.advance(1);
    assert_error(device.poll(&app).await, 400, PENDING.0, PENDING.1).await;
    app.clock.advance(595);
    assert_error(device.poll(&app).await, 400, "expired_token", "The device code has expired.").await;
    app.clock.advance(600);
    assert_error(device.poll(&app).await, 400, INVALID.0, INVALID.1).await;
}

#[tokio::test]
async fn a_code_is_a_clients_and_a_servers() {
    let app = App::start().await;
    let device = Device::start(&app, "default", "openid").await;
    let fields = vec![("grant_type", GRANT), ("device_code", device.code.as_str())];
    let other = app.token_of("web", "web-secret", &fields).await;
    let text = "The grant was issued to another client. Please make sure the 'client_id' matches the one used at the \
                authorize request.";
    assert_error(other, 400, "invalid_grant", text).await;
    let elsewhere = poll(&app, "closed", &device.code).await;
    assert_error(elsewhere, 400, "invalid_request", "The grant was issued for another authorization server.").await;
    for fields in [vec![("grant_type", GRANT)], vec![("grant_type", GRANT), ("device_code", "x")]] {
        assert_error(app.token(&fields).await, 400, INVALID.0, INVALID.1).await;
    }
}

#[tokio::test]
async fn who_does_not_allow_it_denies_the_device() {
    let app = App::start().await;
    let device = Device::start(&app, "closed", "openid own").await;
    let page = code_page(&app, &format!("?user_code={}", device.user_code)).await;
    assert!(page.text.contains(&format!("value=\"{}\"", device.user_code)), "{}", page.text);
    let sign_in = page.next(&app, &vec![("user_code", &device.user_code)]).await;
    let consent = sign_in.next(&app, &vec![("login", "ada@example.com"), ("password", "right")]).await;
    let done = consent.send(&app, &vec![("decision", "deny")]).await.text().await.unwrap();
    assert!(done.contains("Device not connected"), "{done}");
    assert_error(device.poll(&app).await, 403, DENIED.0, DENIED.1).await;
}

#[tokio::test]
async fn whoever_is_signed_in_only_enters_the_code() {
    let app = App::start().await;
    let first = Device::start(&app, "closed", "openid").await;
    let page = code_page(&app, "").await;
    let sign_in = page.next(&app, &vec![("user_code", &first.user_code)]).await;
    let done = sign_in.sign_in(&app, "ada@example.com", "right").await;
    let cookies = format!("{}; {}", sign_in.cookies, cookies(&done));
    assert!(done.text().await.unwrap().contains("Device connected"));

    let second = Device::start(&app, "closed", "openid").await;
    let page = Page { cookies, ..page };
    let done = page.send(&app, &vec![("user_code", &second.user_code)]).await.text().await.unwrap();
    assert!(done.contains("Device connected"), "{done}");
    assert_eq!(second.poll(&app).await.status(), 200);
}

#[tokio::test]
async fn a_code_page_tells_a_wrong_code_and_takes_no_other_sites_form() {
    let app = App::start().await;
    let device = Device::start(&app, "closed", "openid").await;
    let page = code_page(&app, "?user_code=%22%3E%3Cscript%3E").await;
    assert!(page.text.contains("value=\"SCRIPT\"") && !page.text.contains("<script"), "{}", page.text);
    let wrong = page.next(&app, &vec![("user_code", "BCDFGHJK")]).await;
    assert!(wrong.text.contains("No device waits with this code"), "{}", wrong.text);
    let foreign = Page { ticket: code_page(&app, "").await.ticket, ..page };
    let asked = foreign.next(&app, &vec![("user_code", &device.user_code)]).await;
    assert!(asked.text.contains("Connect a device"), "the page anew: {}", asked.text);
    assert_error(device.poll(&app).await, 400, PENDING.0, PENDING.1).await;
}

#[tokio::test]
async fn a_page_that_comes_too_late_says_so() {
    let app = App::start().await;
    let device = Device::start(&app, "closed", "openid").await;
    let sign_in = code_page(&app, "").await.next(&app, &vec![("user_code", &device.user_code)]).await;
    app.clock.advance(600);
    let answer = sign_in.sign_in(&app, "ada@example.com", "right").await;
    assert_eq!(answer.status(), 400);
    assert!(answer.text().await.unwrap().contains("The code is over"));
}

#[tokio::test]
async fn a_headless_user_connects_a_device_at_once() {
    let app = App::start().await;
    for (server, login, scope) in [("default", USER, "openid"), ("closed", "robot@example.com", "openid own")] {
        let told = start(&app, server, &vec![("scope", scope), ("login_hint", login)]).await;
        let tokens = Device::of(server, &told.json().await.unwrap()).told(&app).await;
        assert_eq!(claims(tokens["access_token"].as_str().unwrap())["sub"], login);
    }
    let told = start(&app, "closed", &vec![("scope", "openid"), ("login_hint", "ada@example.com")]).await;
    let device = Device::of("closed", &told.json().await.unwrap());
    assert_error(device.poll(&app).await, 400, PENDING.0, PENDING.1).await;
    let sign_in = code_page(&app, "").await.next(&app, &vec![("user_code", &device.user_code)]).await;
    assert!(sign_in.text.contains("value=\"ada@example.com\""), "{}", sign_in.text);
}

#[tokio::test]
async fn a_control_call_decides_about_a_device() {
    let app = App::start().await;
    let device = Device::start(&app, "closed", "openid own").await;
    let answer = control(&app, json!({ "user_code": device.user_code, "login": "ada@example.com" })).await;
    assert_eq!(answer.status(), 200);
    let answer: Value = answer.json().await.unwrap();
    assert_eq!(answer, json!({ "server": "closed", "client_id": DEFAULT_CLIENT_ID, "approved": true }));
    assert_eq!(claims(device.told(&app).await["access_token"].as_str().unwrap())["sub"], "ada@example.com");

    let device = Device::start(&app, "closed", "openid").await;
    let answer = control(&app, json!({ "user_code": device.user_code, "approve": false })).await;
    assert_eq!(answer.status(), 200);
    assert_error(device.poll(&app).await, 403, DENIED.0, DENIED.1).await;
}

#[rstest]
#[case(json!({}), "#", "`user_code` is missing")]
#[case(
    json!({ "user_code": "BCDFGHJK", "login": "ada" }),
    "#/user_code",
    "no device waits with the code \"BCDFGHJK\": it was used, is over, or was never shown"
)]
#[case(json!({ "user_code": null, "login": "ada" }), "#/login", "the authorization server \"closed\" has no user \"ada\"")]
#[case(json!({ "user_code": null }), "#", "`login` is missing")]
#[case(json!({ "user_code": null, "approve": "no" }), "#/approve", "expected true or false, found a string")]
#[tokio::test]
async fn a_wrong_control_call_names_the_field(#[case] mut body: Value, #[case] pointer: &str, #[case] detail: &str) {
    let app = App::start().await;
    let device = Device::start(&app, "closed", "openid").await;
    if let Some(code) = body.get_mut("user_code").filter(|code| code.is_null()) {
        *code = device.user_code.into();
    }
    let answer = control(&app, body).await;
    assert_eq!(answer.status(), 400);
    let problem: Value = answer.json().await.unwrap();
    assert_eq!((&problem["errors"][0]["pointer"], &problem["errors"][0]["detail"]), (&json!(pointer), &json!(detail)));
}

#[rstest]
#[case(&[("scope", "nope")], 400, "invalid_scope", "One or more scopes are not configured for the authorization server resource.")]
#[case(&[], 400, "invalid_scope", "The authorization server resource does not have any configured default scopes, 'scope' must be provided.")]
#[tokio::test]
async fn a_device_is_refused_as_the_other_grants_are(
    #[case] fields: &[(&'static str, &'static str)],
    #[case] status: u16,
    #[case] error: &str,
    #[case] description: &str,
) {
    let app = App::start().await;
    assert_error(start(&app, "default", &fields.to_vec()).await, status, error, description).await;
}

#[tokio::test]
async fn a_client_without_the_grant_starts_no_device() {
    let app = App::start().await;
    let form = [("client_id", "spa"), ("scope", "openid")];
    let answer = app.http.post(app.at("device/authorize")).form(&form).send().await.unwrap();
    let text = "The client is not authorized to use the provided grant type. Configured grant types: \
                [authorization_code, refresh_token].";
    assert_error(answer, 400, "unauthorized_client", text).await;
}

#[tokio::test]
async fn a_user_who_is_not_assigned_connects_no_device() {
    let app = App::start().await;
    let unassign = |server: &mut mock_idp::config::AuthorizationServer| server.users[0].clients = Some(Vec::new());
    app.idp.issuer().change_server("closed", unassign).unwrap();
    let device = Device::start(&app, "closed", "openid").await;
    let sign_in = code_page(&app, "").await.next(&app, &vec![("user_code", &device.user_code)]).await;
    let answer = sign_in.sign_in(&app, "ada@example.com", "right").await;
    assert_eq!(answer.status(), 403);
    assert!(answer.text().await.unwrap().contains("Device not connected"));
    let text = "User is not assigned to the client application.";
    assert_error(device.poll(&app).await, 400, "access_denied", text).await;
}

#[tokio::test]
async fn the_control_api_says_that_a_user_is_not_assigned() {
    let app = App::start().await;
    let unassign = |server: &mut mock_idp::config::AuthorizationServer| server.users[0].clients = Some(Vec::new());
    app.idp.issuer().change_server("closed", unassign).unwrap();
    let device = Device::start(&app, "closed", "openid").await;
    let answer = control(&app, json!({ "user_code": device.user_code, "login": "ada@example.com" })).await;
    let reason = format!(
        "the user \"ada@example.com\" is not assigned to the client \"{DEFAULT_CLIENT_ID}\", and the device is told so"
    );
    assert_eq!(answer.status(), 200);
    let told: Value = answer.json().await.unwrap();
    let expected = json!({ "server": "closed", "client_id": DEFAULT_CLIENT_ID, "approved": false, "reason": reason });
    assert_eq!(told, expected);
    let text = "User is not assigned to the client application.";
    assert_error(device.poll(&app).await, 400, "access_denied", text).await;
}

#[tokio::test]
async fn a_device_of_a_client_that_is_gone_waits_for_nobody() {
    let app = App::start().await;
    let device = Device::start(&app, "closed", "openid").await;
    app.idp.issuer().change_server("closed", |server| server.clients.clear()).unwrap();
    let again = code_page(&app, "").await.next(&app, &vec![("user_code", &device.user_code)]).await;
    assert!(again.text.contains("No device waits with this code"), "{}", again.text);
}

#[tokio::test]
async fn a_device_names_a_resource_as_other_clients_do() {
    let app = App::start().await;
    let resources = |server: &mut mock_idp::config::AuthorizationServer| server.resources = vec!["api://files".into()];
    app.idp.issuer().change_server("default", resources).unwrap();
    let told = start(&app, "default", &vec![("scope", "openid"), ("login_hint", USER)]).await;
    let device = Device::of("default", &told.json().await.unwrap());
    let fields = vec![("grant_type", GRANT), ("device_code", device.code.as_str())];
    let unknown = app.token(&with(fields.clone(), "resource", "api://nope")).await;
    let text = "The authorization server has rejected the 'resource' parameter: api://nope";
    assert_error(unknown, 400, "invalid_target", text).await;
    let tokens: Value = app.token(&with(fields, "resource", "api://files")).await.json().await.unwrap();
    assert_eq!(claims(tokens["access_token"].as_str().unwrap())["aud"], "api://files");
}
