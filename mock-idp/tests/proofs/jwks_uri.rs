//! Clients that publish their keys themselves.

use mock_idp::config::{AuthMethod, AuthorizationServer, Client, Config};
use mock_idp::keys::{BuiltinKey, SigningKey, builtin};
use rstest::rstest;
use serde_json::{Value, json};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::app::*;
use super::signed::Signed;

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

fn other_key() -> SigningKey {
    builtin(BuiltinKey::Issuer).with_kid("k2")
}

fn key_set(keys: &[SigningKey]) -> Value {
    let jwk = |key: &SigningKey| serde_json::from_str::<Value>(&key.public_jwk().to_text()).unwrap();
    json!({ "keys": keys.iter().map(jwk).collect::<Vec<_>>() })
}

/// A client that has its keys there.
async fn client_of(uri: String) -> App {
    let mut client = Client::new("service", "");
    client.auth_methods = vec![AuthMethod::PrivateKeyJwt];
    client.jwks_uri = Some(uri);
    let mut server = AuthorizationServer::new("default");
    server.clients = vec![client];
    App::with(Config::default().with_server(server)).await
}

async fn publish(place: &MockServer, answer: ResponseTemplate) {
    place.reset().await;
    Mock::given(method("GET")).and(path("/jwks")).respond_with(answer).mount(place).await;
}

async fn asked_by(app: &App, key: &SigningKey) -> (u16, String) {
    let assertion = Signed::assertion(key, &app.at("token"), app.clock.now()).signed();
    let mut fields = for_client();
    fields.extend([("client_assertion_type", ASSERTION_TYPE), ("client_assertion", assertion.as_str())]);
    send(app.public_form("token", &fields)).await
}

async fn fetches(place: &MockServer) -> usize {
    place.received_requests().await.unwrap().len()
}

#[tokio::test]
async fn keys_are_fetched_when_they_are_needed_and_kept_for_five_minutes() {
    let place = MockServer::start().await;
    publish(&place, ResponseTemplate::new(200).set_body_json(key_set(&[service_key()]))).await;
    let app = client_of(format!("{}/jwks", place.uri())).await;
    assert_eq!(fetches(&place).await, 0);
    for _ in 0..2 {
        assert_eq!(asked_by(&app, &service_key()).await.0, 200);
    }
    app.clock.advance(299);
    assert_eq!((asked_by(&app, &service_key()).await.0, fetches(&place).await), (200, 1));
    app.clock.advance(1);
    assert_eq!((asked_by(&app, &service_key()).await.0, fetches(&place).await), (200, 2));
}

#[tokio::test]
async fn a_key_that_is_not_known_is_looked_for_at_once() {
    let place = MockServer::start().await;
    publish(&place, ResponseTemplate::new(200).set_body_json(key_set(&[service_key()]))).await;
    let app = client_of(format!("{}/jwks", place.uri())).await;
    assert_eq!(asked_by(&app, &service_key()).await.0, 200);
    publish(&place, ResponseTemplate::new(200).set_body_json(key_set(&[service_key(), other_key()]))).await;
    assert_eq!((asked_by(&app, &other_key()).await.0, fetches(&place).await), (200, 1));
}

#[tokio::test]
async fn keys_that_are_made_up_make_nobody_fetch_more_often_than_every_ten_seconds() {
    let place = MockServer::start().await;
    publish(&place, ResponseTemplate::new(200).set_body_json(key_set(&[service_key()]))).await;
    let app = client_of(format!("{}/jwks", place.uri())).await;
    let unknown = oauth_error(401, "invalid_client", "The client_assertion JWT kid is invalid.");
    for kid in ["a", "b", "c"] {
        assert_eq!(asked_by(&app, &other_key().with_kid(kid)).await, unknown);
    }
    app.clock.advance(9);
    assert_eq!((asked_by(&app, &other_key()).await, fetches(&place).await), (unknown, 1));
    assert_eq!(asked_by(&app, &service_key()).await.0, 200);
    app.clock.advance(1);
    publish(&place, ResponseTemplate::new(200).set_body_json(key_set(&[service_key(), other_key()]))).await;
    assert_eq!((asked_by(&app, &other_key()).await.0, fetches(&place).await), (200, 1));
}

#[rstest]
#[case::is_not_there(ResponseTemplate::new(404), "Error retrieving the client JWKSet from jwks_uri.")]
#[case::is_elsewhere(ResponseTemplate::new(302).insert_header("location", "/jwks"), "Error retrieving the client JWKSet from jwks_uri.")]
#[case::is_none(ResponseTemplate::new(200).set_body_string("<html>"), "Error retrieving the client JWKSet from jwks_uri.")]
#[case::is_huge(ResponseTemplate::new(200).set_body_string(" ".repeat(300_000)), "Error retrieving the client JWKSet from jwks_uri.")]
#[case::is_empty(ResponseTemplate::new(200).set_body_json(json!({ "keys": [] })), "The client JWKSet from jwks_uri must contain at least one key.")]
#[case::names_keys_alike(
    ResponseTemplate::new(200).set_body_json(key_set(&[service_key(), other_key().with_kid("k1")])),
    "All keys in the client JWKSet from jwks_uri must have a unique kid."
)]
#[tokio::test]
async fn a_key_set_is_refused_that(#[case] answer: ResponseTemplate, #[case] description: &str) {
    let place = MockServer::start().await;
    publish(&place, answer).await;
    let app = client_of(format!("{}/jwks", place.uri())).await;
    assert_eq!(asked_by(&app, &service_key()).await, oauth_error(401, "invalid_client", description));
    publish(&place, ResponseTemplate::new(200).set_body_json(key_set(&[service_key()]))).await;
    assert_eq!(asked_by(&app, &service_key()).await.0, 200, "the next one is fetched anew");
}

#[tokio::test]
async fn a_place_where_nobody_listens_is_told() {
    let app = client_of("http://127.0.0.1:9/jwks".into()).await;
    let text = "Error retrieving the client JWKSet from jwks_uri.";
    assert_eq!(asked_by(&app, &service_key()).await, oauth_error(401, "invalid_client", text));
}

#[tokio::test]
async fn another_issuers_key_set_will_do() {
    let other = App::start().await;
    let app = client_of(other.at("keys")).await;
    let key = other.idp.issuer().keys("default").unwrap().active().clone();
    assert_eq!(asked_by(&app, &key).await.0, 200);
}
