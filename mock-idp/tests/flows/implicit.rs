//! Tokens that come from the authorization endpoint itself.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rstest::rstest;
use sha2::Digest as _;

use super::app::*;

fn asking(response_type: &str) -> Fields<'_> {
    with(with(asked(), "response_type", response_type), "scope", "openid email")
}

/// The left half of a hash, as `at_hash` and `c_hash` have it.
fn half_hash(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(&sha2::Sha256::digest(text)[..16])
}

#[rstest]
#[case("id_token", &["id_token"])]
#[case("token", &["access_token", "expires_in", "scope", "token_type"])]
#[case("id_token token", &["access_token", "expires_in", "id_token", "scope", "token_type"])]
#[case("code id_token", &["code", "id_token"])]
#[case("code token", &["access_token", "code", "expires_in", "scope", "token_type"])]
#[case("token code id_token", &["access_token", "code", "expires_in", "id_token", "scope", "token_type"])]
#[tokio::test]
async fn what_is_asked_for_comes_back_in_the_fragment(#[case] response_type: &str, #[case] names: &[&str]) {
    let app = App::start().await;
    let answer = app.authorize(&asking(response_type)).await;
    assert!(location(&answer).starts_with("http://localhost:3000/callback#"), "{}", location(&answer));
    let fields = fields_of(&answer);
    let mut found: Vec<&str> = fields.keys().map(String::as_str).filter(|name| *name != "state").collect();
    found.sort_unstable();
    assert_eq!((found.as_slice(), fields["state"].as_str()), (names, "a b&c"));
    if let Some(token) = fields.get("access_token") {
        assert_eq!((fields["token_type"].as_str(), fields["expires_in"].as_str()), ("Bearer", "3600"));
        assert_eq!((fields["scope"].as_str(), &claims(token)["sub"]), ("openid email", &USER.into()));
        assert!(app.is_active(token).await);
    }
    if let Some(token) = fields.get("id_token") {
        let claims = claims(token);
        let hash = |name: &str| fields.get(name).map(|text| half_hash(text).into());
        assert_eq!(
            (claims.get("at_hash"), claims.get("c_hash")),
            (hash("access_token").as_ref(), hash("code").as_ref())
        );
        assert_eq!((&claims["nonce"], &claims["email"]), (&"n-1".into(), &USER.into()));
    }
    if let Some(code) = fields.get("code") {
        assert_eq!(app.token(&redeemed(code)).await.status(), 200);
    }
}

#[rstest]
#[case::no_nonce(
    "nonce",
    "",
    "invalid_request",
    "The 'nonce' parameter is required for authorize requests with either the 'id_token' or 'token' response types.."
)]
#[case::no_openid(
    "scope",
    "test_scope",
    "invalid_scope",
    "Requests for ID tokens or access tokens with OpenID scopes require the 'openid' scope."
)]
#[case::refresh_token(
    "scope",
    "openid offline_access",
    "invalid_request",
    "The response type code is required when requesting scope offline_access."
)]
#[case::query(
    "response_mode",
    "query",
    "unsupported_response_mode",
    "'query' response mode cannot be used with either the 'id_token' or 'token' response types."
)]
#[case::nobody(
    "prompt",
    "none",
    "login_required",
    "The client specified not to prompt, but the user is not logged in."
)]
#[tokio::test]
async fn a_refusal_is_in_oktas_words(
    #[case] name: &str,
    #[case] value: &str,
    #[case] error: &str,
    #[case] description: &str,
) {
    let app = App::start().await;
    let fields = fields_of(&app.authorize(&with(asking("id_token token"), name, value)).await);
    assert_eq!((fields["error"].as_str(), fields["error_description"].as_str()), (error, description));
    assert!(!fields.contains_key("id_token") && !fields.contains_key("access_token"));
}

#[tokio::test]
async fn a_client_without_the_grant_gets_no_tokens_there() {
    let app = App::start().await;
    let fields = fields_of(&app.authorize(&with(asking("id_token"), "client_id", "spa")).await);
    let description =
        "The response type is not supported by the authorization server. Configured response types: [code].";
    assert_eq!(
        (fields["error"].as_str(), fields["error_description"].as_str()),
        ("unsupported_response_type", description)
    );
}

#[tokio::test]
async fn a_code_that_is_used_twice_ends_the_token_that_came_with_it() {
    let app = App::start().await;
    let fields = fields_of(&app.authorize(&asking("code token")).await);
    assert_eq!(app.token(&redeemed(&fields["code"])).await.status(), 200);
    assert!(app.is_active(&fields["access_token"]).await);
    assert_eq!(app.token(&redeemed(&fields["code"])).await.status(), 400);
    assert!(!app.is_active(&fields["access_token"]).await);
}

#[tokio::test]
async fn tokens_may_come_as_a_form_or_as_a_message() {
    let app = App::start().await;
    for mode in ["form_post", "okta_post_message"] {
        let page = app.authorize(&with(asking("id_token"), "response_mode", mode)).await.text().await.unwrap();
        assert!(page.contains(r#"<input type="hidden" name="id_token" value="ey"#), "{page}");
    }
}
