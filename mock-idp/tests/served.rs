//! `MockIdp` over real sockets.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::time::Duration;

use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use mock_idp::claims::{DEFAULT_AUDIENCE, DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET};
use mock_idp::config::Config;
use mock_idp::keys::{BuiltinKey, SigningKey, builtin};
use mock_idp::{MintRequest, MockIdp, StartError};
use reqwest::{Certificate, Client};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

fn client() -> Client {
    Client::builder().no_proxy().build().unwrap()
}

fn trusting(idp: &MockIdp) -> Client {
    let ca = Certificate::from_pem(idp.ca_pem().as_bytes()).unwrap();
    Client::builder().no_proxy().tls_certs_only([ca]).build().unwrap()
}

async fn honest_token(client: &Client, issuer: &str) -> String {
    let request = client
        .post(format!("{issuer}/v1/token"))
        .basic_auth(DEFAULT_CLIENT_ID, Some(DEFAULT_CLIENT_SECRET))
        .form(&[("grant_type", "client_credentials"), ("scope", "test_scope")]);
    let answer: Value = request.send().await.unwrap().error_for_status().unwrap().json().await.unwrap();
    answer["access_token"].as_str().unwrap().to_owned()
}

/// Verifies as a resource server does: discovery, JWKS, signature, claims.
async fn verify(client: &Client, issuer: &str, token: &str) -> Value {
    let metadata = format!("{issuer}/.well-known/openid-configuration");
    let metadata: Value = client.get(metadata).send().await.unwrap().json().await.unwrap();
    assert_eq!(metadata["issuer"], issuer);
    let jwks = client.get(metadata["jwks_uri"].as_str().unwrap()).send().await.unwrap();
    let jwks: JwkSet = jwks.json().await.unwrap();
    let kid = jsonwebtoken::decode_header(token).unwrap().kid.unwrap();
    let key = DecodingKey::from_jwk(jwks.find(&kid).unwrap()).unwrap();
    let mut validation = Validation::new(Algorithm::RS256);
    validation.set_issuer(&[issuer]);
    validation.set_audience(&[DEFAULT_AUDIENCE]);
    jsonwebtoken::decode(token, &key, &validation).unwrap().claims
}

#[tokio::test]
async fn an_honest_token_verifies_against_the_fetched_jwks() {
    let idp = MockIdp::start().await.unwrap();
    let token = honest_token(&client(), &idp.http_issuer()).await;
    let claims = verify(&client(), &idp.http_issuer(), &token).await;
    assert_eq!(claims["scp"], serde_json::json!(["test_scope"]));
    assert_eq!(claims["sub"], DEFAULT_CLIENT_ID);
}

#[tokio::test]
async fn https_is_trusted_through_the_exported_ca() {
    let idp = MockIdp::builder().alias("idp.test").start().await.unwrap();
    let trusting = trusting(&idp);
    let token = honest_token(&trusting, &idp.https_issuer()).await;
    verify(&trusting, &idp.https_issuer(), &token).await;
    let by_name = idp.https().replace("127.0.0.1", "localhost");
    let keys = trusting.get(format!("{by_name}/oauth2/default/v1/keys")).send().await.unwrap();
    assert_eq!(keys.status(), 200);
    let ca = trusting.get(format!("{}/_mock/ca", idp.https())).send().await.unwrap().text().await.unwrap();
    assert_eq!(ca, idp.ca_pem());
    assert!(client().get(idp.https_issuer()).send().await.is_err(), "who doesn't know the CA doesn't trust it");
}

#[tokio::test]
async fn the_alias_stands_in_the_certificate() {
    let idp = MockIdp::builder().alias("idp.test").start().await.unwrap();
    let ca = Certificate::from_pem(idp.ca_pem().as_bytes()).unwrap();
    let address = idp.https().trim_start_matches("https://").parse().unwrap();
    let client = Client::builder().no_proxy().tls_certs_only([ca]).resolve("idp.test", address).build().unwrap();
    let issuer = format!("https://idp.test:{}/oauth2/default", address.port());
    let token = honest_token(&client, &issuer).await;
    verify(&client, &issuer, &token).await;
}

