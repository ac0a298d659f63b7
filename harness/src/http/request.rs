use std::fmt;

use super::header::{self, Header};
use super::{Endpoint, redact};

/// One request, byte for byte.
///
/// Nothing is added when it is sent: `Host` and `Content-Length` are there only
/// if a builder method ([`Request::get`], [`Request::content`]) put them there.
///
/// Its `Debug` shows no credentials.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// The method, usually a token such as `GET`.
    pub method: Vec<u8>,
    /// The request target as it is sent: `/path?query`, `//p`, `/%2e/p`, an
    /// absolute URL, `*`.
    pub target: Vec<u8>,
    /// The header lines in order, duplicates included.
    pub headers: Vec<Header>,
    /// The bytes after the head.
    pub body: Vec<u8>,
}

impl Request {
    /// A request without any header line.
    pub fn new(method: impl Into<Vec<u8>>, target: impl Into<Vec<u8>>) -> Self {
        Self { method: method.into(), target: target.into(), headers: Vec::new(), body: Vec::new() }
    }

    /// A `GET` for the endpoint's own path and query, with its `Host`.
    #[must_use]
    pub fn get(endpoint: &Endpoint) -> Self {
        Self::to("GET", endpoint)
    }

    /// A request of that method for the endpoint's own path and query, with its
    /// `Host`.
    pub fn to(method: impl Into<Vec<u8>>, endpoint: &Endpoint) -> Self {
        Self::new(method, endpoint.target()).header("Host", endpoint.authority())
    }

    /// Appends a header line; one of the same name stays.
    #[must_use]
    pub fn header(mut self, name: impl Into<Vec<u8>>, value: impl Into<Vec<u8>>) -> Self {
        self.headers.push(Header::new(name, value));
        self
    }

    /// Appends `Authorization: Bearer` with that token (RFC 6750 2.1).
    #[must_use]
    pub fn bearer(self, token: impl AsRef<[u8]>) -> Self {
        let value = [b"Bearer ", token.as_ref()].concat();
        self.header("Authorization", value)
    }

    /// Removes all header lines of that name, in any case.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|header| !header.is(name));
        self
    }

    /// Takes another request target.
    #[must_use]
    pub fn target(mut self, target: impl Into<Vec<u8>>) -> Self {
        self.target = target.into();
        self
    }

    /// Takes that body and appends its `Content-Length`.
    #[must_use]
    pub fn content(self, body: impl Into<Vec<u8>>) -> Self {
        let body = body.into();
        let length = body.len().to_string();
        self.header("Content-Length", length).raw_body(body)
    }

    /// Takes that body, and a `Content-Length` in place of those that are there.
    pub fn replace_content(&mut self, body: impl Into<Vec<u8>>) {
        self.headers.retain(|header| !header.is("Content-Length"));
        let body = body.into();
        self.headers.push(Header::new("Content-Length", body.len().to_string()));
        self.body = body;
    }

    /// Takes that body and adds no header line.
    #[must_use]
    pub fn raw_body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// The values of all header lines of that name, in order.
    pub fn header_values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
        header::values(&self.headers, name)
    }

    /// What is written to the connection.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = [&self.method, " ".as_bytes(), &self.target, b" HTTP/1.1\r\n"].concat();
        for header in &self.headers {
            header.write_to(&mut bytes);
        }
        bytes.extend_from_slice(b"\r\n");
        bytes.extend_from_slice(&self.body);
        bytes
    }

    /// Whether every server must see exactly one request in these bytes, and may
    /// expect another after it.
    ///
    /// Where this is false the connection is not used again: an answer to bytes
    /// that were taken for a second request would be read as that of a later one.
    pub(super) fn keeps_connection_clean(&self) -> bool {
        let lines_are_whole = [&self.method, &self.target]
            .into_iter()
            .chain(self.headers.iter().flat_map(|h| [&h.name, &h.value]))
            .all(|bytes| !bytes.iter().any(|byte| matches!(byte, 0 | b'\r' | b'\n')));
        lines_are_whole
            && self.body_is_framed()
            && !header::has_token(&self.headers, "Connection", "close")
            && self.header_values("Upgrade").next().is_none()
            && self.method != b"CONNECT"
    }

    fn body_is_framed(&self) -> bool {
        if self.header_values("Transfer-Encoding").next().is_some() {
            return false;
        }
        let lengths: Vec<&[u8]> = self.header_values("Content-Length").collect();
        match lengths[..] {
            [] => self.body.is_empty(),
            [length] => length == self.body.len().to_string().as_bytes(),
            _ => false,
        }
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &text(&self.method))
            .field("target", &text(&redact::jwt_like(&self.target)))
            .field("headers", &self.headers)
            .field("body", &format_args!("[{} bytes]", self.body.len()))
            .finish()
    }
}

fn text(bytes: &[u8]) -> String {
    bytes.escape_ascii().to_string()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[test]
    fn bytes_are_written_as_they_were_given() {
        let request = Request::new("FOO", "//p/%2e")
            .header("aUTHORIZATION", b"Bearer \xff\0".as_slice())
            .header("x", "1\r\n folded")
            .header("x", "2")
            .raw_body("abc");
        assert_eq!(
            request.to_bytes(),
            b"FOO //p/%2e HTTP/1.1\r\naUTHORIZATION: Bearer \xff\0\r\nx: 1\r\n folded\r\nx: 2\r\n\r\nabc"
        );
    }

    #[test]
    fn host_and_length_come_from_the_builder_methods_alone() {
        let endpoint: Endpoint = "http://api.test:8080/me?x=1".parse().unwrap();
        assert_eq!(
            Request::to("POST", &endpoint).content("hello").to_bytes(),
            b"POST /me?x=1 HTTP/1.1\r\nHost: api.test:8080\r\nContent-Length: 5\r\n\r\nhello"
        );
    }

    #[rstest]
    #[case(Request::new("GET", "/"), true)]
    #[case(Request::new("POST", "/").content("x"), true)]
    #[case(Request::new("POST", "/").raw_body("x"), false)]
    #[case(Request::new("POST", "/").header("content-length", "2").raw_body("x"), false)]
    #[case(Request::new("POST", "/").content("x").header("content-length", "1"), false)]
    #[case(Request::new("GET", "/").header("Transfer-Encoding", "chunked"), false)]
    #[case(Request::new("GET", "/").header("Connection", "x, Close"), false)]
    #[case(Request::new("GET", "/").header("x", "a\r\n b"), false)]
    #[case(Request::new("GET", "/").header("x", "a\0"), false)]
    fn only_one_clearly_framed_request_keeps_its_connection_clean(#[case] request: Request, #[case] clean: bool) {
        assert_eq!(request.keeps_connection_clean(), clean);
    }

    #[test]
    fn debug_shows_no_credentials() {
        let token = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.c2lnbmF0dXJl";
        let request = Request::new("GET", format!("/?access_token={token}")).bearer(token).header("X-Token", token);
        let shown = format!("{request:?}");
        assert!(!shown.contains("eyJ"), "{shown}");
    }
}
