use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use hyper::body::Bytes;
use hyper::header::{HOST, HeaderName, HeaderValue};
use hyper::{HeaderMap, Method};

/// A request to the issuer, apart from how it arrived.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Request {
    /// Its method.
    pub method: Method,
    /// Its path, as it was sent.
    pub path: String,
    /// Its query, without the question mark.
    pub query: Option<String>,
    /// Its header fields.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
    /// The scheme that was called.
    pub scheme: Scheme,
    /// The address that was called; stands in for a `Host` that is missing.
    pub address: SocketAddr,
    /// Where it comes from, if that is known.
    pub peer: Option<IpAddr>,
}

/// The scheme of a URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// Plain.
    Http,
    /// With TLS.
    Https,
}

impl Scheme {
    /// As it stands in a URL.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }
}

impl Request {
    /// A request without headers and body to `http://127.0.0.1`; `target` is
    /// the path with an optional query.
    #[must_use]
    pub fn new(method: Method, target: &str) -> Self {
        let (path, query) = match target.split_once('?') {
            Some((path, query)) => (path, Some(query.to_owned())),
            None => (target, None),
        };
        Self {
            method,
            path: path.to_owned(),
            query,
            headers: HeaderMap::new(),
            body: Bytes::new(),
            scheme: Scheme::Http,
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 80)),
            peer: None,
        }
    }

    /// A `GET`.
    #[must_use]
    pub fn get(target: &str) -> Self {
        Self::new(Method::GET, target)
    }

    /// A `POST` of an HTML form, as the token endpoint takes it.
    #[must_use]
    pub fn post_form(target: &str, form: &str) -> Self {
        let mut request = Self::new(Method::POST, target);
        request.body = Bytes::copy_from_slice(form.as_bytes());
        request.with_header("content-type", "application/x-www-form-urlencoded")
    }

    /// A `POST` of a JSON body, as the control API takes it.
    #[must_use]
    pub fn post_json(target: &str, body: &serde_json::Value) -> Self {
        let mut request = Self::new(Method::POST, target);
        request.body = Bytes::from(body.to_string());
        request.with_header("content-type", "application/json")
    }

    /// Adds a header field; one that HTTP can't carry is left out.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            self.headers.append(name, value);
        }
        self
    }

    /// Scheme and authority of what was called: `http://127.0.0.1:9000`.
    #[must_use]
    pub fn origin(&self) -> String {
        let scheme = self.scheme.name();
        match self.header(HOST).filter(|host| is_authority(host)) {
            Some(host) => format!("{scheme}://{host}"),
            None => format!("{scheme}://{}", self.address),
        }
    }

    /// The value of a header field, where it is text.
    pub(crate) fn header(&self, name: HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// RFC 3986, section 3.2, without user information: what may stand in `iss`.
fn is_authority(host: &str) -> bool {
    !host.is_empty()
        && host
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b':' | b'[' | b']'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_origin_follows_the_host_that_was_called() {
        let request = Request::get("/").with_header("host", "idp.test:9443");
        assert_eq!(request.origin(), "http://idp.test:9443");
    }

    #[test]
    fn a_host_that_can_not_stand_in_a_url_is_replaced_by_the_address() {
        let request = Request::get("/").with_header("host", "a\"b");
        assert_eq!(request.origin(), "http://127.0.0.1:80");
    }
}
