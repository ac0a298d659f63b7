use rstest::rstest;

use super::app::*;
use super::page::between;

fn in_a_frame() -> Fields<'static> {
    with(asked(), "response_mode", "okta_post_message")
}

#[tokio::test]
async fn a_code_goes_to_the_window_that_holds_the_page() {
    let app = App::start().await;
    let answer = app.authorize(&with(in_a_frame(), "state", "\"><script>alert(1)</script>")).await;
    assert_eq!(answer.status(), 200);
    let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("frame-ancestors http://localhost:3000"), "{policy}");
    assert!(policy.contains("form-action 'none'"), "{policy}");
    let page = answer.text().await.unwrap();
    let code = between(&page, "name=\"code\" value=\"", "\"");
    assert!(page.contains(r#"<form action="http://localhost:3000/callback">"#), "{page}");
    assert_eq!(page.matches("<script").count(), 1, "{page}");
    assert_eq!(app.token(&redeemed(&code)).await.status(), 200);
}

#[tokio::test]
async fn the_script_of_the_page_is_the_one_that_its_policy_allows() {
    use base64::Engine as _;
    use sha2::Digest as _;
    let app = App::start().await;
    let answer = app.authorize(&in_a_frame()).await;
    let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
    let script = between(&answer.text().await.unwrap(), "<script>", "</script>");
    let hash = base64::engine::general_purpose::STANDARD.encode(sha2::Sha256::digest(&script));
    assert!(policy.contains(&format!("script-src 'sha256-{hash}'")), "{policy}");
    assert!(script.contains("new URL(form.getAttribute('action')).origin"), "to nobody else: {script}");
}

#[tokio::test]
async fn a_refusal_goes_there_too() {
    let app = App::start().await;
    let answer = app.authorize(&with(without(in_a_frame(), "login_hint"), "prompt", "none")).await;
    let page = answer.text().await.unwrap();
    assert!(page.contains(r#"name="error" value="login_required""#), "{page}");
    assert!(page.contains(r#"name="state" value="a b&#38;c""#), "{page}");
}

#[tokio::test]
async fn a_code_without_a_challenge_does_not_go_there() {
    let app = App::start().await;
    let fields = fields_of(&app.authorize(&without(in_a_frame(), "code_challenge")).await);
    let description = "'okta_post_message' response mode cannot be used with the 'code' response type.";
    assert_eq!(
        (fields["error"].as_str(), fields["error_description"].as_str()),
        ("unsupported_response_mode", description)
    );
}

#[rstest]
#[case("urn:okta:loa:2fa:any", Some("urn:okta:loa:2fa:any"), &["mfa", "otp", "pwd"])]
#[case("urn:example:gold urn:okta:loa:1fa:pwd", Some("urn:okta:loa:1fa:pwd"), &["pwd"])]
#[case("urn:example:gold", None, &["pwd"])]
#[tokio::test]
async fn an_authentication_context_stands_in_the_tokens_where_it_is_known(
    #[case] values: &str,
    #[case] acr: Option<&str>,
    #[case] amr: &[&str],
) {
    let app = App::start().await;
    let fields = with(with(asked(), "scope", "openid offline_access"), "acr_values", values);
    let code = app.code(&fields).await;
    let first: serde_json::Value = app.token(&redeemed(&code)).await.json().await.unwrap();
    let refreshed = app.refresh(first["refresh_token"].as_str().unwrap()).await.json().await.unwrap();
    for tokens in [first, refreshed] {
        let of = |name: &str| claims(tokens[name].as_str().unwrap());
        assert_eq!(of("access_token").get("acr").and_then(|acr| acr.as_str()), acr);
        assert_eq!(of("id_token").get("acr").and_then(|acr| acr.as_str()), acr);
        assert_eq!(of("id_token")["amr"], serde_json::json!(amr));
    }
}

#[tokio::test]
async fn the_context_stands_where_oktas_does() {
    let app = App::start().await;
    let code = app.code(&with(asked(), "acr_values", "phr")).await;
    let tokens: serde_json::Value = app.token(&redeemed(&code)).await.json().await.unwrap();
    let access_token = part(tokens["access_token"].as_str().unwrap(), 1);
    assert!(access_token.contains(r#""exp":1800003600,"acr":"phr","cid":"#), "{access_token}");
    let id_token = part(tokens["id_token"].as_str().unwrap(), 1);
    assert!(id_token.contains(r#""amr":["mfa","hwk","pwd"],"acr":"phr","idp":"#), "{id_token}");
}
