//! Whose socket listens on a port: the target's, or a stranger's?

use std::net::SocketAddr;

/// Who listens where a connection to an address would end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listener {
    /// A member of the process group.
    Owned,
    /// A process outside the group.
    Foreign {
        /// Its process id; `None` when it may not be seen, as with another user's process.
        pid: Option<u32>,
    },
    /// Nobody.
    NotListening,
    /// It can't be told: this is not Linux, or `/proc` is not readable.
    Unknown,
}

impl Listener {
    /// Who takes connections to `address`, seen from the process group `group`.
    ///
    /// Reads `/proc` as it stands in this network namespace. Blocks for some milliseconds.
    pub fn at(address: SocketAddr, group: u32) -> Self {
        system::listener_at(address, group)
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use super::{Listener, SocketAddr};

    pub(super) fn listener_at(_: SocketAddr, _: u32) -> Listener {
        Listener::Unknown
    }
}

#[cfg(target_os = "linux")]
mod system {
    use std::fs::{self, File};
    use std::io::{self, BufRead as _, BufReader, Read};
    use std::net::{IpAddr, Ipv6Addr, SocketAddr};

    use super::Listener;

    /// The state `LISTEN` in /proc/net/tcp.
    const LISTEN: &str = "0A";

    type Inode = u64;

    pub(super) fn listener_at(address: SocketAddr, group: u32) -> Listener {
        // Without IPv6 in the kernel there is no second table.
        let tables = ["/proc/net/tcp", "/proc/net/tcp6"].map(File::open);
        let [Ok(v4), v6] = tables else {
            return Listener::Unknown;
        };
        let sockets = [Some(v4), v6.ok()].into_iter().flatten().flat_map(listening_sockets);
        let inodes = most_specific(sockets, address);
        if inodes.is_empty() {
            return Listener::NotListening;
        }
        owner_of(&inodes, group).unwrap_or(Listener::Unknown)
    }

    /// The listening sockets of one table with their inodes. The kernel lists them first, so the
    /// rest, which it is slow to gather, is never asked for.
    fn listening_sockets(table: impl Read) -> impl Iterator<Item = (SocketAddr, Inode)> {
        let lines = BufReader::new(table).lines().skip(1).map_while(Result::ok);
        lines.map_while(|line| {
            let mut fields = line.split_ascii_whitespace();
            let local = fields.nth(1)?;
            let state = fields.nth(1)?;
            let inode = fields.nth(5)?;
            (state == LISTEN).then_some((socket_address(local)?, inode.parse().ok()?))
        })
    }

    /// `0100007F:1F90`: words of the address as the kernel's memory holds them, then the port.
    fn socket_address(text: &str) -> Option<SocketAddr> {
        let (ip, port) = text.split_once(':')?;
        let port = u16::from_str_radix(port, 16).ok()?;
        let word = |at: usize| {
            let hex = ip.get(8 * at..8 * (at + 1))?;
            Some(u32::from_str_radix(hex, 16).ok()?.to_ne_bytes())
        };
        let ip = match ip.len() {
            8 => IpAddr::from(word(0)?),
            32 => {
                let words = [word(0)?, word(1)?, word(2)?, word(3)?];
                let octets: [u8; 16] = words.concat().try_into().ok()?;
                IpAddr::from(octets).to_canonical()
            }
            _ => return None,
        };
        Some(SocketAddr::new(ip, port))
    }

    /// The sockets to which the kernel gives a connection to `address`. There are several where
    /// a server shares its port between processes.
    fn most_specific(sockets: impl Iterator<Item = (SocketAddr, Inode)>, address: SocketAddr) -> Vec<Inode> {
        let ranked: Vec<_> = sockets
            .filter(|(local, _)| local.port() == address.port())
            .filter_map(|(local, inode)| Some((rank(local.ip(), address.ip())?, inode)))
            .collect();
        let best = ranked.iter().map(|(rank, _)| *rank).min();
        let at_best = ranked.into_iter().filter(|(rank, _)| Some(*rank) == best);
        at_best.map(|(_, inode)| inode).collect()
    }

    /// How closely a socket bound to `local` fits a connection to `wanted`: 0 is best.
    fn rank(local: IpAddr, wanted: IpAddr) -> Option<u8> {
        if local == wanted {
            Some(0)
        } else if local.is_unspecified() && local.is_ipv4() == wanted.is_ipv4() {
            Some(1)
        } else if local == IpAddr::V6(Ipv6Addr::UNSPECIFIED) {
            Some(2)
        } else {
            None
        }
    }

