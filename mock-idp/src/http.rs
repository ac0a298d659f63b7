//! A small HTTP client: one request, and its whole answer. No redirect is followed, no
//! proxy asked. The servers fetch the key sets of clients with it, and the binary of this
//! package asks an issuer that runs; it is no part of the library's interface.

use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1::{self, SendRequest};
use hyper::header::HOST;
use hyper::http::uri::Scheme;
use hyper::http::{Request, Response, Uri};
use hyper_util::rt::TokioIo;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// What an exchange may take.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// How long it may last, from the connection to the last byte.
    pub time: Duration,
    /// The largest body that is read, in bytes.
    pub body: usize,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// The URL is not absolute, or of another scheme.
    #[error("\"{url}\" is no http or https URL")]
    NoUrl {
        /// What was called.
        url: String,
    },
    /// Nobody listens there, or the name is not known.
    #[error("{url} cannot be reached: {source}")]
    Unreachable {
        /// What was called.
        url: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// Whoever listens there speaks otherwise, is not trusted, or says too much.
    #[error("{url} can't be spoken to: {problem}")]
    Broken {
        /// What was called.
        url: String,
        /// What went wrong.
        problem: String,
    },
    /// The time is over.
    #[error("{url} has not answered for {} s", .limit.as_secs())]
    Late {
        /// What was called.
        url: String,
        /// How long it was waited for.
        limit: Duration,
    },
}

/// What trusts these certificates.
///
/// # Errors
///
/// When TLS can't be set up at all.
pub fn trusting<'a>(roots: impl IntoIterator<Item = CertificateDer<'a>>) -> Result<Arc<ClientConfig>, rustls::Error> {
    let mut store = RootCertStore::empty();
    store.add_parsable_certificates(roots);
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(Arc::new(config.with_root_certificates(store).with_no_client_auth()))
}

/// Sends a request whose URL is absolute, and waits for the whole answer; what `trust` makes
/// is needed for https only.
///
/// # Errors
///
/// [`HttpError`] when there is no answer within the limits, whatever its status.
pub async fn send(
    request: Request<String>,
    trust: impl FnOnce() -> Result<Arc<ClientConfig>, rustls::Error>,
    limits: Limits,
) -> Result<Response<Bytes>, HttpError> {
    let url = request.uri().to_string();
    let answer = tokio::time::timeout(limits.time, exchange(request, trust, limits.body)).await;
    answer.unwrap_or(Err(HttpError::Late { url, limit: limits.time }))
}

async fn exchange(
    request: Request<String>,
    trust: impl FnOnce() -> Result<Arc<ClientConfig>, rustls::Error>,
    longest: usize,
) -> Result<Response<Bytes>, HttpError> {
    let url = request.uri().clone();
    let no_url = || HttpError::NoUrl { url: url.to_string() };
    let host = url.host().ok_or_else(no_url)?.trim_matches(['[', ']']).to_owned();
    let is_tls = match url.scheme() {
        Some(scheme) if *scheme == Scheme::HTTPS => true,
        Some(scheme) if *scheme == Scheme::HTTP => false,
        _ => return Err(no_url()),
    };
    let port = url.port_u16().unwrap_or(if is_tls { 443 } else { 80 });
    let stream = TcpStream::connect((host.as_str(), port)).await;
    let stream = stream.map_err(|source| HttpError::Unreachable { url: url.to_string(), source })?;
    if !is_tls {
        return converse(stream, request, longest).await;
    }
    let connector = TlsConnector::from(trust().map_err(|error| broken(&url, &error))?);
    let stream = connector.connect(ServerName::try_from(host).map_err(|_| no_url())?, stream).await;
    converse(stream.map_err(|error| broken(&url, &error))?, request, longest).await
}

async fn converse<S>(stream: S, request: Request<String>, longest: usize) -> Result<Response<Bytes>, HttpError>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let url = request.uri().clone();
    let handshake = http1::handshake(TokioIo::new(stream)).await;
    let (mut sender, connection) = handshake.map_err(|error| broken(&url, &error))?;
    let connection = tokio::spawn(connection);
    let answer = ask(&mut sender, &url, request, longest).await;
    connection.abort();
    answer
}

async fn ask(
    sender: &mut SendRequest<Full<Bytes>>,
    url: &Uri,
    mut request: Request<String>,
    longest: usize,
) -> Result<Response<Bytes>, HttpError> {
    let authority = url.authority().and_then(|authority| authority.as_str().parse().ok());
    request.headers_mut().extend(authority.map(|authority| (HOST, authority)));
    let target = url.path_and_query().map_or("/", |target| target.as_str());
    *request.uri_mut() = target.parse().map_err(|error| broken(url, &error))?;
    let answer = sender.send_request(request.map(Full::from)).await.map_err(|error| broken(url, &error))?;
    let (parts, body) = answer.into_parts();
    let body = Limited::new(body, longest).collect().await;
    let body = body.map_err(|problem| HttpError::Broken { url: url.to_string(), problem: problem.to_string() })?;
    Ok(Response::from_parts(parts, body.to_bytes()))
}

fn broken(url: &Uri, problem: &dyn std::fmt::Display) -> HttpError {
    HttpError::Broken { url: url.to_string(), problem: problem.to_string() }
}
