use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use mock_idp::claims::{DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET, DEFAULT_USER_ID};
use mock_idp::config::{AuthorizationServer, Config};
use mock_idp::dialect::{Dialect, Shape};
use serde_json::{Map, Value, json};
use sha2::Digest as _;

use super::app::*;

/// The claims of a token that the published keys verify.
async fn verified(app: &App, token: &str, audience: &str, algorithm: Algorithm) -> Map<String, Value> {
    let jwks: JwkSet = app.http.get(app.at("keys")).send().await.unwrap().json().await.unwrap();
    let kid = jsonwebtoken::decode_header(token).unwrap().kid.unwrap();
    let key = DecodingKey::from_jwk(jwks.find(&kid).unwrap()).unwrap();
    let mut validation = Validation::new(algorithm);
    validation.set_issuer(&[app.idp.http_issuer()]);
    validation.set_audience(&[audience]);
    validation.validate_exp = false;
    jsonwebtoken::decode(token, &key, &validation).unwrap().claims
}

fn names(token: &str) -> Vec<String> {
    let text = part(token, 1);
    let object: mock_idp::json::Object = mock_idp::json::Object::from_text(&text).unwrap();
    object.members().iter().map(|member| member.plain_name().into_owned()).collect()
}

fn text<'a>(tokens: &'a Value, name: &str) -> &'a str {
    tokens[name].as_str().unwrap()
}

#[tokio::test]
async fn the_access_token_of_a_user_has_oktas_claims_in_its_order() {
    let app = App::start().await;
    let tokens = app.tokens("openid profile test_scope").await;
    let token = text(&tokens, "access_token");
    let order = ["ver", "jti", "iss", "aud", "iat", "exp", "cid", "uid", "scp", "auth_time", "sub"];
    assert_eq!(names(token), order);
    assert!(part(token, 0).starts_with(r#"{"kid":""#) && part(token, 0).ends_with(r#"","alg":"RS256"}"#));
    let claims = verified(&app, token, "api://default", Algorithm::RS256).await;
    assert_eq!(claims["scp"], json!(["openid", "profile", "test_scope"]));
    assert_eq!((&claims["cid"], &claims["sub"]), (&json!(DEFAULT_CLIENT_ID), &json!(USER)));
    assert_eq!((&claims["uid"], &claims["auth_time"]), (&json!(DEFAULT_USER_ID), &json!(1_800_000_000)));
    let jti = claims["jti"].as_str().unwrap();
    assert!(jti.starts_with("AT.") && jti.len() == 46, "{jti}");
}

#[tokio::test]
async fn with_offline_access_the_jti_names_the_refresh_token() {
    let app = App::start().await;
    let tokens = app.tokens("openid offline_access").await;
    let jti = |tokens: &Value| claims(text(tokens, "access_token"))["jti"].as_str().unwrap().to_owned();
    let first = jti(&tokens);
    let (id, refresh_id) = first.strip_prefix("AT.").unwrap().split_once('.').unwrap();
    assert_eq!((id.len(), refresh_id.len(), &refresh_id[..3]), (43, 20, "oar"));
    let again: Value = app.refresh(text(&tokens, "refresh_token")).await.json().await.unwrap();
    assert!(jti(&again).ends_with(refresh_id) && jti(&again) != first);
}

#[tokio::test]
async fn an_id_token_has_oktas_claims_in_its_order() {
    let app = App::start().await;
    let tokens = app.tokens("openid profile email").await;
    let token = text(&tokens, "id_token");
    let order = [
        "sub",
        "name",
        "email",
        "ver",
        "iss",
        "aud",
        "iat",
        "exp",
        "jti",
        "amr",
        "idp",
        "nonce",
        "preferred_username",
        "auth_time",
        "at_hash",
    ];
    assert_eq!(names(token), order);
    let claims = verified(&app, token, DEFAULT_CLIENT_ID, Algorithm::RS256).await;
    assert_eq!((&claims["sub"], &claims["preferred_username"]), (&json!(DEFAULT_USER_ID), &json!(USER)));
    assert_eq!((&claims["nonce"], &claims["amr"]), (&json!("n-1"), &json!(["pwd"])));
    assert_eq!((&claims["iat"], &claims["exp"]), (&json!(1_800_000_000), &json!(1_800_003_600)));
    let jti = claims["jti"].as_str().unwrap();
    assert!(jti.starts_with("ID.") && jti.len() == 46, "{jti}");
    let hash = sha2::Sha256::digest(text(&tokens, "access_token"));
    assert_eq!(claims["at_hash"], URL_SAFE_NO_PAD.encode(&hash[..16]));
}

#[tokio::test]
async fn an_id_token_says_no_more_than_its_scopes_allow() {
    let app = App::start().await;
    let tokens = app.tokens("openid").await;
    let claims = claims(text(&tokens, "id_token"));
    assert!(["name", "email", "preferred_username"].iter().all(|name| claims.get(name).is_none()), "{claims}");
}

#[tokio::test]
async fn at_hash_is_made_with_the_hash_of_the_signature() {
    let mut server = AuthorizationServer::new("default");
    server.algorithm = Some(mock_idp::keys::Algorithm::Es384);
    let app = App::with(Config::default().with_server(server)).await;
    let tokens = app.tokens("openid").await;
    let claims = verified(&app, text(&tokens, "id_token"), DEFAULT_CLIENT_ID, Algorithm::ES384).await;
    let hash = sha2::Sha384::digest(text(&tokens, "access_token"));
    assert_eq!(claims["at_hash"], URL_SAFE_NO_PAD.encode(&hash[..24]));
}

#[tokio::test]
async fn a_server_of_any_shape_signs_users_in() {
    for (name, shape) in Shape::ALL {
        let mut server = AuthorizationServer::new("default");
        server.dialect = Dialect::of(shape);
        let app = App::with(Config::default().with_server(server)).await;
        let issuer = app.idp.http_issuer();
        let metadata = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
        let metadata: Value = app.http.get(metadata).send().await.unwrap().json().await.unwrap();
        let at = |name: &str| metadata[name].as_str().unwrap().to_owned();
        let answer = app.http.get(with_query(&at("authorization_endpoint"), &asked())).send().await.unwrap();
        let code = fields_of(&answer)["code"].clone();
        let request = app.http.post(at("token_endpoint")).form(&redeemed(&code));
        let request = request.basic_auth(DEFAULT_CLIENT_ID, Some(DEFAULT_CLIENT_SECRET));
        let tokens: Value = request.send().await.unwrap().json().await.unwrap();
        assert_eq!(claims(text(&tokens, "id_token"))["nonce"], "n-1", "{name}");
        let request = app.http.get(at("userinfo_endpoint")).bearer_auth(text(&tokens, "access_token"));
        let about: Value = request.send().await.unwrap().json().await.unwrap();
        assert_eq!(about["sub"], DEFAULT_USER_ID, "{name}");
    }
}
