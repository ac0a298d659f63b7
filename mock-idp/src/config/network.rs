use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// A range of addresses (RFC 4632), such as `10.0.0.0/8` or `::1`.
///
/// ```
/// use mock_idp::config::Network;
///
/// let network: Network = "127.0.0.0/8".parse()?;
/// assert!(network.contains("127.1.2.3".parse()?));
/// assert!(!network.contains("10.0.0.1".parse()?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    /// How many leading bits all its addresses share.
    prefix: u32,
}

/// A text that is no network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected an address with or without the length of a prefix, such as 10.0.0.0/8 or ::1")]
pub struct NetworkError;

impl Network {
    /// Whether an address is one of it. An IPv4 address that is written as one of IPv6 is
    /// the same address.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let (own, other) = (self.address, address.to_canonical());
        own.is_ipv4() == other.is_ipv4() && self.kept(own) == self.kept(other)
    }

    /// The leading bits of an address, from the first one on.
    fn kept(&self, address: IpAddr) -> u128 {
        let dropped = width(address).saturating_sub(self.prefix);
        bits(address).checked_shr(dropped).unwrap_or_default()
    }
}

impl FromStr for Network {
    type Err = NetworkError;

    fn from_str(text: &str) -> Result<Self, NetworkError> {
        let (address, prefix) = text.split_once('/').map_or((text, None), |(address, prefix)| (address, Some(prefix)));
        let address: IpAddr = address.parse().map_err(|_| NetworkError)?;
        let prefix = prefix.map_or(Ok(width(address)), |prefix| prefix.parse().map_err(|_| NetworkError))?;
        if prefix <= width(address) { Ok(Self { address, prefix }) } else { Err(NetworkError) }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix)
    }
}

fn width(address: IpAddr) -> u32 {
    if address.is_ipv4() { 32 } else { 128 }
}

fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u128::from(u32::from(address)),
        IpAddr::V6(address) => u128::from(address),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("10.0.0.0/8", "10.255.0.1", true)]
    #[case("10.0.0.0/8", "11.0.0.1", false)]
    #[case("10.0.0.0/8", "::ffff:10.1.1.1", true)]
    #[case("10.1.2.3", "10.1.2.3", true)]
    #[case("10.1.2.3", "10.1.2.4", false)]
    #[case("0.0.0.0/0", "8.8.8.8", true)]
    #[case("0.0.0.0/0", "::1", false)]
    #[case("::/0", "fe80::1", true)]
    #[case("fd00::/8", "fd12::1", true)]
    #[case("::1", "::2", false)]
    fn an_address_is_in_a_network_whose_leading_bits_it_has(
        #[case] network: Network,
        #[case] address: IpAddr,
        #[case] expected: bool,
    ) {
        assert_eq!(network.contains(address), expected);
    }

    #[rstest]
    #[case("")]
    #[case("localhost")]
    #[case("10.0.0.0/33")]
    #[case("10.0.0.0/")]
    #[case("::/129")]
    fn what_is_no_network_is_refused(#[case] text: &str) {
        assert_eq!(text.parse::<Network>(), Err(NetworkError));
    }
}
