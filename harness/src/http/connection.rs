use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, InvalidMessage};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::{Instant, timeout};
use tokio_rustls::TlsConnector;

use super::buffer::Buffer;
use super::stream::Stream;
use super::{Endpoint, FailureKind, Overrides};

/// An open connection and what was read from it ahead.
#[derive(Debug)]
pub(super) struct Wire {
    pub(super) stream: Stream,
    pub(super) buffer: Buffer,
    /// Whether it has carried an exchange.
    pub(super) reused: bool,
}

/// The moment at which an exchange is given up.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deadline {
    pub(super) at: Instant,
    pub(super) after: Duration,
}

impl Deadline {
    pub(super) fn after(after: Duration) -> Self {
        let now = Instant::now();
        // A duration beyond the clock's range means a day: for ever, here.
        let at = now.checked_add(after).unwrap_or(now + DAY);
        Self { at, after }
    }

    fn left(&self) -> Duration {
        self.at.saturating_duration_since(Instant::now())
    }
}

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Opens connections.
#[derive(Debug)]
pub(super) struct Connector<'a> {
    pub(super) overrides: &'a Overrides,
    /// How long one address, and then the handshake, may take.
    pub(super) timeout: Duration,
    pub(super) deadline: Deadline,
}

impl Connector<'_> {
    /// Connects to an endpoint; `tls` is only asked where it wants TLS.
    pub(super) async fn connect(
        &self,
        endpoint: &Endpoint,
        tls: impl FnOnce() -> Result<Arc<ClientConfig>, FailureKind>,
    ) -> Result<Wire, FailureKind> {
        let tcp = self.connect_tcp(endpoint).await?;
        let stream = match endpoint.tls() {
            false => Stream::Plain(tcp),
            true => self.handshake(endpoint, tcp, tls()?).await?,
        };
        Ok(Wire { stream, buffer: Buffer::default(), reused: false })
    }

    /// Tries one address after the other.
    async fn connect_tcp(&self, endpoint: &Endpoint) -> Result<TcpStream, FailureKind> {
        let mut failure = unresolved(endpoint, "it has none");
        for address in self.resolve(endpoint).await? {
            match self.connect_address(address).await {
                Ok(tcp) => return Ok(tcp),
                Err(error) => failure = error,
            }
        }
        Err(failure)
    }

    async fn resolve(&self, endpoint: &Endpoint) -> Result<Vec<SocketAddr>, FailureKind> {
        if let Some(address) = self.overrides.lookup(endpoint) {
            return Ok(vec![address]);
        }
        let lookup = lookup_host((endpoint.host(), endpoint.port()));
        match timeout(self.patience(), lookup).await {
            Ok(Ok(addresses)) => Ok(addresses.collect()),
            Ok(Err(error)) => Err(unresolved(endpoint, &error.to_string())),
            Err(_) => Err(unresolved(endpoint, "the resolver didn't answer in time")),
        }
    }

    async fn connect_address(&self, address: SocketAddr) -> Result<TcpStream, FailureKind> {
        let after = self.patience();
        let connecting = timeout(after, TcpStream::connect(address));
        match connecting.await {
            Err(_) => Err(FailureKind::ConnectTimedOut { address, after }),
            Ok(Err(error)) => Err(connect_failure(address, &error)),
            Ok(Ok(tcp)) => {
                // Without it a small request may wait for an acknowledgement.
                tcp.set_nodelay(true).map_err(|error| connect_failure(address, &error))?;
                Ok(tcp)
            }
        }
    }

    async fn handshake(
        &self,
        endpoint: &Endpoint,
        tcp: TcpStream,
        config: Arc<ClientConfig>,
    ) -> Result<Stream, FailureKind> {
        let name = ServerName::try_from(endpoint.host().to_owned()).map_err(|error| tls_failure(error.to_string()))?;
        let after = self.patience();
        let handshake = TlsConnector::from(config).connect(name, tcp);
        match timeout(after, handshake).await {
            Ok(Ok(tls)) => Ok(Stream::Tls(Box::new(tls))),
            Ok(Err(error)) => Err(handshake_failure(&error)),
            Err(_) => Err(tls_failure(format!("the handshake didn't end within {} ms", after.as_millis()))),
        }
    }

    fn patience(&self) -> Duration {
        self.timeout.min(self.deadline.left())
    }
}

fn unresolved(endpoint: &Endpoint, reason: &str) -> FailureKind {
    FailureKind::Unresolved { host: endpoint.host().into(), reason: reason.into() }
}

fn connect_failure(address: SocketAddr, error: &io::Error) -> FailureKind {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => FailureKind::Refused { address },
        io::ErrorKind::TimedOut => {
            FailureKind::Unreachable { address, reason: "the operating system gave up waiting".into() }
        }
        _ => FailureKind::Unreachable { address, reason: error.to_string() },
    }
}

fn tls_failure(reason: String) -> FailureKind {
    FailureKind::Tls { reason }
}

fn handshake_failure(error: &io::Error) -> FailureKind {
    let tls = error.get_ref().and_then(|error| error.downcast_ref::<rustls::Error>());
    match (error.kind(), tls) {
        (_, Some(rustls::Error::InvalidMessage(InvalidMessage::InvalidContentType))) => FailureKind::NotTls,
        (_, Some(rustls::Error::InvalidCertificate(_))) => FailureKind::Certificate { reason: error.to_string() },
        (io::ErrorKind::UnexpectedEof, _) => tls_failure("the server closed the connection in the handshake".into()),
        (io::ErrorKind::ConnectionReset, _) => tls_failure("the server reset the connection in the handshake".into()),
        _ => tls_failure(error.to_string()),
    }
}