    /// Owned when every socket is held within the group.
    fn owner_of(inodes: &[Inode], group: u32) -> io::Result<Listener> {
        let (members, strangers): (Vec<_>, Vec<_>) =
            processes()?.into_iter().partition(|process| group_of(*process) == Some(group));
        let mut held = Vec::new();
        for member in members {
            match sockets_of(member) {
                Ok(sockets) => held.extend(sockets),
                // A member that hides its descriptors may well be the owner.
                Err(error) if error.kind() == io::ErrorKind::PermissionDenied => return Err(error),
                Err(_) => {} // It ended while we looked.
            }
        }
        let Some(foreign) = inodes.iter().find(|inode| !held.contains(inode)) else {
            return Ok(Listener::Owned);
        };
        let holds_it = |process: &u32| sockets_of(*process).is_ok_and(|held| held.contains(foreign));
        let pid = strangers.into_iter().find(holds_it);
        Ok(Listener::Foreign { pid })
    }

    fn processes() -> io::Result<Vec<u32>> {
        let entries = fs::read_dir("/proc")?.filter_map(Result::ok);
        let ids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
        Ok(ids.collect())
    }

    /// The process group: the third field behind the command's name, which may hold anything.
    pub(in super::super) fn group_of(process: u32) -> Option<u32> {
        let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
        let (_, behind_the_name) = stat.rsplit_once(')')?;
        let group = behind_the_name.split_ascii_whitespace().nth(2)?;
        group.parse().ok()
    }

    fn sockets_of(process: u32) -> io::Result<Vec<Inode>> {
        let descriptors = fs::read_dir(format!("/proc/{process}/fd"))?.filter_map(Result::ok);
        let links = descriptors.filter_map(|descriptor| fs::read_link(descriptor.path()).ok());
        let inodes = links.filter_map(|link| {
            let inode = link.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?;
            inode.parse().ok()
        });
        Ok(inodes.collect())
    }

    #[cfg(test)]
    mod tests {
        use std::net::{Ipv4Addr, TcpListener};

        use super::*;

        fn own_group() -> u32 {
            group_of(std::process::id()).expect("this process has a group")
        }

        #[test]
        fn a_listener_of_the_group_is_owned_and_a_stranger_to_another_group() {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback");
            let address = listener.local_addr().expect("it is bound");
            let this = std::process::id();

            assert_eq!(listener_at(address, own_group()), Listener::Owned);
            let foreign = Listener::Foreign { pid: Some(this) };
            assert_eq!(listener_at(address, u32::MAX), foreign);
        }

        #[test]
        fn a_listener_on_every_address_counts_for_loopback() {
            let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0)).expect("a port");
            let port = listener.local_addr().expect("it is bound").port();

            let address = (Ipv4Addr::LOCALHOST, port).into();
            assert_eq!(listener_at(address, own_group()), Listener::Owned);
        }

        #[test]
        fn a_port_without_a_listener_is_reported() {
            let bound = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback");
            let address = bound.local_addr().expect("it is bound");
            drop(bound);

            assert_eq!(listener_at(address, own_group()), Listener::NotListening);
        }

        #[test]
        fn only_listening_sockets_of_the_table_are_read() {
            let table = "  sl  local_address rem_address st tx_queue rx_queue tr tm->when retrnsmt uid timeout inode\n   \
                0: 00000000:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 4711 1 0\n   \
                1: 00000000:1F91 00000000:0000 01 00000000:00000000 00:00000000 00000000 0 0 4712 1 0\n   \
                2: broken\n";

            let sockets: Vec<_> = listening_sockets(table.as_bytes()).collect();

            assert_eq!(sockets, [(([0, 0, 0, 0], 8080).into(), 4711)]);
        }

        #[cfg(target_endian = "little")]
        #[test]
        fn addresses_are_read_in_the_kernels_spelling() {
            let read = |text| socket_address(text).map(|address| address.to_string());

            assert_eq!(read("0100007F:1F90").as_deref(), Some("127.0.0.1:8080"));
            let loopback = "00000000000000000000000001000000:0050";
            assert_eq!(read(loopback).as_deref(), Some("[::1]:80"));
            let mapped = "0000000000000000FFFF00000100007F:0050";
            assert_eq!(read(mapped).as_deref(), Some("127.0.0.1:80"));
            assert_eq!(read("0100:1F90"), None);
        }

        #[test]
        fn the_closest_address_takes_the_connection() {
            let at = |ip: &str| SocketAddr::new(ip.parse().expect("an address"), 80);
            let sockets = [(at("::"), 1), (at("0.0.0.0"), 2), (at("10.0.0.1"), 3)];
            let exact = [(at("127.0.0.1"), 4), (at("127.0.0.1"), 5)];
            let all = || sockets.into_iter().chain(exact);

            assert_eq!(most_specific(all(), at("127.0.0.1")), [4, 5]);
            let without_exact = sockets.into_iter();
            assert_eq!(most_specific(without_exact, at("127.0.0.1")), [2]);
            assert_eq!(most_specific(all(), at("::1")), [1]);
        }
    }
}
