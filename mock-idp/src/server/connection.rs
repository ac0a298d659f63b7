use std::net::{Ipv4Addr, SocketAddr};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use hyper::body::Incoming;
use hyper::http;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use rustls::server::Acceptor;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_rustls::LazyConfigAcceptor;
use tokio_rustls::server::TlsStream;

use super::answer::Ends;
use super::body::{AnswerBody, Cut};
use super::shown_tls::ShownTls;
use super::{answer, fetch};
use crate::issuer::{Issuer, Scheme};
use crate::tls::Identity;

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
        let ends = Ends { address, peer: stream.peer_addr().ok().map(|peer| peer.ip()) };
        let Some(identity) = self.tls.clone() else {
            return self.serve(stream, ends, None, stopped).await;
        };
        let mut interrupted = stopped.clone();
        tokio::select! {
            shaken = tokio::time::timeout(HANDSHAKE_LIMIT, self.shake_hands(stream, &identity)) => {
                if let Ok(Some((stream, tls))) = shaken {
                    self.serve(stream, ends, Some(tls), stopped).await;
                }
            }
            _ = interrupted.changed() => {}
        }
    }

    /// The certificate is chosen when the peer has said hello, not before: a
    /// step counts from then on.
    async fn shake_hands(&self, stream: TcpStream, identity: &Identity) -> Option<(TlsStream<TcpStream>, ShownTls)> {
        let hello = LazyConfigAcceptor::new(Acceptor::default(), stream).await.ok()?;
        let tls = ShownTls::new(&self.issuer);
        let config = if tls.is_untrusted() { identity.untrusted_config() } else { identity.server_config() };
        match hello.into_stream(config?).await {
            Ok(stream) => Some((stream, tls)),
            Err(_) => {
                if tls.is_untrusted() {
                    self.issuer.certificate_refused();
                }
                None
            }
        }
    }

    async fn serve<S>(self, stream: S, ends: Ends, tls: Option<ShownTls>, mut stopped: watch::Receiver<()>)
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let tls = tls.as_ref();
        let service = service_fn(|request| self.answer(ends, tls, request));
        let connection = http1::Builder::new().title_case_headers(true).serve_connection(TokioIo::new(stream), service);
        let mut connection = pin!(connection);
        let stale = async {
            match tls {
                Some(tls) => tls.closing().await,
                None => std::future::pending().await,
            }
        };
        let ended = tokio::select! {
            _ = connection.as_mut() => true,
            _ = stopped.changed() => false,
            () = stale => false,
        };
        if !ended {
            connection.as_mut().graceful_shutdown();
            let _ = connection.await;
        }
        if tls.is_some_and(ShownTls::turned_away) {
            self.issuer.certificate_refused();
        }
    }

    async fn answer(
        &self,
        ends: Ends,
        tls: Option<&ShownTls>,
        request: http::Request<Incoming>,
    ) -> Result<http::Response<AnswerBody>, Cut> {
        let is_control = Issuer::is_control(request.uri().path());
        if let Some(tls) = tls {
            tls.ask(is_control);
        }
        let request = match answer::read(request, self.scheme, ends).await {
            Ok(request) => request,
            Err(refusal) => return Ok(refusal),
        };
        if !is_control && tls.is_some_and(ShownTls::is_stale) {
            self.issuer.refuse_stale(&request);
            return Err(Cut);
        }
        fetch::client_keys(&self.issuer, &request).await;
        answer::deliver(&self.issuer, self.issuer.handle(&request)).await
    }
}
