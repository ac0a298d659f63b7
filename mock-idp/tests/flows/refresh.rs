use reqwest::Response;
use serde_json::Value;

use super::app::*;

const INVALID: &str = "The refresh token is invalid or expired.";

/// Sign-in of the public client, whose refresh tokens are rotated.
async fn spa_tokens(app: &App) -> Value {
    let fields = with(with(asked(), "client_id", "spa"), "scope", "openid offline_access");
    let code = app.code(&fields).await;
    let fields = with(redeemed(&code), "client_id", "spa");
    app.http.post(app.at("token")).form(&fields).send().await.unwrap().json().await.unwrap()
}

async fn spa_refresh(app: &App, token: &str) -> Response {
    let fields = [("grant_type", "refresh_token"), ("refresh_token", token), ("client_id", "spa")];
    app.http.post(app.at("token")).form(&fields).send().await.unwrap()
}

fn text<'a>(tokens: &'a Value, name: &str) -> &'a str {
    tokens[name].as_str().unwrap()
}

#[tokio::test]
async fn a_refresh_token_that_is_not_rotated_stays() {
    let app = App::start().await;
    let first = app.tokens("openid offline_access test_scope").await;
    app.clock.advance(1000);
    let second: Value = app.refresh(text(&first, "refresh_token")).await.json().await.unwrap();
    assert_eq!(second["refresh_token"], first["refresh_token"]);
    assert_ne!(second["access_token"], first["access_token"]);
    assert_eq!(second["scope"], "openid offline_access test_scope");
    let (before, after) = (claims(text(&first, "access_token")), claims(text(&second, "access_token")));
    assert_eq!(before["auth_time"], after["auth_time"]);
    let id_token = claims(text(&second, "id_token"));
    assert!(id_token.get("nonce").is_none());
    assert_eq!(id_token["iat"], 1_800_001_000);
}

#[tokio::test]
async fn a_rotated_refresh_token_is_replaced_and_good_within_the_leeway() {
    let app = App::start().await;
    let first = spa_tokens(&app).await;
    let second: Value = spa_refresh(&app, text(&first, "refresh_token")).await.json().await.unwrap();
    assert_ne!(second["refresh_token"], first["refresh_token"]);
    app.clock.advance(29);
    assert_eq!(spa_refresh(&app, text(&first, "refresh_token")).await.status(), 200);
    app.clock.advance(100);
    assert_eq!(spa_refresh(&app, text(&second, "refresh_token")).await.status(), 200);
}

#[tokio::test]
async fn reuse_after_the_leeway_ends_all_that_came_of_the_sign_in() {
    let app = App::start().await;
    let first = spa_tokens(&app).await;
    let second: Value = spa_refresh(&app, text(&first, "refresh_token")).await.json().await.unwrap();
    assert!(app.is_active(text(&first, "access_token")).await);
    app.clock.advance(30);
    let reused = spa_refresh(&app, text(&first, "refresh_token")).await;
    assert_error(reused, 400, "invalid_grant", INVALID).await;
    let newest = spa_refresh(&app, text(&second, "refresh_token")).await;
    assert_error(newest, 400, "invalid_grant", INVALID).await;
    for tokens in [&first, &second] {
        assert!(!app.is_active(text(tokens, "access_token")).await);
    }
}

#[tokio::test]
async fn a_refresh_may_ask_for_fewer_scopes_and_gets_all_again_later() {
    let app = App::start().await;
    let first = app.tokens("openid offline_access test_scope read").await;
    let refresh = |scope: &'static str| {
        let token = text(&first, "refresh_token");
        let fields = vec![("grant_type", "refresh_token"), ("refresh_token", token), ("scope", scope)];
        let app = &app;
        async move { app.token(&fields).await }
    };
    let narrower: Value = refresh("read").await.json().await.unwrap();
    assert_eq!(narrower["scope"], "read");
    assert!(narrower.get("id_token").is_none());
    let all: Value = app.refresh(text(&first, "refresh_token")).await.json().await.unwrap();
    assert_eq!(all["scope"], "openid offline_access test_scope read");
    let description = "Some of the scopes requested for the refresh request were not granted in the original authorize request. Denied scopes: email, nope.";
    assert_error(refresh("read email nope").await, 400, "access_denied", description).await;
}

#[tokio::test]
async fn a_refresh_token_is_over_after_seven_days_without_use() {
    let app = App::start().await;
    let tokens = app.tokens("openid offline_access").await;
    let token = text(&tokens, "refresh_token");
    app.clock.advance(604_799);
    assert_eq!(app.refresh(token).await.status(), 200);
    app.clock.advance(604_799);
    assert_eq!(app.refresh(token).await.status(), 200);
    app.clock.advance(604_800);
    assert_error(app.refresh(token).await, 400, "invalid_grant", INVALID).await;
}

#[tokio::test]
async fn a_refresh_token_is_for_its_client_and_its_server() {
    let app = App::start().await;
    let tokens = app.tokens("openid offline_access").await;
    let fields = vec![("grant_type", "refresh_token"), ("refresh_token", text(&tokens, "refresh_token"))];
    let description = "The grant was issued to another client. Please make sure the 'client_id' matches the one used at the authorize request.";
    assert_error(app.token_of("web", "web-secret", &fields).await, 400, "invalid_grant", description).await;
    let id = mock_idp::claims::DEFAULT_CLIENT_ID;
    let request = app.http.post(app.at_server("closed", "token")).form(&fields);
    let answer = request.basic_auth(id, Some(mock_idp::claims::DEFAULT_CLIENT_SECRET)).send().await.unwrap();
    let description = "The grant was issued for another authorization server.";
    assert_error(answer, 400, "invalid_request", description).await;
    assert_error(app.refresh("nope").await, 400, "invalid_grant", INVALID).await;
}

#[tokio::test]
async fn who_revokes_a_replaced_refresh_token_ends_the_one_in_its_place() {
    let app = App::start().await;
    let first = spa_tokens(&app).await;
    let second: Value = spa_refresh(&app, text(&first, "refresh_token")).await.json().await.unwrap();
    let form = [("token", text(&first, "refresh_token")), ("client_id", "spa")];
    assert_eq!(app.http.post(app.at("revoke")).form(&form).send().await.unwrap().status(), 200);
    for tokens in [&first, &second] {
        let refused = spa_refresh(&app, text(tokens, "refresh_token")).await;
        assert_error(refused, 400, "invalid_grant", INVALID).await;
    }
}
