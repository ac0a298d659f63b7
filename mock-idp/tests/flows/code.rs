use mock_idp::claims::DEFAULT_CLIENT_ID;
use rstest::rstest;
use serde_json::Value;

use super::app::*;

const INVALID: &str = "The authorization code is invalid or has expired.";

#[tokio::test]
async fn the_answer_has_oktas_members_in_its_order() {
    let app = App::start().await;
    let code = app.code(&with(asked(), "scope", "openid offline_access test_scope")).await;
    let body = app.token(&redeemed(&code)).await.text().await.unwrap();
    let start = r#"{"token_type":"Bearer","expires_in":3600,"access_token":"ey"#;
    assert!(body.starts_with(start), "{body}");
    let members = [r#"","scope":"openid offline_access test_scope","refresh_token":""#, r#"","id_token":"ey"#];
    assert!(members.iter().all(|member| body.contains(member)) && body.ends_with("\"}"), "{body}");
    let answer: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(answer["refresh_token"].as_str().unwrap().len(), 43);
}

#[tokio::test]
async fn without_openid_and_offline_access_there_is_an_access_token_alone() {
    let app = App::start().await;
    let tokens = app.tokens("test_scope").await;
    assert!(tokens.get("id_token").is_none() && tokens.get("refresh_token").is_none());
}

#[rstest]
#[case::unknown_code("code", "nope", "invalid_grant", INVALID)]
#[case::no_code("code", "", "invalid_grant", INVALID)]
#[case::another_redirect_uri(
    "redirect_uri",
    "http://localhost:3000/other",
    "invalid_grant",
    "The 'redirect_uri' does not match the redirection URI used in the authorization request."
)]
#[case::no_redirect_uri(
    "redirect_uri",
    "",
    "invalid_grant",
    "The 'redirect_uri' does not match the redirection URI used in the authorization request."
)]
#[case::another_verifier("code_verifier", CHALLENGE, "invalid_grant", "PKCE verification failed.")]
#[case::no_verifier("code_verifier", "", "invalid_request", "PKCE code verifier is required by the application.")]
#[tokio::test]
async fn a_code_is_refused_in_oktas_words(
    #[case] name: &str,
    #[case] value: &str,
    #[case] error: &str,
    #[case] description: &str,
) {
    let app = App::start().await;
    let code = app.code(&asked()).await;
    let answer = app.token(&with(redeemed(&code), name, value)).await;
    assert_error(answer, 400, error, description).await;
    assert_eq!(app.token(&redeemed(&code)).await.status(), 200, "what was refused may be put right");
}

#[tokio::test]
async fn a_verifier_without_a_challenge_is_refused() {
    let app = App::start().await;
    let code = app.code(&without(asked(), "code_challenge")).await;
    let description = "PKCE code challenge should be specified in the authorize request for code verification.";
    assert_error(app.token(&redeemed(&code)).await, 400, "invalid_request", description).await;
    assert_eq!(app.token(&without(redeemed(&code), "code_verifier")).await.status(), 200);
}

#[tokio::test]
async fn a_code_is_over_after_five_minutes() {
    let app = App::start().await;
    let code = app.code(&asked()).await;
    app.clock.advance(300);
    assert_error(app.token(&redeemed(&code)).await, 400, "invalid_grant", INVALID).await;
}

#[tokio::test]
async fn a_code_that_was_used_is_refused_and_ends_what_came_of_it() {
    let app = App::start().await;
    let code = app.code(&with(asked(), "scope", "openid offline_access")).await;
    let tokens: Value = app.token(&redeemed(&code)).await.json().await.unwrap();
    let access_token = tokens["access_token"].as_str().unwrap();
    assert!(app.is_active(access_token).await);
    assert_error(app.token(&redeemed(&code)).await, 400, "invalid_grant", INVALID).await;
    assert!(!app.is_active(access_token).await);
    assert_eq!(app.refresh(tokens["refresh_token"].as_str().unwrap()).await.status(), 400);
}

#[tokio::test]
async fn a_code_of_another_client_is_refused() {
    let app = App::start().await;
    let code = app.code(&asked()).await;
    let description = "The grant was issued to another client. Please make sure the 'client_id' matches the one used at the authorize request.";
    assert_error(app.token_of("web", "web-secret", &redeemed(&code)).await, 400, "invalid_grant", description).await;
}

#[tokio::test]
async fn a_code_of_another_server_is_refused() {
    let app = App::start().await;
    let headless = with(asked(), "login_hint", "robot@example.com");
    let answer = app.http.get(with_query(&app.at_server("closed", "authorize"), &headless)).send().await.unwrap();
    let code = fields_of(&answer)["code"].clone();
    let description = "The grant was issued for another authorization server.";
    assert_error(app.token(&redeemed(&code)).await, 400, "invalid_request", description).await;
}

#[tokio::test]
async fn a_code_is_taken_after_a_first_try_with_wrong_credentials() {
    let app = App::start().await;
    let code = app.code(&asked()).await;
    let refused = app.token_of(DEFAULT_CLIENT_ID, "wrong", &redeemed(&code)).await;
    assert_eq!(refused.status(), 401);
    assert_eq!(app.token(&redeemed(&code)).await.status(), 200);
    let noted: Vec<_> = app.idp.journal().entries().iter().map(|entry| entry.note).collect();
    assert_eq!(noted, [None, None, Some("code-again")], "the journal tells what it was");
}

#[tokio::test]
async fn a_public_client_redeems_with_its_id_and_its_verifier() {
    let app = App::start().await;
    let code = app.code(&with(asked(), "client_id", "spa")).await;
    let fields = with(redeemed(&code), "client_id", "spa");
    let answer = app.http.post(app.at("token")).form(&fields).send().await.unwrap();
    assert_eq!(answer.status(), 200);
}

#[tokio::test]
async fn a_confidential_client_is_none_without_its_secret() {
    let app = App::start().await;
    let code = app.code(&asked()).await;
    let fields = with(redeemed(&code), "client_id", DEFAULT_CLIENT_ID);
    let answer = app.http.post(app.at("token")).form(&fields).send().await.unwrap();
    let description = "Client authentication failed. Either the client or the client credentials are invalid.";
    assert_error(answer, 401, "invalid_client", description).await;
}

#[tokio::test]
async fn a_code_goes_with_its_server() {
    let app = App::start().await;
    app.idp.issuer().add_server_like("passing", "default").unwrap();
    let at = |endpoint: &str| app.at_server("passing", endpoint);
    let answer = app.http.get(with_query(&at("authorize"), &asked())).send().await.unwrap();
    let code = fields_of(&answer)["code"].clone();
    assert!(app.idp.issuer().remove_server("passing"));
    app.idp.issuer().add_server_like("passing", "default").unwrap();
    let request = app.http.post(at("token")).form(&redeemed(&code));
    let secret = mock_idp::claims::DEFAULT_CLIENT_SECRET;
    let answer = request.basic_auth(DEFAULT_CLIENT_ID, Some(secret)).send().await.unwrap();
    assert_error(answer, 400, "invalid_grant", INVALID).await;
}
