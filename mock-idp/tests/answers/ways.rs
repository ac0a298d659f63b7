use mock_idp::config::Config;
use rstest::rstest;
use serde_json::Value;

use super::app::*;

async fn redeem(app: &App, code: &str) -> Value {
    app.token(&redeemed(code)).await.json().await.unwrap()
}

fn id_claims(tokens: &Value) -> Value {
    claims(tokens["id_token"].as_str().unwrap())
}

const OTHER_NONCE: &str = "another-nonce-than-was-sent";

#[tokio::test]
async fn a_header_holds_for_its_request() {
    let app = App::start().await;
    let code = app.code(&asked()).await;
    let request =
        app.http.post(app.at("token")).form(&redeemed(&code)).header("x-mock-idp-answer", "no-scope , no-expires-in");
    let credentials = (mock_idp::claims::DEFAULT_CLIENT_ID, Some(mock_idp::claims::DEFAULT_CLIENT_SECRET));
    let tokens: Value = request.basic_auth(credentials.0, credentials.1).send().await.unwrap().json().await.unwrap();
    assert!(tokens.get("scope").is_none() && tokens.get("expires_in").is_none() && tokens["access_token"].is_string());
    let again = redeem(&app, &app.code(&asked()).await).await;
    assert_eq!((&again["scope"], &again["expires_in"]), (&"openid".into(), &3600.into()));
}

#[tokio::test]
async fn a_parameter_of_the_sign_in_holds_for_all_that_comes_of_it() {
    let app = App::start().await;
    let fields =
        with(asked(), "mock_answer", "id-token-wrong-nonce,userinfo-wrong-sub,unknown-field,no-id-token-at-refresh");
    let back = fields_of(&app.authorize(&with(fields, "scope", "openid offline_access")).await);
    assert_eq!(back["session_state"], "odd.but-legal");
    let tokens = redeem(&app, &back["code"]).await;
    assert_eq!(id_claims(&tokens)["nonce"], OTHER_NONCE);
    let request = app.http.get(app.at("userinfo")).bearer_auth(tokens["access_token"].as_str().unwrap());
    let about: Value = request.send().await.unwrap().json().await.unwrap();
    assert_eq!(about["sub"], "00uSomebodyElsesId01");
    let mut token = tokens["refresh_token"].as_str().unwrap().to_owned();
    for _ in 0..2 {
        let refreshed: Value = app.refresh(&token).await.json().await.unwrap();
        assert!(refreshed.get("id_token").is_none() && refreshed["access_token"].is_string());
        refreshed["refresh_token"].as_str().unwrap().clone_into(&mut token);
    }
    assert_eq!(id_claims(&redeem(&app, &app.code(&asked()).await).await)["nonce"], "n-1", "nobody else's");
}

#[tokio::test]
async fn a_scope_is_granted_and_stands_in_no_token() {
    let app = App::start().await;
    let scope = "openid mock:id-token-wrong-nonce test_scope";
    let tokens = app.tokens(scope).await;
    assert_eq!(id_claims(&tokens)["nonce"], OTHER_NONCE);
    assert_eq!(tokens["scope"], "openid test_scope mock:id-token-wrong-nonce");
    assert_eq!(claims(tokens["access_token"].as_str().unwrap())["scp"], serde_json::json!(["openid", "test_scope"]));
}

#[tokio::test]
async fn a_token_that_was_made_over_ends_with_its_sign_in() {
    let app = App::start().await;
    let code = app.code(&with(asked(), "scope", "openid read mock:narrower-scope")).await;
    let tokens = redeem(&app, &code).await;
    let token = tokens["access_token"].as_str().unwrap();
    assert_eq!(claims(token)["scp"], serde_json::json!(["openid"]));
    assert!(app.is_active(token).await);
    assert_eq!(redeem(&app, &code).await["error"], "invalid_grant", "it was used before");
    assert!(!app.is_active(token).await);
}

#[tokio::test]
async fn a_scope_asks_without_a_user_too() {
    let app = App::start().await;
    let fields = vec![("grant_type", "client_credentials"), ("scope", "test_scope mock:token=time/expired@one-hour")];
    let tokens: Value = app.token(&fields).await.json().await.unwrap();
    let claims = claims(tokens["access_token"].as_str().unwrap());
    assert!(claims["exp"].as_i64().unwrap() < 1_800_000_000, "{claims}");
    assert_eq!(tokens["expires_in"], 3600);
}

