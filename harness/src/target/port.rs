//! A free port for a target.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, TcpListener};

/// How many ports are tried until one is free on both loopback addresses.
const TRIES: u32 = 16;

/// A port on which nothing listens at this moment, on 127.0.0.1 and, where there is one, on ::1.
///
/// It is not held: by the time the target binds it, it may be taken. Readiness notices.
///
/// # Errors
/// When the system has no free port, or no loopback interface.
pub fn free_port() -> io::Result<u16> {
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
