use std::fmt;
use std::net::Ipv6Addr;
use std::str::FromStr;

/// Where a target listens, and the path and query of its protected route.
///
/// Parsed from an `http` or `https` URL without normalising it: the path keeps
/// its doubled slashes, dots and percent-encodings.
///
/// ```
/// # use badpenny::http::Endpoint;
/// let endpoint: Endpoint = "https://api.example:8443//me?x=1".parse()?;
/// assert_eq!(endpoint.authority(), "api.example:8443");
/// assert_eq!(endpoint.target(), "//me?x=1");
/// # Ok::<(), badpenny::http::EndpointError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Endpoint {
    tls: bool,
    host: String,
    port: u16,
    target: String,
}

impl Endpoint {
    /// Whether the connection is made with TLS (`https`).
    #[must_use]
    pub fn tls(&self) -> bool {
        self.tls
    }

    /// The host name in lower case, or the IP address without brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Whether it is an address of this machine alone: a loopback address, or
    /// `localhost` (RFC 6761, section 6.3).
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        match self.host.parse::<std::net::IpAddr>() {
            Ok(address) => address.to_canonical().is_loopback(),
            Err(_) => self.host == "localhost" || self.host.ends_with(".localhost"),
        }
    }

    /// The port; defaults to 80, with TLS to 443.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Path and query, at least `/`.
    #[must_use]
    pub fn target(&self) -> &str {
        &self.target
    }

    /// What a `Host` field says (RFC 9110 7.2): brackets around an IPv6 address,
    /// no port where it is the default one.
    #[must_use]
    pub fn authority(&self) -> String {
        let brackets = self.host.contains(':');
        let (open, close) = if brackets { ("[", "]") } else { ("", "") };
        if self.port == default_port(self.tls) {
            return format!("{open}{}{close}", self.host);
        }
        format!("{open}{}{close}:{}", self.host, self.port)
    }

    /// Scheme and authority, as in `https://api.example:8443`.
    #[must_use]
    pub fn origin(&self) -> String {
        let scheme = if self.tls { "https" } else { "http" };
        format!("{scheme}://{}", self.authority())
    }

    /// The same server and port, reached with TLS or without.
    #[must_use]
    pub fn with_tls(mut self, tls: bool) -> Self {
        self.tls = tls;
        self
    }

    /// The same server with another path and query; a missing leading slash is
    /// not added.
    #[must_use]
    pub fn with_target(mut self, target: impl Into<String>) -> Self {
        self.target = target.into();
        self
    }
}

impl FromStr for Endpoint {
    type Err = EndpointError;

    fn from_str(url: &str) -> Result<Self, EndpointError> {
        let (tls, rest) = split_scheme(url)?;
        if url.contains('#') {
            return Err(EndpointError::Fragment);
        }
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, target) = rest.split_at(end);
        if authority.contains('@') {
            return Err(EndpointError::Userinfo);
        }
        let (host, port) = split_port(authority)?;
        Ok(Self {
            tls,
            host: parse_host(host)?,
            port: port.unwrap_or(default_port(tls)),
            target: parse_target(target)?,
        })
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.origin(), self.target)
    }
}

/// Why a URL does not name an endpoint.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EndpointError {
    /// When it doesn't start with `http://` or `https://`.
    #[error("a target's URL starts with http:// or https://")]
    Scheme,
    /// When it holds `user:password@`.
    #[error("a target's URL must not hold a user name or password: credentials are the scenarios' to send")]
    Userinfo,
    /// When it holds a `#`.
    #[error("a target's URL must not hold a fragment: it is never sent, remove `#` and what follows")]
    Fragment,
    /// When there is no host, or it has a character that no host has.
    #[error("`{host}` is not a host name or IP address (a name in other scripts is written as xn--...)")]
    Host {
        /// What stands there.
        host: String,
    },
    /// When the port is not a number from 1 to 65535.
    #[error("`{port}` is not a port: write a number from 1 to 65535")]
    Port {
        /// What stands there.
        port: String,
    },
    /// When path or query hold white space, control or non-ASCII characters.
    #[error("the path or query of a target's URL has `{}` at byte {at}: percent-encode it", found.escape_default())]
    Target {
        /// The character.
        found: char,
        /// Its offset in the path and query, from 0.
        at: usize,
    },
}

fn split_scheme(url: &str) -> Result<(bool, &str), EndpointError> {
    let (scheme, rest) = url.split_once("://").ok_or(EndpointError::Scheme)?;
    match scheme.to_ascii_lowercase().as_str() {
        "http" => Ok((false, rest)),
        "https" => Ok((true, rest)),
        _ => Err(EndpointError::Scheme),
    }
}

