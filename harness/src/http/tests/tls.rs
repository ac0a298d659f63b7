use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::AsyncWriteExt;
use tokio_rustls::TlsAcceptor;

use super::server::{Server, hang, read_head};
use super::{get, hasty_client, settings};
use crate::http::{Client, ClientSettings, Connection, Endpoint, Failure, FailureKind, Sent, Trust};

/// A server with a certificate for 127.0.0.1 and `localhost`, and its CA's PEM.
async fn tls_server() -> (Server, String) {
    serving(authority()).await
}

async fn serving((acceptor, pem): (TlsAcceptor, String)) -> (Server, String) {
    let server = Server::start(move |_, stream| {
        let acceptor = acceptor.clone();
        async move {
            let Ok(mut stream) = acceptor.accept(stream).await else {
                return;
            };
            while read_head(&mut stream).await.is_some() {
                let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
                stream.write_all(answer).await.unwrap();
                stream.flush().await.unwrap();
            }
        }
    })
    .await;
    (server, pem)
}

/// A certificate for the same names that nobody else has signed, an authority or not.
fn self_signed(is_ca: IsCa) -> (TlsAcceptor, String) {
    let key = KeyPair::generate().unwrap();
    let mut certificate = CertificateParams::new(["127.0.0.1".to_owned(), "localhost".to_owned()]).unwrap();
    certificate.is_ca = is_ca;
    let certificate = certificate.self_signed(&key).unwrap();
    (acceptor(certificate.der().clone(), &key), certificate.pem())
}

pub(super) fn authority() -> (TlsAcceptor, String) {
    let mut ca = CertificateParams::new([]).unwrap();
    ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let ca_key = KeyPair::generate().unwrap();
    let ca_pem = ca.self_signed(&ca_key).unwrap().pem();
    let issuer = Issuer::new(ca, ca_key);
    let key = KeyPair::generate().unwrap();
    let names = ["127.0.0.1".to_owned(), "localhost".to_owned()];
    let leaf = CertificateParams::new(names).unwrap();
    let leaf = leaf.signed_by(&key, &issuer).unwrap();
    (acceptor(leaf.der().clone(), &key), ca_pem)
}

fn acceptor(certificate: CertificateDer<'static>, key: &KeyPair) -> TlsAcceptor {
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}

fn https(server: &Server, host: &str) -> Endpoint {
    let port = server.endpoint.port();
    format!("https://{host}:{port}/").parse().unwrap()
}

fn client(trust: Trust) -> Client {
    Client::new(ClientSettings { trust, ..settings() }).unwrap()
}

async fn failure(client: &Client, endpoint: &Endpoint) -> Failure {
    let request = get(endpoint);
    let sent = client.send(endpoint, &request, Connection::Fresh);
    sent.await.unwrap_err()
}

#[tokio::test]
async fn an_additional_root_is_believed_and_the_connection_reused() {
    let (server, ca_pem) = tls_server().await;
    let client = client(Trust::system_and(ca_pem));
    let endpoint = https(&server, "127.0.0.1");
    let mut reused = Vec::new();
    for _ in 0..2 {
        let request = get(&endpoint);
        let answer = client.send(&endpoint, &request, Connection::Reuse).await;
        reused.push(answer.unwrap().reused);
    }
    assert_eq!(reused, [false, true]);
}

#[tokio::test]
async fn an_unknown_root_is_refused_unless_anything_is_believed() {
    let (server, _) = tls_server().await;
    let endpoint = https(&server, "127.0.0.1");
    let failure = failure(&client(Trust::default()), &endpoint).await;
    assert!(failure.to_string().contains("UnknownIssuer"), "{failure}");
    assert!(matches!(failure.kind, FailureKind::Certificate { .. }), "{failure:?}");
    assert_eq!(failure.sent, Sent::Nothing);
    let client = client(Trust::Anything);
    let request = get(&endpoint);
    let answer = client.send(&endpoint, &request, Connection::Fresh).await;
    assert_eq!(answer.unwrap().status, 200);
}

#[rstest::rstest]
#[case::of_a_server(IsCa::NoCa)]
#[case::without_a_word_of_it(IsCa::ExplicitNoCa)]
#[case::of_an_authority(IsCa::Ca(BasicConstraints::Unconstrained))]
#[tokio::test]
async fn a_certificate_that_nobody_else_signed_is_believed_where_it_is_given(#[case] is_ca: IsCa) {
    let (server, pem) = serving(self_signed(is_ca)).await;
    let (_, other) = self_signed(is_ca);
    let endpoint = https(&server, "localhost");
    let sent = client(Trust::system_and(pem.clone())).send(&endpoint, &get(&endpoint), Connection::Fresh).await;
    assert_eq!(sent.unwrap().status, 200);
    let refused = failure(&client(Trust::system_and(other)), &endpoint).await;
    assert!(matches!(refused.kind, FailureKind::Certificate { .. }), "{refused:?}");

    let address = ([127, 0, 0, 1], server.endpoint.port()).into();
    let overrides = crate::http::Overrides::default().with("api.test", server.endpoint.port(), address);
    let client = Client::new(ClientSettings { overrides, trust: Trust::only(pem), ..settings() }).unwrap();
    let refused = failure(&client, &https(&server, "api.test")).await;
    assert!(refused.to_string().contains("not valid for name"), "{refused}");
}

#[tokio::test]
async fn a_certificate_for_another_name_is_refused() {
    let (server, ca_pem) = tls_server().await;
    let address = ([127, 0, 0, 1], server.endpoint.port()).into();
    let port = server.endpoint.port();
    let client = Client::new(ClientSettings {
        overrides: crate::http::Overrides::default().with("api.test", port, address),
        trust: Trust::only(ca_pem),
        ..settings()
    });
    let failure = failure(&client.unwrap(), &https(&server, "api.test")).await;
    assert!(failure.to_string().contains("not valid for name"), "{failure}");
}

#[tokio::test]
async fn plain_http_at_a_tls_port_is_garbage() {
    let (server, _) = tls_server().await;
    let failure = failure(&super::client(), &server.endpoint).await;
    assert!(matches!(failure.kind, FailureKind::Garbage { .. }) && failure.kind.may_be_tls(), "{failure}");
    assert!(super::client().speaks_tls(&server.endpoint).await);
}

#[tokio::test]
async fn tls_at_a_plain_port_is_told() {
    let server = Server::start(|_, mut stream| async move {
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        hang().await;
    })
    .await;
    let failure = failure(&super::client(), &https(&server, "localhost")).await;
    assert_eq!(failure.kind, FailureKind::NotTls, "{failure}");
    assert!(!super::client().speaks_tls(&server.endpoint).await);
}

#[tokio::test]
async fn a_handshake_that_hangs_ends_at_the_deadline() {
    let server = Server::start(|_, stream| async move {
        let _open = stream;
        hang().await;
    })
    .await;
    let failure = failure(&hasty_client(), &https(&server, "127.0.0.1")).await;
    assert!(failure.to_string().contains("handshake didn't end within"), "{failure}");
}
