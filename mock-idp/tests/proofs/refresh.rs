//! Refresh tokens that are bound to a key (RFC 9449, section 5).

use mock_idp::claims::DEFAULT_CLIENT_ID;

use super::app::*;
use super::signed::payload;

fn refreshed(token: &str) -> Fields<'_> {
    vec![("grant_type", "refresh_token"), ("refresh_token", token)]
}

#[tokio::test]
async fn a_public_clients_refresh_token_takes_the_same_key() {
    let app = App::start().await;
    let code = app.code(&asked()).await;
    let proof = app.fresh_proof(&es256(), "token").await;
    let body = json_of(app.public_form("token", &redeemed(&code)).header("dpop", proof)).await;
    let token = body["refresh_token"].as_str().unwrap();

    let fields = with(refreshed(token), "client_id", "spa");
    let refresh = || app.public_form("token", &fields);
    let without = send(refresh()).await;
    assert_eq!(without, oauth_error(400, "invalid_dpop_proof", "The DPoP proof JWT header is missing."));
    let proof = app.fresh_proof(&rs256(), "token").await;
    let other = send(refresh().header("dpop", proof)).await;
    let text = "Invalid DPoP Public Key binding in refresh token";
    assert_eq!(other, oauth_error(400, "invalid_dpop_proof", text));

    let proof = app.fresh_proof(&es256(), "token").await;
    let body = json_of(refresh().header("dpop", proof)).await;
    assert_eq!(body["token_type"], "DPoP");
    let next = with(refreshed(body["refresh_token"].as_str().unwrap()), "client_id", "spa");
    let without = send(app.public_form("token", &next)).await;
    assert_eq!(without.0, 400, "the next one is bound, too");
}

#[tokio::test]
async fn a_confidential_client_may_take_another_key_or_none() {
    let app = App::start().await;
    let code = app.code(&with(asked(), "client_id", DEFAULT_CLIENT_ID)).await;
    let fields = with(redeemed(&code), "client_id", "");
    let proof = app.fresh_proof(&es256(), "token").await;
    let body = json_of(app.form("token", &fields).header("dpop", proof)).await;
    let token = body["refresh_token"].as_str().unwrap();

    let proof = app.fresh_proof(&rs256(), "token").await;
    let body = json_of(app.form("token", &refreshed(token)).header("dpop", proof)).await;
    assert_eq!(body["token_type"], "DPoP");
    let body = json_of(app.form("token", &refreshed(token))).await;
    assert_eq!(body["token_type"], "Bearer");
}

#[tokio::test]
async fn a_proof_that_lacks_the_nonce_costs_no_code() {
    let app = App::start().await;
    let code = app.code(&asked()).await;
    let proof = app.proof(&es256(), "token").signed();
    assert_eq!(send(app.public_form("token", &redeemed(&code)).header("dpop", proof)).await.0, 400);
    let proof = app.fresh_proof(&es256(), "token").await;
    assert_eq!(send(app.public_form("token", &redeemed(&code)).header("dpop", proof)).await.0, 200);
}

#[tokio::test]
async fn a_devices_token_is_bound_as_any_other() {
    let app = App::start().await;
    let begun = json_of(app.form("device/authorize", &vec![("scope", "openid offline_access")])).await;
    let decision = serde_json::json!({ "user_code": begun["user_code"], "login": "ada@example.com" });
    let control = app.at("token").replace("/oauth2/default/v1/token", "/_mock/device");
    json_of(app.http.post(control).json(&decision)).await;

    let fields = vec![
        ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
        ("device_code", begun["device_code"].as_str().unwrap()),
    ];
    let proof = app.fresh_proof(&es256(), "token").await;
    let body = json_of(app.form("token", &fields).header("dpop", proof)).await;
    assert_eq!(body["token_type"], "DPoP");
    assert!(payload(body["access_token"].as_str().unwrap()).contains(&es256().thumbprint()));
}

#[tokio::test]
async fn a_bound_refresh_token_is_exchanged_by_its_holder_alone() {
    let app = App::start().await;
    let serve = |server: &mut mock_idp::config::AuthorizationServer| {
        let spa = server.clients.iter_mut().find(|client| client.id == "spa").unwrap();
        spa.application_type = mock_idp::config::ApplicationType::Service;
        spa.grants.push(mock_idp::config::GrantType::TOKEN_EXCHANGE);
    };
    app.idp.issuer().change_server("default", serve).unwrap();
    let code = app.code(&asked()).await;
    let proof = app.fresh_proof(&es256(), "token").await;
    let body = json_of(app.public_form("token", &redeemed(&code)).header("dpop", proof)).await;
    let fields = vec![
        ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
        ("client_id", "spa"),
        ("subject_token", body["refresh_token"].as_str().unwrap()),
        ("subject_token_type", "urn:ietf:params:oauth:token-type:refresh_token"),
        ("audience", "api://default"),
        ("scope", "test_scope"),
    ];
    let without = send(app.public_form("token", &fields)).await;
    assert_eq!(without, oauth_error(400, "invalid_dpop_proof", "The DPoP proof JWT header is missing."));
    let proof = app.fresh_proof(&rs256(), "token").await;
    let text = "Invalid DPoP Public Key binding in refresh token";
    let other = send(app.public_form("token", &fields).header("dpop", proof)).await;
    assert_eq!(other, oauth_error(400, "invalid_dpop_proof", text));
    let proof = app.fresh_proof(&es256(), "token").await;
    let body = json_of(app.public_form("token", &fields).header("dpop", proof)).await;
    assert_eq!(body["token_type"], "DPoP");
}
