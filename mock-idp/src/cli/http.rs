//! Requests to an issuer that runs, or to where keys are published.

use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::header::HOST;
use hyper::http::uri::Scheme as UriScheme;
use hyper::http::{Request, Response, Uri};
use hyper_util::rt::TokioIo;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

const LIMIT: Duration = Duration::from_secs(10);
/// The largest answer that is read, in bytes.
const BODY_LIMIT: usize = 1 << 20;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HttpError {
    #[error("\"{url}\" is no http or https URL")]
    NoUrl { url: String },
    #[error("{url} cannot be reached: {source}; is `mock-idp` running there? --idp names another address")]
    Unreachable { url: String, source: std::io::Error },
    #[error("{url} can't be spoken to: {problem}")]
    Broken { url: String, problem: String },
    #[error("{url} has not answered for {} s", LIMIT.as_secs())]
    Late { url: String },
}

/// Sends a request whose URL is absolute, and waits for the whole answer. Certificates of
/// these roots (PEM) are trusted.
pub(super) fn send(request: Request<String>, roots: &str) -> Result<Response<Bytes>, HttpError> {
    let url = request.uri().to_string();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|source| HttpError::Unreachable { url: url.clone(), source })?;
    runtime.block_on(async {
        let answer = tokio::time::timeout(LIMIT, exchange(request, roots)).await;
        answer.unwrap_or(Err(HttpError::Late { url }))
    })
}

/// A `GET`.
pub(super) fn get(url: &str, roots: &str) -> Result<Response<Bytes>, HttpError> {
    let request = Request::get(url).body(String::new());
    send(request.map_err(|_| HttpError::NoUrl { url: url.to_owned() })?, roots)
}

async fn exchange(request: Request<String>, roots: &str) -> Result<Response<Bytes>, HttpError> {
    let url = request.uri().clone();
    let no_url = || HttpError::NoUrl { url: url.to_string() };
    let host = url.host().ok_or_else(no_url)?.trim_matches(['[', ']']).to_owned();
    let is_tls = match url.scheme() {
        Some(scheme) if *scheme == UriScheme::HTTPS => true,
        Some(scheme) if *scheme == UriScheme::HTTP => false,
        _ => return Err(no_url()),
    };
    let port = url.port_u16().unwrap_or(if is_tls { 443 } else { 80 });
    let stream = TcpStream::connect((host.as_str(), port)).await;
    let stream = stream.map_err(|source| HttpError::Unreachable { url: url.to_string(), source })?;
    if !is_tls {
        return converse(stream, request).await;
    }
    let stream = connector(roots, &url)?.connect(ServerName::try_from(host).map_err(|_| no_url())?, stream).await;
    converse(stream.map_err(|error| broken(&url, &error))?, request).await
}

async fn converse<S>(stream: S, mut request: Request<String>) -> Result<Response<Bytes>, HttpError>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let url = request.uri().clone();
    let authority = url.authority().and_then(|authority| authority.as_str().parse().ok());
    request.headers_mut().extend(authority.map(|authority| (HOST, authority)));
    let target = url.path_and_query().map_or("/", |target| target.as_str());
    *request.uri_mut() = target.parse().map_err(|error| broken(&url, &error))?;
    let (mut sender, connection) =
        http1::handshake(TokioIo::new(stream)).await.map_err(|error| broken(&url, &error))?;
    tokio::spawn(connection);
    let answer = sender.send_request(request.map(Full::<Bytes>::from)).await.map_err(|error| broken(&url, &error))?;
    let (parts, body) = answer.into_parts();
    let body = Limited::new(body, BODY_LIMIT).collect().await;
    let body = body.map_err(|problem| HttpError::Broken { url: url.to_string(), problem: problem.to_string() })?;
    Ok(Response::from_parts(parts, body.to_bytes()))
}

fn connector(roots: &str, url: &Uri) -> Result<TlsConnector, HttpError> {
    let mut store = RootCertStore::empty();
    store.add_parsable_certificates(CertificateDer::pem_slice_iter(roots.as_bytes()).flatten());
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| broken(url, &error))?
        .with_root_certificates(store)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

fn broken(url: &Uri, problem: &dyn std::fmt::Display) -> HttpError {
    HttpError::Broken { url: url.to_string(), problem: problem.to_string() }
}
