use base64::Engine as _;
use mock_idp::MintRequest;
use mock_idp::claims::{DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET, DEFAULT_USER_ID};
use mock_idp::config::{AuthorizationServer, Config};
use mock_idp::dialect::{Dialect, Shape};
use reqwest::Response;
use serde_json::{Value, json};

use super::app::*;

/// Scenarios whose token no issuer stands by.
const BAD: [&str; 5] = [
    "time/expired@one-hour",
    "signature/alg-none@none",
    "signature/alg-none@without-kid",
    "signature/payload-tampered@subject",
    "signature/foreign-key-same-kid@attacker-key",
];

async fn userinfo(app: &App, token: &str) -> Response {
    app.http.get(app.at("userinfo")).bearer_auth(token).send().await.unwrap()
}

async fn revoke(app: &App, token: &str) -> Response {
    let request = app.http.post(app.at("revoke")).form(&[("token", token)]);
    request.basic_auth(DEFAULT_CLIENT_ID, Some(DEFAULT_CLIENT_SECRET)).send().await.unwrap()
}

fn text<'a>(tokens: &'a Value, name: &str) -> &'a str {
    tokens[name].as_str().unwrap()
}

#[tokio::test]
async fn userinfo_says_of_the_user_what_the_scopes_allow() {
    let app = App::start().await;
    let tokens = app.tokens("openid profile email").await;
    let body = userinfo(&app, text(&tokens, "access_token")).await.text().await.unwrap();
    let expected = format!(
        r#"{{"sub":"{DEFAULT_USER_ID}","name":"user","email":"{USER}","email_verified":true,"preferred_username":"{USER}"}}"#
    );
    assert_eq!(body, expected);
    let tokens = app.tokens("openid").await;
    let body = userinfo(&app, text(&tokens, "access_token")).await.text().await.unwrap();
    assert_eq!(body, format!(r#"{{"sub":"{DEFAULT_USER_ID}"}}"#));
}

#[tokio::test]
async fn userinfo_refuses_in_oktas_words() {
    let app = App::start().await;
    let tokens = app.tokens("test_scope").await;
    let challenge = |answer: &Response| answer.headers()["www-authenticate"].to_str().unwrap().to_owned();
    let narrow = userinfo(&app, text(&tokens, "access_token")).await;
    assert_eq!(narrow.status(), 403);
    assert_eq!(
        challenge(&narrow),
        r#"Bearer error="insufficient_scope", error_description="The access token must provide access to at least one of these scopes - profile, email, address or phone""#
    );
    let invalid = userinfo(&app, "nope").await;
    assert_eq!(invalid.status(), 401);
    let expected = r#"Bearer error="invalid_token", error_description="The access token is invalid""#;
    assert_eq!(challenge(&invalid), expected);
    let missing = app.http.get(app.at("userinfo")).send().await.unwrap();
    assert_error(missing, 401, "invalid_request", "The access token is missing.").await;
    let in_query = app.http.get(app.at("userinfo?access_token=x")).send().await.unwrap();
    assert_error(in_query, 400, "invalid_request", "The access token cannot be presented in a query string.").await;
}

#[tokio::test]
async fn an_id_token_is_no_access_token() {
    let app = App::start().await;
    let tokens = app.tokens("openid").await;
    assert_eq!(userinfo(&app, text(&tokens, "id_token")).await.status(), 401);
    assert_eq!(app.introspect(text(&tokens, "id_token")).await, r#"{"active":false}"#);
}

#[tokio::test]
async fn introspection_tells_of_a_users_access_token_in_oktas_order() {
    let app = App::start().await;
    let tokens = app.tokens("openid profile").await;
    let token = text(&tokens, "access_token");
    let (issuer, jti) = (app.idp.http_issuer(), claims(token)["jti"].as_str().unwrap().to_owned());
    let expected = format!(
        r#"{{"active":true,"token_type":"Bearer","scope":"openid profile","client_id":"{DEFAULT_CLIENT_ID}","username":"{USER}","exp":1800003600,"iat":1800000000,"sub":"{USER}","aud":"api://default","iss":"{issuer}","jti":"{jti}","uid":"{DEFAULT_USER_ID}"}}"#
    );
    assert_eq!(app.introspect(token).await, expected);
    app.clock.advance(3600);
    assert_eq!(app.introspect(token).await, r#"{"active":false}"#);
}

#[tokio::test]
async fn introspection_tells_of_a_refresh_token() {
    let app = App::start().await;
    let tokens = app.tokens("openid offline_access").await;
    let expected = format!(
        r#"{{"active":true,"token_type":"Bearer","scope":"openid offline_access","client_id":"{DEFAULT_CLIENT_ID}","username":"{USER}","exp":1800604800,"sub":"{USER}"}}"#
    );
    assert_eq!(app.introspect(text(&tokens, "refresh_token")).await, expected);
}

#[tokio::test]
async fn introspection_tells_good_tokens_that_were_minted_from_bad_ones() {
    let app = App::start().await;
    let mint = |name: &str| app.idp.mint(&MintRequest::scenario(name).unwrap()).unwrap().token.expose_text();
    let control: Value = serde_json::from_str(&app.introspect(&app.idp.token()).await).unwrap();
    assert_eq!((&control["active"], &control["client_id"]), (&json!(true), &json!(DEFAULT_CLIENT_ID)));
    assert!(control.get("username").is_none() && control.get("uid").is_none(), "{control}");
    for bad in BAD {
        assert!(!app.is_active(&mint(bad)).await, "{bad}");
    }
}

#[tokio::test]
async fn introspection_asks_for_a_client_and_a_token() {
    let app = App::start().await;
    let post = |fields: Fields<'static>| app.http.post(app.at("introspect")).form(&fields).send();
    assert_error(post(vec![("token", "x")]).await.unwrap(), 401, "invalid_client", "No client credentials found.")
        .await;
    let request = app.http.post(app.at("introspect")).form(&[("a", "b")]);
    let answer = request.basic_auth(DEFAULT_CLIENT_ID, Some(DEFAULT_CLIENT_SECRET)).send().await.unwrap();
    assert_error(answer, 400, "invalid_request", "The 'token' parameter is required.").await;
    let answer = app.http.post(app.at("introspect?client_id=spa")).form(&[("token", "x")]).send().await.unwrap();
    assert_eq!(answer.text().await.unwrap(), r#"{"active":false}"#);
}

#[tokio::test]
async fn an_access_token_is_revoked_alone_and_a_refresh_token_with_all() {
    let app = App::start().await;
    let tokens = app.tokens("openid offline_access").await;
    let (access, refresh) = (text(&tokens, "access_token"), text(&tokens, "refresh_token"));
    let answer = revoke(&app, access).await;
    assert_eq!((answer.status().as_u16(), answer.text().await.unwrap()), (200, String::new()));
    assert!(!app.is_active(access).await && app.is_active(refresh).await);
    assert_eq!(userinfo(&app, access).await.status(), 401);
    let next: Value = app.refresh(refresh).await.json().await.unwrap();
    assert!(app.is_active(text(&next, "access_token")).await);
    assert_eq!(revoke(&app, refresh).await.status(), 200);
    assert!(!app.is_active(text(&next, "access_token")).await && !app.is_active(refresh).await);
    assert_eq!(revoke(&app, "nope").await.status(), 200);
}

#[tokio::test]
async fn a_public_client_may_send_its_id_alone_as_oktas_browser_library_does() {
    let app = App::start().await;
    // Without a colon: @okta/okta-auth-js 8.0.1.
    let id = |id: &str| format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(id));
    for endpoint in ["revoke", "introspect"] {
        let request = |id: String| app.http.post(app.at(endpoint)).form(&[("token", "x")]).header("authorization", id);
        assert_eq!(request(id("spa")).send().await.unwrap().status(), 200, "{endpoint}");
        assert_eq!(request(id(DEFAULT_CLIENT_ID)).send().await.unwrap().status(), 401, "{endpoint}");
    }
}

#[tokio::test]
async fn a_client_revokes_its_own_tokens_only() {
    let app = App::start().await;
    let tokens = app.tokens("openid offline_access").await;
    for name in ["access_token", "refresh_token"] {
        let request = app.http.post(app.at("revoke")).form(&[("token", text(&tokens, name))]);
        assert_eq!(request.basic_auth("web", Some("web-secret")).send().await.unwrap().status(), 200);
        assert!(app.is_active(text(&tokens, name)).await, "{name}");
    }
}

#[tokio::test]
async fn a_logout_signs_the_browser_out_and_goes_back_to_the_client() {
    let app = App::start().await;
    let answer = app.authorize(&asked()).await;
    let (cookies, code) = (cookies(&answer), fields_of(&answer)["code"].clone());
    let tokens: Value = app.token(&redeemed(&code)).await.json().await.unwrap();
    let fields = vec![
        ("id_token_hint", text(&tokens, "id_token")),
        ("post_logout_redirect_uri", "http://localhost:3000/bye"),
        ("state", "x y"),
    ];
    let request = app.http.get(with_query(&app.at("logout"), &fields)).header("cookie", cookies.as_str());
    let answer = request.send().await.unwrap();
    assert_eq!(location(&answer), "http://localhost:3000/bye?state=x%20y");
    assert!(answer.headers()["set-cookie"].to_str().unwrap().contains("Max-Age=0"));
    let silent = with_query(&app.at("authorize"), &with(without(asked(), "login_hint"), "prompt", "none"));
    let answer = app.http.get(silent).header("cookie", cookies).send().await.unwrap();
    assert_eq!(fields_of(&answer)["error"], "login_required");
}

#[tokio::test]
async fn a_logout_goes_to_no_place_that_is_not_the_clients() {
    let app = App::start().await;
    let elsewhere = ("post_logout_redirect_uri", "https://evil.example/");
    for fields in [vec![elsewhere], vec![elsewhere, ("client_id", DEFAULT_CLIENT_ID)]] {
        let answer = app.http.get(with_query(&app.at("logout"), &fields)).send().await.unwrap();
        assert_eq!(answer.status(), 400);
        let page = answer.text().await.unwrap();
        assert!(page.contains("must be a Logout redirect URI in the client app settings."), "{page}");
    }
    let answer = app.http.get(app.at("logout")).send().await.unwrap();
    assert!(answer.text().await.unwrap().contains("You are signed out"));
}

#[tokio::test]
async fn the_org_server_has_the_same_at_its_own_paths() {
    let mut server = AuthorizationServer::new("default");
    server.dialect = Dialect::of(Shape::OktaOrg);
    let app = App::with(Config::default().with_server(server)).await;
    let issuer = app.idp.http_issuer();
    let metadata = format!("{issuer}/.well-known/openid-configuration");
    let metadata: Value = app.http.get(metadata).send().await.unwrap().json().await.unwrap();
    let at = |name: &str| metadata[name].as_str().unwrap().to_owned();
    assert_eq!(at("authorization_endpoint"), format!("{issuer}/oauth2/v1/authorize"));
    let answer = app.http.get(with_query(&at("authorization_endpoint"), &asked())).send().await.unwrap();
    let code = fields_of(&answer)["code"].clone();
    let request = app.http.post(at("token_endpoint")).form(&redeemed(&code));
    let request = request.basic_auth(DEFAULT_CLIENT_ID, Some(DEFAULT_CLIENT_SECRET));
    let tokens: Value = request.send().await.unwrap().json().await.unwrap();
    let request = app.http.get(at("userinfo_endpoint")).bearer_auth(text(&tokens, "access_token"));
    assert_eq!(request.send().await.unwrap().status(), 200);
    for name in ["introspection_endpoint", "revocation_endpoint"] {
        let request = app.http.post(at(name)).form(&[("token", text(&tokens, "access_token"))]);
        let answer = request.basic_auth(DEFAULT_CLIENT_ID, Some(DEFAULT_CLIENT_SECRET)).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{name}");
    }
    assert_eq!(app.http.get(at("end_session_endpoint")).send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_page_of_another_origin_may_read_the_answers() {
    let app = App::start().await;
    for (endpoint, methods) in [("userinfo", "GET, POST"), ("revoke", "POST"), ("introspect", "POST")] {
        let request = app.http.request(reqwest::Method::OPTIONS, app.at(endpoint));
        let answer = request.header("origin", "http://localhost:3000").send().await.unwrap();
        assert_eq!(answer.status(), 204, "{endpoint}");
        assert_eq!(answer.headers()["access-control-allow-origin"], "http://localhost:3000");
        assert_eq!(answer.headers()["access-control-allow-methods"], methods);
    }
}
