//! The https door with a certificate that nobody can check.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::time::Duration;

use mock_idp::MockIdp;
use mock_idp::claims::TokenSettings;
use mock_idp::step::{Step, StepError};
use reqwest::{Certificate, Client};
use serde_json::{Value, json};

const UNTRUSTED: &str = "untrusted-tls";

async fn start() -> MockIdp {
    MockIdp::start().await.unwrap()
}

/// A client that knows the issuer's authority and keeps its connections.
fn trusting(idp: &MockIdp) -> Client {
    let ca = Certificate::from_pem(idp.ca_pem().as_bytes()).unwrap();
    Client::builder().no_proxy().tls_certs_only([ca]).timeout(Duration::from_secs(20)).build().unwrap()
}

fn careless() -> Client {
    Client::builder().no_proxy().tls_danger_accept_invalid_certs(true).build().unwrap()
}

fn step(endpoint: &str) -> Step {
    Step::from_json(&json!({ "fault": endpoint, "by": UNTRUSTED })).unwrap()
}

fn apply(idp: &MockIdp, endpoint: &str) {
    idp.issuer().apply("default", &[step(endpoint)], &TokenSettings::new(idp.https_issuer())).unwrap();
}

async fn keys(client: &Client, idp: &MockIdp) -> reqwest::Result<u16> {
    Ok(client.get(format!("{}/v1/keys", idp.https_issuer())).send().await?.status().as_u16())
}

/// Waits until the journal counts so many hits: the end of a connection
/// reaches the issuer after the client has it.
async fn until_hits(idp: &MockIdp, route: &str, count: u64) {
    for _ in 0..400 {
        if idp.journal().hits("default", route) >= count {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(idp.journal().hits("default", route), count);
}

#[tokio::test]
async fn a_new_connection_sees_a_certificate_of_an_unknown_authority() {
    let idp = start().await;
    apply(&idp, "jwks");
    let error = keys(&trusting(&idp), &idp).await.unwrap_err();
    assert!(error.is_connect(), "{error:?}");
    until_hits(&idp, "keys", 1).await;
    assert_eq!(idp.journal().hits("default", "metadata"), 0);
    let entry = idp.journal().entries().pop().unwrap();
    assert_eq!((entry.fault, entry.status, entry.path.as_str()), (Some(UNTRUSTED), 0, ""));

    idp.issuer().restore("default");
    assert_eq!(keys(&trusting(&idp), &idp).await.unwrap(), 200);
}

#[tokio::test]
async fn a_connection_that_was_kept_alive_does_not_slip_through() {
    let idp = start().await;
    let client = trusting(&idp);
    assert_eq!(keys(&client, &idp).await.unwrap(), 200);
    apply(&idp, "jwks");
    assert!(keys(&client, &idp).await.is_err());
    idp.issuer().restore("default");
    assert_eq!(keys(&client, &idp).await.unwrap(), 200);
}

#[tokio::test]
async fn who_does_not_check_gets_the_keys_and_is_seen() {
    let idp = start().await;
    apply(&idp, "issuer");
    let client = careless();
    assert_eq!(keys(&client, &idp).await.unwrap(), 200);
    assert_eq!(idp.journal().hits("default", "keys"), 1);
    assert_eq!(idp.journal().entries().pop().unwrap().fault, Some(UNTRUSTED));
}

#[tokio::test]
async fn who_looks_after_the_handshake_and_leaves_counts_as_a_hit() {
    let idp = start().await;
    apply(&idp, "issuer");
    let address = idp.https().trim_start_matches("https://").to_owned();
    // Connects, shakes hands with anything, sends nothing.
    let connector = any_connector();
    let stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let stream = connector.connect("localhost".try_into().unwrap(), stream).await.unwrap();
    drop(stream);
    until_hits(&idp, "keys", 1).await;
    until_hits(&idp, "metadata", 1).await;
}

#[tokio::test]
async fn the_control_api_answers_on_the_connection_that_made_the_step() {
    let idp = start().await;
    let client = trusting(&idp);
    let post = async |path: &str, body: Value| {
        let answer = client.post(format!("{}{path}", idp.https())).body(body.to_string()).send().await.unwrap();
        answer.json::<Value>().await.unwrap()
    };
    let steps = json!({ "steps": [{ "fault": "jwks", "by": UNTRUSTED }] });
    assert_eq!(post("/_mock/steps", steps).await, json!({ "revision": 2 }));
    assert_eq!(post("/_mock/restore", json!({})).await, json!({ "revision": 3 }));
    assert_eq!(keys(&client, &idp).await.unwrap(), 200);
}

#[tokio::test]
async fn an_issuer_over_http_can_not_show_a_certificate() {
    let idp = start().await;
    let refused = idp.issuer().apply("default", &[step("jwks")], &TokenSettings::new(idp.http_issuer()));
    assert!(matches!(refused, Err(StepError::NotHttps { .. })));
    assert_eq!(idp.issuer().restore("default"), Some(2), "nothing had changed");
}

/// TLS that takes any certificate.
fn any_connector() -> tokio_rustls::TlsConnector {
    use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
    use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
    use rustls::{ClientConfig, DigitallySignedStruct, Error, SignatureScheme};

    #[derive(Debug)]
    struct Anything;

    impl ServerCertVerifier for Anything {
        fn verify_server_cert(
            &self,
            _: &CertificateDer<'_>,
            _: &[CertificateDer<'_>],
            _: &ServerName<'_>,
            _: &[u8],
            _: UnixTime,
        ) -> Result<ServerCertVerified, Error> {
            Ok(ServerCertVerified::assertion())
        }

        fn verify_tls12_signature(
            &self,
            _: &[u8],
            _: &CertificateDer<'_>,
            _: &DigitallySignedStruct,
        ) -> Result<HandshakeSignatureValid, Error> {
            Ok(HandshakeSignatureValid::assertion())
        }

        fn verify_tls13_signature(
            &self,
            _: &[u8],
            _: &CertificateDer<'_>,
            _: &DigitallySignedStruct,
        ) -> Result<HandshakeSignatureValid, Error> {
            Ok(HandshakeSignatureValid::assertion())
        }

        fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
            vec![SignatureScheme::ECDSA_NISTP256_SHA256]
        }
    }

    let provider = std::sync::Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(std::sync::Arc::new(Anything))
        .with_no_client_auth();
    tokio_rustls::TlsConnector::from(std::sync::Arc::new(config))
}
