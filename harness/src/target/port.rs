//! A free port for a target.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, TcpListener};
use std::sync::atomic::{AtomicU32, Ordering};

/// How many ports are tried until one is free on both loopback addresses.
const TRIES: u32 = 64;
/// Below those that systems give to outgoing connections, of which a run makes thousands: one of
/// them would have the port for a moment, just when the target wants it.
const FIRST: u16 = 20_000;
const SPAN: u32 = 12_000;

/// A port on which nothing listens at this moment, on 127.0.0.1 and, where there is one, on ::1.
/// No two calls of a process give the same one soon.
///
/// It is not held: by the time the target binds it, it may be taken. Readiness notices.
///
/// # Errors
/// When the system has no free port, or no loopback interface.
pub fn free_port() -> io::Result<u16> {
    match (0..TRIES).map(|_| next()).find(|port| !is_taken(*port)) {
        Some(port) => Ok(port),
        None => any_port(),
    }
}

/// One after the other, from a place that differs by process.
fn next() -> u16 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let count = NEXT.fetch_add(1, Ordering::Relaxed);
    let offset = std::process::id().wrapping_mul(7919).wrapping_add(count) % SPAN;
    FIRST + u16::try_from(offset).unwrap_or_default()
}

/// What the system gives.
fn any_port() -> io::Result<u16> {
    for _ in 0..TRIES {
        let held = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = held.local_addr()?.port();
        if !is_in_use(Ipv6Addr::LOCALHOST.into(), port) {
            return Ok(port);
        }
    }
    Err(io::ErrorKind::AddrInUse.into())
}

/// Whether someone holds `port` on an address on which a target could listen.
pub(super) fn is_taken(port: u16) -> bool {
    let addresses: [IpAddr; 3] = [Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into(), Ipv4Addr::UNSPECIFIED.into()];
    addresses.iter().any(|ip| is_in_use(*ip, port))
}

/// False for any other error: there may be no IPv6 here.
fn is_in_use(ip: IpAddr, port: u16) -> bool {
    TcpListener::bind((ip, port)).is_err_and(|error| error.kind() == io::ErrorKind::AddrInUse)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_differ_from_call_to_call_and_are_not_those_of_connections() {
        let ports: std::collections::BTreeSet<u16> = (0..20).map(|_| free_port().expect("there is one")).collect();
        assert_eq!(ports.len(), 20);
        assert!(ports.iter().all(|port| (20_000..32_000).contains(port)), "{ports:?}");
    }

    #[test]
    fn a_free_port_can_be_bound() {
        let port = free_port().expect("there is a free port");

        TcpListener::bind((Ipv4Addr::LOCALHOST, port)).expect("nothing listens there");
    }

    #[test]
    fn a_port_is_taken_for_as_long_as_it_is_bound() {
        let bound = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback");
        let port = bound.local_addr().expect("it is bound").port();

        assert!(is_taken(port));
        drop(bound);
        assert!(!is_taken(port));
    }
}