#[tokio::test]
async fn a_configured_client_is_answered_so_and_no_other() {
    let text = "[[server.default.client]]\nid = 'odd'\nsecret = 's'\ngrants = ['client_credentials']\n\
                answer = ['token-type-in-capitals', 'id-token-es256']\n\
                [[server.default.client]]\nid = 'plain'\nsecret = 's'\ngrants = ['client_credentials']";
    let app = App::with(Config::parse(text, "".as_ref()).unwrap()).await;
    let fields = vec![("grant_type", "client_credentials"), ("scope", "test_scope")];
    for (id, expected) in [("odd", "BEARER"), ("plain", "Bearer")] {
        let tokens: Value = app.token_of(id, "s", &fields).await.json().await.unwrap();
        assert_eq!(tokens["token_type"], expected);
    }
    let place = format!("{}/.well-known/openid-configuration", app.idp.http_issuer());
    let metadata: Value = app.http.get(place).send().await.unwrap().json().await.unwrap();
    assert_eq!(metadata["id_token_signing_alg_values_supported"], serde_json::json!(["RS256", "ES256"]));
}

#[tokio::test]
async fn an_error_at_the_authorization_endpoint_goes_back_to_the_client() {
    let app = App::start().await;
    let back = fields_of(&app.authorize(&with(asked(), "mock_answer", "error=login-required")).await);
    assert_eq!((back["error"].as_str(), back["state"].as_str()), ("login_required", "a b&c"));
    assert!(!back.contains_key("code"));
    let later = with(asked(), "mock_answer", "token/error=wrong-verifier");
    let code = app.code(&later).await;
    assert_error(app.token(&redeemed(&code)).await, 400, "invalid_grant", "PKCE verification failed.").await;
}

#[tokio::test]
async fn what_was_asked_for_outlives_the_sign_in_page() {
    let app = App::start().await;
    let fields = with(with(asked(), "mock_answer", "id-token-wrong-nonce,no-state"), "prompt", "login");
    let page =
        app.http.get(with_query(&app.at_server("closed", "authorize"), &with(fields, "login_hint", "ada@example.com")));
    let page = page.send().await.unwrap();
    let (cookies, text) = (cookies(&page), page.text().await.unwrap());
    let ticket = text.split("name=\"ticket\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let form = [("ticket", ticket.as_str()), ("login", "ada@example.com"), ("password", "right")];
    let request = app.http.post(app.at_server("closed", "sign-in")).header("cookie", cookies).form(&form);
    let back = fields_of(&request.send().await.unwrap());
    assert!(!back.contains_key("state"));
    let request = app.http.post(app.at_server("closed", "token")).form(&redeemed(&back["code"]));
    let credentials = (mock_idp::claims::DEFAULT_CLIENT_ID, Some(mock_idp::claims::DEFAULT_CLIENT_SECRET));
    let tokens: Value = request.basic_auth(credentials.0, credentials.1).send().await.unwrap().json().await.unwrap();
    assert_eq!(id_claims(&tokens)["nonce"], OTHER_NONCE);
}

#[rstest]
#[case::header(
    "x-mock-idp-answer",
    "no-scop",
    "X-Mock-Idp-Answer: no answer is called \"no-scop\": did you mean no-scope?"
)]
#[case::place(
    "x-mock-idp-answer",
    "keys/no-scope",
    "X-Mock-Idp-Answer: \"no-scope\" changes what token answers, and nothing at keys: leave keys out"
)]
#[tokio::test]
async fn an_unknown_answer_is_refused_with_what_there_is(
    #[case] header: &str,
    #[case] value: &str,
    #[case] told: &str,
) {
    let app = App::start().await;
    let answer = app.http.post(app.at("token")).header(header, value).send().await.unwrap();
    assert_eq!(answer.status(), 400);
    let body: Value = answer.json().await.unwrap();
    assert_eq!((body["error"].as_str(), body["error_description"].as_str()), (Some("invalid_request"), Some(told)));
}

#[tokio::test]
async fn a_promised_iss_stands_in_the_answers_of_all_clients() {
    let text = "[[server.default.client]]\nid = 'odd'\nsecret = 's'\ngrants = ['authorization_code']\nany_loopback_redirect = true\nanswer = ['no-iss']\n\
                [[server.default.client]]\nid = 'plain'\nsecret = 's'\ngrants = ['authorization_code']\nany_loopback_redirect = true";
    let app = App::with(Config::parse(text, "".as_ref()).unwrap()).await;
    for (client, has_iss) in [("odd", false), ("plain", true)] {
        let back = fields_of(&app.authorize(&with(asked(), "client_id", client)).await);
        assert_eq!(back.get("iss").map(String::as_str), has_iss.then(|| app.idp.http_issuer()).as_deref(), "{client}");
    }
}
