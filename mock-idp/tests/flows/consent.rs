use rstest::rstest;

use super::app::*;
use super::page::Page;

const ALLOW: [(&str, &str); 1] = [("decision", "allow")];
const DENY: [(&str, &str); 1] = [("decision", "deny")];

fn asking(scope: &str) -> Fields<'_> {
    without(with(asked(), "scope", scope), "login_hint")
}

fn url(app: &App, fields: &Fields<'_>) -> String {
    with_query(&app.at_server("closed", "authorize"), fields)
}

/// The page that follows the sign-in of Ada.
async fn consent_page(app: &App, fields: &Fields<'_>) -> Page {
    let sign_in = Page::of(app.http.get(url(app, fields)).send().await.unwrap()).await;
    sign_in.next(app, &vec![("login", "ada@example.com"), ("password", "right")]).await
}

#[tokio::test]
async fn a_scope_that_needs_it_is_consented_to_on_a_page_once() {
    let app = App::start().await;
    let page = consent_page(&app, &asking("openid own test_scope")).await;
    assert!(page.text.contains("Allow access?") && page.text.contains("<code>own</code>"), "{}", page.text);
    assert!(!page.text.contains("<code>test_scope</code>"), "it needs none: {}", page.text);
    assert!(page.text.contains("ada@example.com"), "{}", page.text);
    assert_eq!(page.action, "/oauth2/closed/v1/consent");
    let fields = fields_of(&page.send(&app, &ALLOW.to_vec()).await);
    assert_eq!((fields["code"].len(), fields["state"].as_str()), (43, "a b&c"));

    let again = page.get(&app, &url(&app, &asking("openid own"))).await;
    assert!(fields_of(&again).contains_key("code"));
    let more = Page::after(page.get(&app, &url(&app, &asking("openid own share"))).await, &page.cookies).await;
    assert!(more.text.contains("<code>share</code>") && !more.text.contains("<code>own</code>"), "{}", more.text);
}

#[tokio::test]
async fn whoever_does_not_allow_it_goes_back_with_oktas_words() {
    let app = App::start().await;
    for decision in [DENY.to_vec(), Vec::new()] {
        let page = consent_page(&app, &asking("openid own")).await;
        let fields = fields_of(&page.send(&app, &decision).await);
        assert_eq!(fields["error"], "access_denied");
        assert_eq!(fields["error_description"], "The resource owner or authorization server denied the request.");
        assert_eq!((fields["state"].as_str(), fields.len()), ("a b&c", 3));
        let again = page.get(&app, &url(&app, &asking("openid own"))).await;
        assert_eq!(again.status(), 200, "nothing is remembered");
    }
}

#[tokio::test]
async fn prompt_consent_always_shows_the_page_with_every_scope() {
    let app = App::start().await;
    let page = consent_page(&app, &with(asking("openid profile own"), "prompt", "consent")).await;
    for scope in ["openid", "profile", "own"] {
        assert!(page.text.contains(&format!("<code>{scope}</code>")), "{}", page.text);
    }
    assert!(fields_of(&page.send(&app, &ALLOW.to_vec()).await).contains_key("code"));
    let again = page.get(&app, &url(&app, &with(asking("openid"), "prompt", "consent"))).await;
    assert_eq!(again.status(), 200);
}

#[tokio::test]
async fn without_a_page_a_missing_consent_is_told_in_oktas_words() {
    let app = App::start().await;
    let page = consent_page(&app, &asking("openid own")).await;
    let silent = with(asking("openid own share"), "prompt", "none");
    let fields = fields_of(&page.get(&app, &url(&app, &silent)).await);
    assert_eq!(fields["error"], "consent_required");
    assert_eq!(fields["error_description"], "The following scopes require user consent: [own, share].");
    page.send(&app, &ALLOW.to_vec()).await;
    let fields = fields_of(&page.get(&app, &url(&app, &with(asking("openid own"), "prompt", "none"))).await);
    assert!(fields.contains_key("code"));
}

#[rstest]
#[case::headless("closed", "robot@example.com")]
#[case::anyone("default", USER)]
#[tokio::test]
async fn who_is_headless_consents_without_a_page(#[case] server: &str, #[case] login: &str) {
    let app = App::start().await;
    let fields = with(with(asked(), "scope", "openid own"), "login_hint", login);
    let at = with_query(&app.at_server(server, "authorize"), &fields);
    assert!(fields_of(&app.http.get(&at).send().await.unwrap()).contains_key("code"));
    let page = app.http.get(format!("{at}&prompt=consent")).send().await.unwrap();
    assert!(Page::of(page).await.text.contains("Allow access?"), "but for one that is asked for");
}

#[tokio::test]
async fn a_consent_page_is_sent_once_by_its_own_browser_and_in_its_own_place() {
    let app = App::start().await;
    let page = consent_page(&app, &asking("openid own")).await;
    let sign_in = Page::of(app.http.get(url(&app, &asking("openid own"))).send().await.unwrap()).await;
    let stolen = Page { cookies: sign_in.cookies.clone(), ..page.clone() };
    let not_signed_in = Page { action: page.action.clone(), ..sign_in };
    for refused in [stolen, not_signed_in] {
        let answer = refused.send(&app, &ALLOW.to_vec()).await;
        assert_eq!(answer.status(), 400);
        assert!(answer.text().await.unwrap().contains("Go back to the application and begin anew."));
    }
    assert_eq!(page.send(&app, &ALLOW.to_vec()).await.status(), 302);
    assert_eq!(page.send(&app, &ALLOW.to_vec()).await.status(), 400);
}

#[tokio::test]
async fn the_page_may_send_the_browser_back_to_the_client_and_nowhere_else() {
    let app = App::start().await;
    let sign_in = Page::of(app.http.get(url(&app, &asking("openid own"))).send().await.unwrap()).await;
    let answer = sign_in.sign_in(&app, "ada@example.com", "right").await;
    let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
    let end = "; form-action 'self' http://localhost:3000; base-uri 'none'; frame-ancestors 'none'";
    assert!(policy.ends_with(end) && !policy.contains("script-src"), "{policy}");
}

#[rstest]
#[case::of_what_is_needed("")]
#[case::of_everything("consent")]
#[case::without_a_page("none")]
#[tokio::test]
async fn a_user_who_is_not_assigned_is_asked_for_no_consent(#[case] prompt: &str) {
    let app = App::start().await;
    let page = consent_page(&app, &asking("openid own")).await;
    let unassign = |server: &mut mock_idp::config::AuthorizationServer| server.users[0].clients = Some(Vec::new());
    app.idp.issuer().change_server("closed", unassign).unwrap();
    let back = fields_of(&page.get(&app, &url(&app, &with(asking("openid own"), "prompt", prompt))).await);
    let text = "User is not assigned to the client application.";
    assert_eq!((back["error"].as_str(), back["error_description"].as_str()), ("access_denied", text));
}

#[tokio::test]
async fn a_user_who_is_gone_consents_to_nothing() {
    let app = App::start().await;
    let page = consent_page(&app, &asking("openid own")).await;
    let remove = |server: &mut mock_idp::config::AuthorizationServer| {
        server.users.retain(|user| user.login != "ada@example.com");
    };
    app.idp.issuer().change_server("closed", remove).unwrap();
    let answer = page.send(&app, &ALLOW.to_vec()).await;
    assert_eq!(answer.status(), 400);
    assert!(answer.text().await.unwrap().contains("The page is over"));
}
