use rstest::rstest;

use super::app::*;

#[tokio::test]
async fn whoever_the_hint_names_signs_in_without_a_page() {
    let app = App::start().await;
    let answer = app.authorize(&asked()).await;
    let location = location(&answer);
    assert!(location.starts_with("http://localhost:3000/callback?code="), "{location}");
    assert!(location.ends_with("&state=a%20b%26c"), "{location}");
    assert_eq!(fields_of(&answer)["code"].len(), 43);
    assert_eq!(fields_of(&answer).len(), 2, "no iss: the metadata promise none");
    assert_eq!(answer.headers()["cache-control"], "no-cache, no-store");
}

#[tokio::test]
async fn a_request_may_be_posted() {
    let app = App::start().await;
    let answer = app.http.post(app.at("authorize")).form(&asked()).send().await.unwrap();
    assert!(fields_of(&answer).contains_key("code"));
}

#[rstest]
#[case::unknown_client("client_id", "nobody", "Invalid value for &#39;client_id&#39; parameter.")]
#[case::no_client("client_id", "", "Invalid value for &#39;client_id&#39; parameter.")]
#[case::no_redirect_uri("redirect_uri", "", "redirect_uri is missing.")]
#[case::off_this_machine(
    "redirect_uri",
    "https://evil.example/callback",
    "The &#39;redirect_uri&#39; parameter must be a Login redirect URI in the client app settings."
)]
#[case::not_registered(
    "redirect_uri",
    "http://localhost.evil.example/",
    "The &#39;redirect_uri&#39; parameter must be a Login redirect URI in the client app settings."
)]
#[tokio::test]
async fn nobody_is_sent_to_a_place_that_is_not_the_clients(
    #[case] name: &str,
    #[case] value: &str,
    #[case] text: &str,
) {
    let app = App::start().await;
    let answer = app.authorize(&with(asked(), name, value)).await;
    assert_eq!(answer.status(), 400);
    assert_eq!(answer.headers()["content-type"], "text/html; charset=utf-8");
    assert!(answer.headers().get("location").is_none());
    let page = answer.text().await.unwrap();
    assert!(page.contains(text), "{page}");
}

#[rstest]
#[case::response_type(
    "response_type",
    "code code",
    "unsupported_response_type",
    "The response type is not supported by the authorization server. Configured response types: [code, id_token, token]."
)]
#[case::response_mode(
    "response_mode",
    "smoke",
    "unsupported_response_mode",
    "The response mode is not supported by the authorization server. Valid response modes: [query, fragment, form_post, okta_post_message]."
)]
#[case::unknown_scope(
    "scope",
    "openid nope",
    "invalid_scope",
    "One or more scopes are not configured for the authorization server resource."
)]
#[case::no_scope(
    "scope",
    "",
    "invalid_scope",
    "The authorization server resource does not have any configured default scopes, 'scope' must be provided."
)]
#[case::no_openid(
    "scope",
    "profile",
    "invalid_scope",
    "Requests for ID tokens or access tokens with OpenID scopes require the 'openid' scope."
)]
#[case::plain_challenge(
    "code_challenge_method",
    "plain",
    "invalid_request",
    "PKCE code challenge method is not supported. Valid values: [S256]"
)]
#[case::no_method(
    "code_challenge_method",
    "",
    "invalid_request",
    "PKCE code challenge method is not supported. Valid values: [S256]"
)]
#[case::short_challenge(
    "code_challenge",
    "short",
    "invalid_request",
    "PKCE code challenge contains illegal characters."
)]
#[case::prompt(
    "prompt",
    "maybe",
    "invalid_request",
    "Invalid value for 'prompt' parameter. Supported values: [none, login, consent]"
)]
#[case::nobody_is_signed_in(
    "prompt",
    "none",
    "login_required",
    "The client specified not to prompt, but the user is not logged in."
)]
#[case::negative_age(
    "max_age",
    "-1",
    "invalid_request",
    "Invalid value for 'max_age' parameter. It should be within range 0 - 2^31-1."
)]
#[case::request_object(
    "request",
    "a.b.c",
    "request_not_supported",
    "The authorize request object is not supported by this client."
)]
#[case::request_uri(
    "request_uri",
    "https://x.example",
    "request_uri_not_supported",
    "The authorize request uri is not supported by this client."
)]
#[tokio::test]
async fn a_refusal_goes_back_to_the_client_with_its_state(
    #[case] name: &str,
    #[case] value: &str,
    #[case] error: &str,
    #[case] description: &str,
) {
    let app = App::start().await;
    let fields = fields_of(&app.authorize(&with(asked(), name, value)).await);
    assert_eq!((fields["error"].as_str(), fields["error_description"].as_str()), (error, description));
    assert_eq!(fields["state"], "a b&c");
    assert!(!fields.contains_key("code"));
}

