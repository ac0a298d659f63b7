use std::future::Future;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;

use super::connection::{Door, accept};
use crate::error::StartError;
use crate::issuer::{Addresses, Exposure, Issuer, Scheme, Served};
use crate::tls::Identity;

/// How long [`Bound::serve`] lets open requests finish.
const GRACE: Duration = Duration::from_secs(1);

/// Where to listen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Listen {
    /// The address. Defaults to 127.0.0.1.
    pub bind: IpAddr,
    /// The port for http. Defaults to 0: a free one.
    pub port: u16,
    /// The port for https. Defaults to 0: a free one.
    pub https_port: u16,
}

impl Default for Listen {
    fn default() -> Self {
        Self { bind: IpAddr::V4(Ipv4Addr::LOCALHOST), port: 0, https_port: 0 }
    }
}

/// An issuer whose ports are taken. Callers may connect already; they are
/// answered once [`Bound::serve`] runs.
pub struct Bound {
    issuer: Issuer,
    addresses: Addresses,
    http: TcpListener,
    https: TcpListener,
    identity: Arc<Identity>,
    exposure: Option<Exposure>,
}

impl Bound {
    /// Takes the ports.
    ///
    /// # Errors
    ///
    /// [`StartError`] when a port is taken, or the address is not a loopback
    /// address and the issuer has a built-in key or no control token.
    pub fn new(issuer: Issuer, listen: Listen, identity: Identity) -> Result<Self, StartError> {
        Self::with_identity(issuer, listen, Arc::new(identity))
    }

    /// As [`Bound::new`], with an identity that others may show too.
    pub(super) fn with_identity(issuer: Issuer, listen: Listen, identity: Arc<Identity>) -> Result<Self, StartError> {
        let exposure = refuse_open_house(&issuer, listen)?;
        let http = bind("http", SocketAddr::new(listen.bind, listen.port))?;
        let https = bind("https", SocketAddr::new(listen.bind, listen.https_port))?;
        let addresses =
            Addresses { http: base_address(Scheme::Http, &http)?, https: base_address(Scheme::Https, &https)? };
        issuer.served_at(Served { addresses: addresses.clone(), identity: Arc::clone(&identity), bind: listen.bind });
        Ok(Self { issuer, addresses, http, https, identity, exposure })
    }

    pub(super) fn issuer(&self) -> &Issuer {
        &self.issuer
    }

    /// Where it listens.
    #[must_use]
    pub fn addresses(&self) -> &Addresses {
        &self.addresses
    }

    /// What https proves itself with, such as to make it before it is needed.
    #[must_use]
    pub fn identity(&self) -> &Arc<Identity> {
        &self.identity
    }

    /// Answers requests until `end` is done; open ones get a second to finish.
    ///
    /// # Errors
    ///
    /// [`StartError::Runtime`] when the runtime can't watch the ports.
    pub async fn serve(self, end: impl Future<Output = ()>) -> Result<(), StartError> {
        let (stop, stopped) = watch::channel(());
        let (issuer, _exposure) = (self.issuer, self.exposure);
        let http = Door { issuer: issuer.clone(), scheme: Scheme::Http, tls: None };
        let https = Door { issuer, scheme: Scheme::Https, tls: Some(self.identity) };
        let mut doors = JoinSet::new();
        doors.spawn(accept(watched(self.http)?, http, stopped.clone()));
        doors.spawn(accept(watched(self.https)?, https, stopped));
        end.await;
        drop(stop);
        let _ = tokio::time::timeout(GRACE, doors.join_all()).await;
        Ok(())
    }
}

impl std::fmt::Debug for Bound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Bound").field("addresses", &self.addresses).finish_non_exhaustive()
    }
}

/// Off loopback: no key that everybody has, now or later, no control API that
/// is open.
fn refuse_open_house(issuer: &Issuer, listen: Listen) -> Result<Option<Exposure>, StartError> {
    if listen.bind.is_loopback() {
        return Ok(None);
    }
    let address = SocketAddr::new(listen.bind, listen.port);
    let exposure = issuer.expose();
    if issuer.trusts_builtin_keys() {
        return Err(StartError::BuiltinKeysOffLoopback { address });
    }
    if !issuer.has_control_token() {
        return Err(StartError::NoControlToken { address });
    }
    Ok(Some(exposure))
}

fn bind(scheme: &'static str, address: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address)
        .and_then(|listener| listener.set_nonblocking(true).map(|()| listener))
        .map_err(|source| StartError::Bind { scheme, address, source })
}

/// What a caller on this machine writes: all addresses is none to call.
fn base_address(scheme: Scheme, listener: &TcpListener) -> Result<String, StartError> {
    let mut address = listener.local_addr().map_err(StartError::Runtime)?;
    if address.ip().is_unspecified() {
        address.set_ip(match address.ip() {
            IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    Ok(format!("{}://{address}", scheme.name()))
}

fn watched(listener: TcpListener) -> Result<tokio::net::TcpListener, StartError> {
    tokio::net::TcpListener::from_std(listener).map_err(StartError::Runtime)
}
