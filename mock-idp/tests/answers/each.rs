use std::collections::{BTreeMap, BTreeSet};

use mock_idp::answer::{Answer, Order, Row, rows};
use mock_idp::{Delivery, Request};

use super::app::*;
use super::observed::{differences, sign_in};

/// Where a whole sign-in differs from an honest one. `*` stands for the answer to the
/// code and that to the refresh, `id.` for the ID Token in both.
const CHANGES: &[(&str, &str)] = &[
    ("wrong-state", "authorize.state"),
    ("no-state", "authorize.state"),
    ("no-code", "authorize.code token refresh userinfo"),
    ("iss", "authorize.iss metadata.body.authorization_response_iss_parameter_supported"),
    ("no-iss", "metadata.body.authorization_response_iss_parameter_supported"),
    ("wrong-iss", "authorize.iss metadata.body.authorization_response_iss_parameter_supported"),
    ("unknown-field", "authorize.session_state"),
    ("token", "*.access_token.claims.exp *.access_token.claims.iat userinfo.status userinfo.body"),
    ("no-access-token", "*.access_token id.claims.at_hash userinfo"),
    ("no-token-type", "*.token_type"),
    ("other-token-type", "*.token_type"),
    ("token-type-in-capitals", "*.token_type"),
    ("no-expires-in", "*.expires_in"),
    ("expires-in-as-text", "*.expires_in"),
    ("expires-at-once", "*.expires_in"),
    ("no-scope", "*.scope"),
    ("narrower-scope", "*.scope *.access_token.claims.scp"),
    ("unknown-member", "*.x_unknown"),
    ("no-refresh-token", "token.body.refresh_token refresh"),
    ("refresh-token-that-fails", "refresh.status refresh.body"),
    ("no-new-refresh-token", "refresh.body.refresh_token"),
    ("new-refresh-token", "refresh.body.refresh_token"),
    ("no-id-token", "token.body.id_token"),
    ("no-id-token-at-refresh", "refresh.body.id_token"),
    ("id-token-wrong-iss", "id.claims.iss"),
    ("id-token-no-iss", "id.claims.iss"),
    ("id-token-no-sub", "id.claims.sub"),
    ("id-token-wrong-aud", "id.claims.aud"),
    ("id-token-no-aud", "id.claims.aud"),
    ("id-token-wrong-azp", "id.claims.aud id.claims.azp"),
    ("id-token-expired", "id.claims.iat id.claims.exp id.claims.auth_time"),
    ("id-token-no-exp", "id.claims.exp"),
    ("id-token-no-iat", "id.claims.iat"),
    ("id-token-old-iat", "id.claims.iat"),
    ("id-token-wrong-nonce", "id.claims.nonce"),
    ("id-token-no-nonce", "token.body.id_token.claims.nonce"),
    ("id-token-wrong-at-hash", "id.claims.at_hash"),
    ("id-token-wrong-c-hash", "id.claims.c_hash"),
    ("id-token-by-stranger", "id.verified"),
    ("id-token-alg-none", "id.header.alg id.verified"),
    ("id-token-hs256", "id.header.alg id.verified"),
    ("id-token-unknown-kid", "id.header.kid id.verified"),
    ("refreshed-id-token-wrong-sub", "refresh.body.id_token.claims.sub"),
    ("refreshed-id-token-wrong-iss", "refresh.body.id_token.claims.iss"),
    ("id-token-es256", "id.header.alg keys.body.keys metadata.body.id_token_signing_alg_values_supported"),
    ("id-token-eddsa", "id.header.alg keys.body.keys metadata.body.id_token_signing_alg_values_supported"),
    ("id-token-new-key", "keys.body.keys token.body.id_token.header.kid token.body.id_token.verified"),
    ("id-token-no-kid", "id.header.kid"),
    ("id-token-two-audiences", "id.claims.aud id.claims.azp"),
    ("id-token-aud-as-list", "id.claims.aud"),
    ("id-token-no-at-hash", "id.claims.at_hash"),
    ("id-token-fractions", "id.claims.iat id.claims.exp id.claims.auth_time"),
    ("id-token-iat-ahead", "id.claims.iat"),
    ("id-token-typ", "id.header.typ"),
    ("id-token-unknown-claim", "id.claims.x_unknown"),
    ("userinfo-wrong-sub", "userinfo.body.sub"),
    ("userinfo-no-sub", "userinfo.body.sub"),
    ("odd-key", "keys.body.keys"),
    ("keys-without-alg", "keys.body.keys"),
    ("keys-without-kid", "keys.body.keys"),
    ("metadata-redirect", "metadata.status metadata.body"),
    ("metadata-wrong-issuer", "metadata.body.issuer"),
    ("metadata-without-s256", "metadata.body.code_challenge_methods_supported"),
    ("metadata-unknown-member", "metadata.body.x_unknown"),
    ("error", "token.status token.body refresh userinfo"),
    ("okta-error", "token.status token.body refresh userinfo"),
    ("status-429", "token.status token.body refresh userinfo"),
    ("status-503", "token.status token.body refresh userinfo"),
    ("cut", "token refresh userinfo"),
    ("closed", "token refresh userinfo"),
    ("garbled", "token.body refresh userinfo"),
];

/// What no sign-in shows.
const OTHERWISE: [&str; 1] = ["delay"];

