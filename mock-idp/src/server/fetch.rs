//! The one way out: the key sets of clients, where they publish them themselves.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::body::Bytes;
use hyper::header::{ACCEPT, HOST};
use hyper::{Request, StatusCode, Uri};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::issuer::{self, Issuer};

/// How long a fetch may take.
const TIME_LIMIT: Duration = Duration::from_secs(5);
/// The largest key set that is read, in bytes.
const LONGEST: usize = 256 * 1024;

/// Fetches the keys that a request will be checked with, where they aren't known yet. A
/// fetch that fails is told by the answer.
pub(super) async fn client_keys(issuer: &Issuer, request: &issuer::Request) {
    if let Some(wanted) = issuer.wanted_keys(request) {
        let document = tokio::time::timeout(TIME_LIMIT, get(&wanted.uri)).await.ok().flatten();
        issuer.learn_keys(&wanted, document.as_deref());
    }
}

/// The body of a 200; no redirect is followed.
async fn get(uri: &str) -> Option<Bytes> {
    let uri: Uri = uri.parse().ok()?;
    let is_https = uri.scheme_str() == Some("https");
    let host = uri.host()?.trim_start_matches('[').trim_end_matches(']');
    let port = uri.port_u16().unwrap_or(if is_https { 443 } else { 80 });
    let stream = TcpStream::connect((host, port)).await.ok()?;
    if !is_https {
        return exchange(stream, &uri).await;
    }
    let name = ServerName::try_from(host.to_owned()).ok()?;
    exchange(TlsConnector::from(trust()?).connect(name, stream).await.ok()?, &uri).await
}

async fn exchange<S>(stream: S, uri: &Uri) -> Option<Bytes>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.ok()?;
    let connection = tokio::spawn(connection);
    let request = Request::get(uri.path_and_query()?.as_str()).header(HOST, uri.authority()?.as_str());
    let request = request.header(ACCEPT, "application/json").body(Empty::<Bytes>::new()).ok()?;
    let answer = sender.send_request(request).await.ok().filter(|answer| answer.status() == StatusCode::OK);
    let body = match answer {
        Some(answer) => Limited::new(answer.into_body(), LONGEST).collect().await.ok(),
        None => None,
    };
    connection.abort();
    body.map(http_body_util::Collected::to_bytes)
}

/// The roots of this machine (`SSL_CERT_FILE`, where it is set), read once.
fn trust() -> Option<Arc<ClientConfig>> {
    static TRUST: OnceLock<Option<Arc<ClientConfig>>> = OnceLock::new();
    let read = || {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().ok()?;
        Some(Arc::new(config.with_root_certificates(roots).with_no_client_auth()))
    };
    TRUST.get_or_init(read).clone()
}