#[tokio::test]
async fn a_state_is_asked_for_as_at_okta() {
    let app = App::start().await;
    let fields = fields_of(&app.authorize(&without(asked(), "state")).await);
    assert_eq!(fields["error_description"], "The authentication request has an invalid 'state' parameter.");
    assert!(!fields.contains_key("state"));
}

#[tokio::test]
async fn a_public_client_needs_a_challenge() {
    let app = App::start().await;
    let fields = without(with(asked(), "client_id", "spa"), "code_challenge");
    let fields = fields_of(&app.authorize(&fields).await);
    assert_eq!(fields["error_description"], "PKCE code challenge is required by the application.");
}

#[tokio::test]
async fn a_client_gets_no_scope_that_it_may_not_have() {
    let app = App::start().await;
    let request = with(with(asked(), "client_id", "web"), "redirect_uri", "https://web.example/cb?a=b");
    let fields = fields_of(&app.authorize(&with(request.clone(), "scope", "openid read test_scope")).await);
    let description = "Some of the requested scopes were denied by the policy. Denied scopes: [test_scope].";
    assert_eq!((fields["error"].as_str(), fields["error_description"].as_str()), ("access_denied", description));
    let answer = app.authorize(&with(request, "scope", "openid read")).await;
    assert!(location(&answer).starts_with("https://web.example/cb?a=b&code="));
}

#[tokio::test]
async fn a_name_that_stands_there_twice_is_refused_on_a_page() {
    let app = App::start().await;
    let mut fields = asked();
    fields.push(("state", "another"));
    let answer = app.authorize(&fields).await;
    assert_eq!(answer.status(), 400);
    assert!(answer.text().await.unwrap().contains("multiple parameters with the same name"));
}

#[tokio::test]
async fn a_request_that_is_too_long_to_be_kept_is_refused() {
    let app = App::start().await;
    let long = "x".repeat(17_000);
    let answer = app.http.post(app.at("authorize")).form(&with(asked(), "state", &long)).send().await.unwrap();
    assert_eq!(answer.status(), 400);
}

#[tokio::test]
async fn the_answer_may_come_in_the_fragment() {
    let app = App::start().await;
    let answer = app.authorize(&with(asked(), "response_mode", "fragment")).await;
    assert!(location(&answer).starts_with("http://localhost:3000/callback#code="));
}

#[tokio::test]
async fn the_answer_may_come_as_a_form_that_the_browser_posts() {
    let app = App::start().await;
    let fields = with(with(asked(), "response_mode", "form_post"), "state", "\"><script>");
    let answer = app.authorize(&fields).await;
    assert_eq!(answer.status(), 200);
    let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("form-action http://localhost:3000;"), "{policy}");
    let page = answer.text().await.unwrap();
    assert!(page.contains(r#"<form method="post" action="http://localhost:3000/callback">"#), "{page}");
    assert!(page.contains(r#"<input type="hidden" name="code" value=""#), "{page}");
    assert!(page.contains("<button>") && !page.contains("\"><script>"), "{page}");
}

#[tokio::test]
async fn whoever_is_signed_in_is_not_asked_again() {
    let app = App::start().await;
    let cookies = cookies(&app.authorize(&asked()).await);
    let again = |fields: Fields<'static>| {
        let request = app.http.get(with_query(&app.at("authorize"), &fields)).header("cookie", cookies.as_str());
        async { request.send().await.unwrap() }
    };
    let silent = with(without(asked(), "login_hint"), "prompt", "none");
    assert!(fields_of(&again(silent.clone()).await).contains_key("code"));
    app.clock.advance(100);
    assert!(fields_of(&again(with(silent.clone(), "max_age", "100")).await).contains_key("code"));
    assert_eq!(fields_of(&again(with(silent.clone(), "max_age", "99")).await)["error"], "login_required");
    assert_eq!(again(with(without(asked(), "login_hint"), "prompt", "login")).await.status(), 200);
    app.clock.advance(7200);
    assert_eq!(fields_of(&again(silent).await)["error"], "login_required");
}