fn default_port(tls: bool) -> u16 {
    if tls { 443 } else { 80 }
}

fn split_port(authority: &str) -> Result<(&str, Option<u16>), EndpointError> {
    // Colons inside of brackets belong to an IPv6 address.
    let after_brackets = authority.rfind(']').unwrap_or(0);
    match authority.rfind(':').filter(|colon| *colon >= after_brackets) {
        None => Ok((authority, None)),
        Some(colon) => {
            let port = parse_port(&authority[colon + 1..])?;
            Ok((&authority[..colon], Some(port)))
        }
    }
}

fn parse_port(text: &str) -> Result<u16, EndpointError> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    match text.parse() {
        Ok(port) if digits && port > 0 => Ok(port),
        _ => Err(EndpointError::Port { port: text.into() }),
    }
}

fn parse_host(host: &str) -> Result<String, EndpointError> {
    let bracketed = host.strip_prefix('[').and_then(|h| h.strip_suffix(']'));
    let valid = match bracketed {
        Some(address) => address.parse::<Ipv6Addr>().is_ok(),
        None => !host.is_empty() && host.bytes().all(is_host_byte),
    };
    if !valid {
        return Err(EndpointError::Host { host: host.into() });
    }
    Ok(bracketed.unwrap_or(host).to_ascii_lowercase())
}

fn is_host_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_')
}

fn parse_target(target: &str) -> Result<String, EndpointError> {
    let foreign = target.char_indices().find(|(_, c)| !c.is_ascii_graphic());
    if let Some((at, found)) = foreign {
        return Err(EndpointError::Target { found, at });
    }
    let slash = if target.starts_with('/') { "" } else { "/" };
    Ok(format!("{slash}{target}"))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("http://localhost", "localhost", 80, "/", "localhost")]
    #[case("HTTPS://API.Example/", "api.example", 443, "/", "api.example")]
    #[case("http://127.0.0.1:9000//p/./%2E?q=/?", "127.0.0.1", 9000, "//p/./%2E?q=/?", "127.0.0.1:9000")]
    #[case("https://[::1]:8443?x=1", "::1", 8443, "/?x=1", "[::1]:8443")]
    #[case("http://[::1]/", "::1", 80, "/", "[::1]")]
    #[case("https://a:443/", "a", 443, "/", "a")]
    #[case("https://a:80/", "a", 80, "/", "a:80")]
    fn a_url_is_taken_apart_and_not_normalised(
        #[case] url: &str,
        #[case] host: &str,
        #[case] port: u16,
        #[case] target: &str,
        #[case] authority: &str,
    ) {
        let endpoint: Endpoint = url.parse().unwrap();
        assert_eq!((endpoint.host(), endpoint.port()), (host, port));
        assert_eq!(endpoint.target(), target);
        assert_eq!(endpoint.authority(), authority);
        assert_eq!(endpoint.to_string().parse(), Ok(endpoint));
    }

    #[rstest]
    #[case("http://127.8.0.1/", true)]
    #[case("http://[::1]/", true)]
    #[case("http://[::ffff:127.0.0.1]/", true)]
    #[case("https://api.localhost/", true)]
    #[case("https://localhost.example/", false)]
    #[case("http://192.0.2.1/", false)]
    fn an_endpoint_knows_whether_it_is_on_this_machine(#[case] url: &str, #[case] is: bool) {
        assert_eq!(url.parse::<Endpoint>().unwrap().is_loopback(), is);
    }

    #[rstest]
    #[case("localhost:80", "starts with http://")]
    #[case("ftp://a/", "starts with http://")]
    #[case("http://user:pw@a/", "user name or password")]
    #[case("http://a/#top", "fragment")]
    #[case("http://", "not a host name")]
    #[case("http://:80/", "not a host name")]
    #[case("http://[::1/", "not a host name")]
    #[case("http://[nonsense]/", "not a host name")]
    #[case("http://münchen/", "xn--")]
    #[case("http://::1/", "not a host name")]
    #[case("http://a:0/", "`0` is not a port")]
    #[case("http://a:+80/", "`+80` is not a port")]
    #[case("http://a:65536/", "`65536` is not a port")]
    #[case("http://a:/", "`` is not a port")]
    #[case("http://a/b c", "` ` at byte 2")]
    fn a_url_that_names_no_endpoint_is_refused(#[case] url: &str, #[case] part: &str) {
        let message = url.parse::<Endpoint>().unwrap_err().to_string();
        assert!(message.contains(part), "{message}");
    }
}