#[tokio::test]
async fn tokens_without_a_call_are_as_good() {
    let idp = MockIdp::start().await.unwrap();
    verify(&client(), &idp.http_issuer(), &idp.token()).await;
    let mut request = MintRequest::control();
    request.issuer = Some(idp.https_issuer());
    let token = idp.mint(&request).unwrap().token.expose_text();
    verify(&trusting(&idp), &idp.https_issuer(), &token).await;
}

#[tokio::test]
async fn the_drop_closes_both_ports_at_once() {
    let idp = MockIdp::start().await.unwrap();
    let addresses = [idp.http().replace("http://", ""), idp.https().replace("https://", "")];
    let idle = TcpStream::connect(&addresses[0]).await.unwrap();
    drop(idp);
    for address in addresses {
        assert!(std::net::TcpListener::bind(&address).is_ok(), "{address} is still taken");
    }
    drop(idle);
}

#[tokio::test]
async fn it_answers_while_the_runtime_of_the_test_is_blocked() {
    use std::io::{Read as _, Write as _};
    let idp = MockIdp::start().await.unwrap();
    let mut stream = std::net::TcpStream::connect(idp.http().replace("http://", "")).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    stream.write_all(b"GET /oauth2/default/v1/keys HTTP/1.0\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.0 200 OK") || answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    assert!(answer.contains("\r\nX-Mock-Idp: testing-only\r\n"), "{answer}");
}

#[tokio::test]
async fn many_issuers_run_side_by_side() {
    let (first, second) = (MockIdp::start().await.unwrap(), MockIdp::start().await.unwrap());
    assert_ne!(first.http_issuer(), second.http_issuer());
    honest_token(&client(), &first.http_issuer()).await;
    assert_eq!([first.journal().count("token"), second.journal().count("token")], [1, 0]);
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused() {
    let idp = MockIdp::start().await.unwrap();
    let request = client().post(format!("{}/v1/token", idp.http_issuer())).body(vec![b'a'; (1 << 20) + 1]);
    assert_eq!(request.send().await.unwrap().status(), 413);
}

#[tokio::test]
async fn head_is_get_without_the_body() {
    let idp = MockIdp::start().await.unwrap();
    let answer = client().head(format!("{}/v1/keys", idp.http_issuer())).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert!(answer.bytes().await.unwrap().is_empty());
}

#[tokio::test]
async fn bytes_that_are_no_http_do_no_harm() {
    let idp = MockIdp::start().await.unwrap();
    for address in [idp.http().replace("http://", ""), idp.https().replace("https://", "")] {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(b"\x00\xffnot http\r\n\r\n").await.unwrap();
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest).await;
    }
    honest_token(&client(), &idp.http_issuer()).await;
}

#[tokio::test]
async fn a_port_that_is_taken_is_told() {
    let idp = MockIdp::start().await.unwrap();
    let port = idp.http().rsplit(':').next().unwrap().parse().unwrap();
    let error = MockIdp::builder().port(port).start().await.unwrap_err();
    assert!(error.to_string().contains("cannot listen for http on 127.0.0.1:"), "{error}");
}

#[tokio::test]
async fn builtin_keys_are_refused_off_loopback() {
    let mut config = Config::default();
    config.bind = Some("0.0.0.0".parse().unwrap());
    let error = MockIdp::builder().config(config.clone()).start().await.unwrap_err();
    assert!(matches!(error, StartError::BuiltinKeysOffLoopback { .. }), "{error}");
    config.servers[0].key = Some(builtin(BuiltinKey::Issuer).with_kid("another"));
    let error = MockIdp::builder().config(config.clone()).start().await.unwrap_err();
    assert!(matches!(error, StartError::BuiltinKeysOffLoopback { .. }), "{error}");
    config.servers[0].key = Some(SigningKey::from_pem("own", include_str!("keys/own.pem")).unwrap());
    let error = MockIdp::builder().config(config).start().await.unwrap_err();
    assert!(matches!(error, StartError::NoControlToken { .. }), "{error}");
}

#[tokio::test]
async fn a_wrong_configuration_is_told_with_its_field() {
    let error = MockIdp::builder().issuer_url("https://idp.test/").start().await.unwrap_err();
    assert!(error.to_string().starts_with("issuer_url: must not end with a slash"), "{error}");
}
