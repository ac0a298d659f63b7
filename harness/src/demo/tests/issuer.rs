use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::PrivateKeyDer;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

/// Publishes a key set, one connection a request, and counts the fetches.
pub(in crate::demo) struct Issuer {
    url: String,
    ca_pem: String,
    document: Arc<Mutex<String>>,
    fetches: Arc<AtomicUsize>,
    server: JoinHandle<()>,
}

impl Issuer {
    pub(in crate::demo) async fn http(jwks: String) -> Self {
        Self::start(jwks, None, String::new()).await
    }

    pub(in crate::demo) async fn https(jwks: String) -> Self {
        let (acceptor, ca_pem) = authority();
        Self::start(jwks, Some(acceptor), ca_pem).await
    }

    pub(in crate::demo) fn url(&self) -> &str {
        &self.url
    }

    pub(in crate::demo) fn ca_pem(&self) -> &str {
        &self.ca_pem
    }

    /// How often the key set was asked for.
    pub(in crate::demo) fn fetches(&self) -> usize {
        self.fetches.load(Ordering::SeqCst)
    }

    /// Answers with this from now on.
    pub(in crate::demo) fn publish(&self, document: String) {
        *self.document.lock().unwrap() = document;
    }

    async fn start(document: String, tls: Option<TlsAcceptor>, ca_pem: String) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let scheme = if tls.is_some() { "https" } else { "http" };
        let url = format!("{scheme}://{}/oauth2/default", listener.local_addr().unwrap());
        let document = Arc::new(Mutex::new(document));
        let fetches = Arc::new(AtomicUsize::new(0));
        let (shown, counted) = (Arc::clone(&document), Arc::clone(&fetches));
        let server = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (shown, counted) = (Arc::clone(&shown), Arc::clone(&counted));
                match tls.clone() {
                    None => answer(stream, &shown, &counted).await,
                    Some(tls) => match tls.accept(stream).await {
                        Ok(stream) => answer(stream, &shown, &counted).await,
                        Err(_) => continue,
                    },
                }
            }
        });
        Self { url, ca_pem, document, fetches, server }
    }
}

impl Drop for Issuer {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn answer(mut stream: impl AsyncRead + AsyncWrite + Unpin, document: &Mutex<String>, fetches: &AtomicUsize) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return,
        }
    }
    assert!(head.starts_with(b"GET /oauth2/default/v1/keys HTTP/1.1\r\n"));
    fetches.fetch_add(1, Ordering::SeqCst);
    let body = document.lock().unwrap().clone();
    let head = format!("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", body.len());
    // A client that went away is none of this server's business.
    let _ = stream.write_all(format!("{head}{body}").as_bytes()).await;
    let _ = stream.shutdown().await;
}

fn authority() -> (TlsAcceptor, String) {
    let mut ca = CertificateParams::new([]).unwrap();
    ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let ca_key = KeyPair::generate().unwrap();
    let ca_pem = ca.self_signed(&ca_key).unwrap().pem();
    let key = KeyPair::generate().unwrap();
    let leaf = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap();
    let leaf = leaf.signed_by(&key, &rcgen::Issuer::new(ca, ca_key)).unwrap();
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![leaf.der().clone()], key)
        .unwrap();
    (TlsAcceptor::from(Arc::new(config)), ca_pem)
}
