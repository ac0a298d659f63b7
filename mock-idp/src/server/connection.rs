use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::body::{Body as _, Bytes, Incoming};
use hyper::header::CONTENT_TYPE;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{StatusCode, http};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use crate::issuer::{Issuer, Request, Scheme};
use crate::tls::Identity;

/// The largest body that is read, in bytes.
const BODY_LIMIT: usize = 1 << 20;
const HANDSHAKE_LIMIT: Duration = Duration::from_secs(10);
/// The wait after a failed `accept`, such as when all file handles are in use.
const ACCEPT_PAUSE: Duration = Duration::from_millis(20);

/// One way into the issuer.
#[derive(Clone)]
pub(super) struct Door {
    pub(super) issuer: Issuer,
    pub(super) scheme: Scheme,
    pub(super) tls: Option<Arc<Identity>>,
}

/// Takes connections until stopped, then waits for those that are open.
pub(super) async fn accept(listener: TcpListener, door: Door, mut stopped: watch::Receiver<()>) {
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stopped.changed() => break,
        };
        while connections.try_join_next().is_some() {}
        match accepted {
            Ok((stream, _)) => {
                connections.spawn(door.clone().converse(stream, stopped.clone()));
            }
            Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
        }
    }
    drop(listener);
    connections.join_all().await;
}

impl Door {
    async fn converse(self, stream: TcpStream, stopped: watch::Receiver<()>) {
        // A lost connection is the caller's to notice.
        let _ = stream.set_nodelay(true);
        let address = stream.local_addr().unwrap_or_else(|_| SocketAddr::from((Ipv4Addr::LOCALHOST, 0)));
        let Some(identity) = self.tls.clone() else {
            return self.serve(stream, address, stopped).await;
        };
        let Some(tls) = identity.server_config().map(TlsAcceptor::from) else {
            return;
        };
        let mut interrupted = stopped.clone();
        let handshake = tokio::time::timeout(HANDSHAKE_LIMIT, tls.accept(stream));
        tokio::select! {
            Ok(Ok(stream)) = handshake => self.serve(stream, address, stopped).await,
            _ = interrupted.changed() => {}
            else => {}
        }
    }

    async fn serve<S>(self, stream: S, address: SocketAddr, mut stopped: watch::Receiver<()>)
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let service = service_fn(|request| answer(&self, address, request));
        let connection = http1::Builder::new().title_case_headers(true).serve_connection(TokioIo::new(stream), service);
        let mut connection = pin!(connection);
        tokio::select! {
            _ = connection.as_mut() => return,
            _ = stopped.changed() => connection.as_mut().graceful_shutdown(),
        }
        let _ = connection.await;
    }
}

async fn answer(
    door: &Door,
    address: SocketAddr,
    request: http::Request<Incoming>,
) -> Result<http::Response<Full<Bytes>>, Infallible> {
    let (parts, body) = request.into_parts();
    let body = match read(body).await {
        Ok(body) => body,
        Err(status) => return Ok(refusal(status)),
    };
    let mut request = Request::new(parts.method, parts.uri.path());
    request.query = parts.uri.query().map(str::to_owned);
    request.headers = parts.headers;
    request.body = body;
    request.scheme = door.scheme;
    request.address = address;
    let answer = door.issuer.handle(&request);
    let mut response = http::Response::new(Full::new(answer.body));
    *response.status_mut() = answer.status;
    *response.headers_mut() = answer.headers;
    Ok(response)
}

async fn read(body: Incoming) -> Result<Bytes, StatusCode> {
    if body.is_end_stream() {
        return Ok(Bytes::new());
    }
    match Limited::new(body, BODY_LIMIT).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(StatusCode::PAYLOAD_TOO_LARGE),
        Err(_) => Err(StatusCode::BAD_REQUEST),
    }
}

/// The answer to a body that can't be read.
fn refusal(status: StatusCode) -> http::Response<Full<Bytes>> {
    let mut response =
        http::Response::new(Full::new(Bytes::from_static(b"the body can't be read, or is over 1 MiB\n")));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, http::HeaderValue::from_static("text/plain"));
    response.headers_mut().insert("x-mock-idp", http::HeaderValue::from_static("testing-only"));
    response
}
