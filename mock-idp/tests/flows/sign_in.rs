use reqwest::Response;

use super::app::*;
use super::page::Page;

fn person() -> Fields<'static> {
    without(asked(), "login_hint")
}

async fn shown(app: &App, fields: &Fields<'_>) -> Response {
    app.http.get(with_query(&app.at_server("closed", "authorize"), fields)).send().await.unwrap()
}

#[tokio::test]
async fn a_person_signs_in_on_the_page_and_the_client_gets_tokens() {
    let app = App::start().await;
    let page = Page::of(shown(&app, &person()).await).await;
    assert!(page.text.contains(r#"<form method="post" action="/oauth2/closed/v1/sign-in">"#), "{}", page.text);
    let answer = page.sign_in(&app, "ada@example.com", "right").await;
    let fields = fields_of(&answer);
    assert_eq!(fields["state"], "a b&c");
    let request = app.http.post(app.at_server("closed", "token")).form(&redeemed(&fields["code"]));
    let id = mock_idp::claims::DEFAULT_CLIENT_ID;
    let request = request.basic_auth(id, Some(mock_idp::claims::DEFAULT_CLIENT_SECRET));
    let tokens: serde_json::Value = request.send().await.unwrap().json().await.unwrap();
    assert_eq!(claims(tokens["access_token"].as_str().unwrap())["sub"], "ada@example.com");

    // The browser is signed in from then on.
    let silent = with_query(&app.at_server("closed", "authorize"), &with(person(), "prompt", "none"));
    let answer = app.http.get(silent).header("cookie", cookies(&answer)).send().await.unwrap();
    assert!(fields_of(&answer).contains_key("code"));
}

#[tokio::test]
async fn a_wrong_password_is_told_on_the_page_and_the_next_one_may_be_right() {
    let app = App::start().await;
    let page = Page::of(shown(&app, &person()).await).await;
    assert!(!page.text.contains("password is wrong"));
    let answer = page.sign_in(&app, "ada@example.com", "wrong").await;
    let again = Page { cookies: page.cookies.clone(), ..Page::of(answer).await };
    assert!(again.text.contains("The login or the password is wrong."), "{}", again.text);
    assert!(again.text.contains(r#"value="ada@example.com""#), "{}", again.text);
    let nobody = Page::of(again.sign_in(&app, "nobody", "right").await).await;
    let nobody = Page { cookies: page.cookies.clone(), ..nobody };
    assert!(fields_of(&nobody.sign_in(&app, "ada@example.com", "right").await).contains_key("code"));
}

#[tokio::test]
async fn a_page_is_sent_once_and_by_its_own_browser_only() {
    let app = App::start().await;
    let page = Page::of(shown(&app, &person()).await).await;
    let another = Page::of(shown(&app, &person()).await).await;
    let stolen = Page { cookies: another.cookies.clone(), ..page.clone() };
    let without_cookie = Page { cookies: String::new(), ..page.clone() };
    for refused in [stolen, without_cookie] {
        let answer = refused.sign_in(&app, "ada@example.com", "right").await;
        assert_eq!(answer.status(), 400);
        assert!(answer.text().await.unwrap().contains("Go back to the application and begin anew."));
    }
    assert_eq!(page.sign_in(&app, "ada@example.com", "right").await.status(), 302);
    assert_eq!(page.sign_in(&app, "ada@example.com", "right").await.status(), 400);
}

#[tokio::test]
async fn the_page_needs_no_script_and_no_other_host() {
    let app = App::start().await;
    let answer = shown(&app, &person()).await;
    let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
    let policy = header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
    let end = "; form-action 'self' http://localhost:3000; base-uri 'none'; frame-ancestors 'none'";
    assert!(policy.ends_with(end), "{policy}");
    assert_eq!(header("cache-control"), "no-cache, no-store");
    let cookie = header("set-cookie");
    assert!(cookie.ends_with("; Path=/; HttpOnly; SameSite=Lax"), "{cookie}");
    let text = answer.text().await.unwrap();
    assert!(!text.contains("<script") && !text.contains("http"), "{text}");
    assert!(text.contains("prefers-color-scheme: dark") && text.contains("<label for=\"login\">"), "{text}");
}

#[tokio::test]
async fn the_style_of_the_page_is_the_one_that_its_policy_allows() {
    use base64::Engine as _;
    use sha2::Digest as _;
    let app = App::start().await;
    let answer = shown(&app, &person()).await;
    let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
    let text = answer.text().await.unwrap();
    let style = text.split("<style>").nth(1).unwrap().split("</style>").next().unwrap();
    let hash = base64::engine::general_purpose::STANDARD.encode(sha2::Sha256::digest(style));
    assert!(policy.contains(&format!("'sha256-{hash}'")), "{policy}");
}

#[tokio::test]
async fn what_a_client_sends_stands_on_the_page_as_text_only() {
    let app = App::start().await;
    let page = shown(&app, &with(asked(), "login_hint", "\"><script>alert(1)</script>")).await;
    assert!(!page.text().await.unwrap().contains("<script"));
}

#[tokio::test]
async fn only_a_headless_user_signs_in_by_a_hint_where_there_are_users() {
    let app = App::start().await;
    let hinted = |login: &'static str| with(asked(), "login_hint", login);
    assert!(fields_of(&shown(&app, &hinted("robot@example.com")).await).contains_key("code"));
    for login in ["ada@example.com", "nobody@example.com"] {
        let page = Page::of(shown(&app, &hinted(login)).await).await;
        assert!(page.text.contains(&format!("value=\"{login}\"")), "{}", page.text);
    }
}

#[tokio::test]
async fn a_page_of_a_client_that_is_gone_leads_nowhere() {
    let app = App::start().await;
    let page = Page::of(shown(&app, &person()).await).await;
    app.idp.issuer().change_server("closed", |server| server.clients.clear()).unwrap();
    let answer = page.sign_in(&app, "ada@example.com", "right").await;
    assert_eq!(answer.status(), 400);
    assert!(answer.text().await.unwrap().contains("The page is over"));
}

#[tokio::test]
async fn a_page_leads_nowhere_its_client_sends_nobody_to_any_more() {
    let app = App::start().await;
    let page = Page::of(shown(&app, &person()).await).await;
    let elsewhere =
        |server: &mut mock_idp::config::AuthorizationServer| server.clients[0].any_loopback_redirect = false;
    app.idp.issuer().change_server("closed", elsewhere).unwrap();
    assert_eq!(page.sign_in(&app, "ada@example.com", "right").await.status(), 400);
}