fn expected(changes: &str) -> BTreeSet<String> {
    let of_both = |rest: &str| ["token", "refresh"].map(|answer| format!("{answer}.body.{rest}")).to_vec();
    let paths = changes.split(' ').flat_map(|path| match (path.strip_prefix("*."), path.strip_prefix("id.")) {
        (Some(rest), _) => of_both(rest),
        (_, Some(rest)) => of_both(&format!("id_token.{rest}")),
        _ => vec![path.to_owned()],
    });
    paths.collect()
}

fn answer(row: &Row) -> Answer {
    let text = row.value().map_or_else(|| row.name.to_owned(), |value| format!("{}={value}", row.name));
    Answer::parse(&text).unwrap()
}

#[tokio::test]
async fn each_answer_changes_exactly_what_it_says() {
    let table: BTreeMap<&str, &str> = CHANGES.iter().copied().collect();
    let app = App::start().await;
    let honest = sign_in(&app).await;
    assert_eq!(differences(&honest, &sign_in(&app).await), BTreeSet::new());
    assert_eq!((&honest["token"]["status"], &honest["userinfo"]["status"]), (&200.into(), &200.into()));
    let mut wrong = Vec::new();
    for row in rows().filter(|row| !OTHERWISE.contains(&row.name)) {
        let changes = table.get(row.name).unwrap_or_else(|| panic!("say what {} changes", row.name));
        app.idp.issuer().order("default", Order::new([answer(row)])).unwrap();
        let observed = sign_in(&app).await;
        let (found, expected) = (differences(&honest, &observed), expected(changes));
        if found != expected {
            wrong.push(format!("{}: {found:?}, and not {expected:?}", row.name));
        }
        app.idp.issuer().restore("default");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(differences(&honest, &sign_in(&app).await), BTreeSet::new(), "all is as it was");
}

#[tokio::test]
async fn an_answer_that_is_late_is_whole() {
    let app = App::start().await;
    app.idp.issuer().order("default", Order::new([Answer::parse("keys/delay=0.01").unwrap()])).unwrap();
    assert_eq!(app.http.get(app.at("keys")).send().await.unwrap().status(), 200);
    let response = app.idp.issuer().handle(&Request::get("/oauth2/default/v1/keys"));
    assert!(matches!(response.delivery, Delivery::After(time) if time.as_millis() == 10));
}

#[tokio::test]
async fn errors_are_those_of_okta_byte_for_byte() {
    let app = App::start().await;
    for (name, status, body) in [
        (
            "error=wrong-secret",
            401,
            r#"{"error":"invalid_client","error_description":"The client secret supplied for a confidential client is invalid."}"#,
        ),
        (
            "error=INVALID_REFRESH_TOKEN",
            400,
            r#"{"error":"invalid_grant","error_description":"The refresh token is invalid or expired."}"#,
        ),
        (
            "status-429",
            429,
            r#"{"errorCode":"E0000047","errorSummary":"API call exceeded rate limit due to too many requests.","errorLink":"E0000047","errorId":""#,
        ),
        (
            "okta-error",
            400,
            r#"{"errorCode":"invalid_client","errorSummary":"Invalid value for 'client_id' parameter.","errorLink":"invalid_client","errorId":""#,
        ),
    ] {
        let request = app.http.post(app.at("token")).header("x-mock-idp-answer", name);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status().as_u16(), status, "{name}");
        assert_eq!(answer.headers().contains_key("retry-after"), status == 429, "{name}");
        let text = answer.text().await.unwrap();
        assert!(text.starts_with(body), "{text}");
    }
    let request = app.http.get(app.at("userinfo")).header("x-mock-idp-answer", "status-503");
    let answer = request.send().await.unwrap();
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["content-type"]),
        (503, &"text/html; charset=utf-8".parse().unwrap())
    );
}

#[tokio::test]
async fn an_endpoint_whose_answer_is_replaced_has_done_nothing() {
    let app = App::start().await;
    let code = app.code(&asked()).await;
    app.idp.issuer().order("default", Order::new([Answer::parse("status-503").unwrap()]).times(1)).unwrap();
    let statuses = [app.token(&redeemed(&code)).await.status(), app.token(&redeemed(&code)).await.status()];
    assert_eq!(statuses.map(|status| status.as_u16()), [503, 200]);
}

#[tokio::test]
async fn a_redirect_of_discovery_leads_to_the_document() {
    let app = App::start().await;
    app.idp.issuer().order("default", Order::new([Answer::parse("metadata-redirect").unwrap()])).unwrap();
    let place = format!("{}/.well-known/openid-configuration?a=b", app.idp.http_issuer());
    let first = app.http.get(&place).send().await.unwrap();
    assert_eq!((first.status().as_u16(), location(&first)), (302, format!("{place}&behind=302")));
    let document: serde_json::Value = app.http.get(location(&first)).send().await.unwrap().json().await.unwrap();
    assert_eq!(document["issuer"], app.idp.http_issuer());
}

#[tokio::test]
async fn a_token_of_a_scenario_is_made_of_the_users_own() {
    let app = App::start().await;
    app.idp
        .issuer()
        .order("default", Order::new([Answer::parse("token=audience/other@sibling-api").unwrap()]))
        .unwrap();
    let tokens = app.tokens("openid test_scope").await;
    let claims = claims(tokens["access_token"].as_str().unwrap());
    assert_ne!(claims["aud"], "api://default");
    assert_eq!((&claims["sub"], &claims["scp"]), (&USER.into(), &serde_json::json!(["openid", "test_scope"])));
}
