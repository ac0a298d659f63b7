use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};

use super::Endpoint;

/// Where to connect for a host and port instead of asking DNS.
///
/// `Host` field, TLS server name and certificate check keep the name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overrides {
    addresses: HashMap<(String, u16), SocketAddr>,
}

impl Overrides {
    /// Adds an address for that host (in any case) and port.
    #[must_use]
    pub fn with(mut self, host: &str, port: u16, address: SocketAddr) -> Self {
        let key = (host.to_ascii_lowercase(), port);
        self.addresses.insert(key, address);
        self
    }

    /// Adds what curl's `--resolve` says: `HOST:PORT:ADDRESS`, or
    /// `HOST:PORT:ADDRESS:PORT` for another port.
    ///
    /// # Errors
    ///
    /// When the text has another form.
    pub fn with_text(self, text: &str) -> Result<Self, OverrideError> {
        let error = || OverrideError { text: text.into() };
        let mut parts = text.splitn(3, ':');
        let (host, port, address) = (parts.next(), parts.next(), parts.next());
        let host = host.filter(|host| !host.is_empty()).ok_or_else(error)?;
        let port: u16 = port.and_then(|port| port.parse().ok()).ok_or_else(error)?;
        let address = address.and_then(|address| parse_address(address, port)).ok_or_else(error)?;
        Ok(self.with(host, port, address))
    }

    pub(super) fn lookup(&self, endpoint: &Endpoint) -> Option<SocketAddr> {
        let key = (endpoint.host().to_owned(), endpoint.port());
        self.addresses.get(&key).copied()
    }
}

/// When an override is not of the form `HOST:PORT:ADDRESS`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not of the form HOST:PORT:ADDRESS, such as api.example:443:127.0.0.1")]
pub struct OverrideError {
    /// What was given.
    pub text: String,
}

fn parse_address(text: &str, port: u16) -> Option<SocketAddr> {
    if let Ok(address) = text.parse() {
        return Some(address);
    }
    let bare = text.strip_prefix('[').and_then(|t| t.strip_suffix(']'));
    let ip: IpAddr = bare.unwrap_or(text).parse().ok()?;
    Some(SocketAddr::new(ip, port))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("API.test:443:127.0.0.1", "127.0.0.1:443")]
    #[case("api.test:443:127.0.0.1:8443", "127.0.0.1:8443")]
    #[case("api.test:443:::1", "[::1]:443")]
    #[case("api.test:443:[::1]", "[::1]:443")]
    #[case("api.test:443:[::1]:8443", "[::1]:8443")]
    fn an_override_is_found_for_its_host_and_port_alone(#[case] text: &str, #[case] to: &str) {
        let overrides = Overrides::default().with_text(text).unwrap();
        let found = |url: &str| overrides.lookup(&url.parse().unwrap());
        assert_eq!(found("https://api.test/"), Some(to.parse().unwrap()));
        assert_eq!(found("http://api.test/"), None);
    }

    #[rstest]
    #[case("")]
    #[case("a:443")]
    #[case(":443:127.0.0.1")]
    #[case("a:b:127.0.0.1")]
    #[case("a:443:localhost")]
    fn another_form_is_refused(#[case] text: &str) {
        let error = Overrides::default().with_text(text).unwrap_err();
        assert!(error.to_string().contains("HOST:PORT:ADDRESS"));
    }
}
