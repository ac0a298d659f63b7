use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use sha2::{Digest, Sha256};

use super::header::{self, Header};
use super::{Challenges, CodingError, FirstTry, redact};

/// What a target answered.
///
/// Interim answers (1xx) are skipped and noted. Their statuses, and how the
/// exchange went, stand beside the answer itself.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The reason phrase, which may be empty.
    pub reason: Vec<u8>,
    /// The minor version: 1 for HTTP/1.1, 0 for HTTP/1.0.
    pub minor_version: u8,
    /// The header lines in order, with their own case and bytes.
    pub headers: Vec<Header>,
    /// The body, without transfer coding and content coding.
    pub body: Body,
    /// Whether the body stays open, and what is kept is only its beginning.
    pub goes_on: bool,
    /// The trailers after a chunked body.
    pub trailers: Vec<Header>,
    /// The statuses of the interim answers that came before, such as 100 or 103.
    pub interim: Vec<u16>,
    /// From the first byte written to the last byte read; of a new connection
    /// without the time to connect.
    pub elapsed: Duration,
    /// Whether the connection had carried an exchange before.
    pub reused: bool,
    /// The failure on a reused connection that made the client send the request
    /// a second time.
    pub first_try: Option<Box<FirstTry>>,
}

impl Answer {
    /// An answer of that status with nothing else, for tests of what judges it.
    #[must_use]
    pub fn new(status: u16) -> Self {
        Self {
            status,
            reason: Vec::new(),
            minor_version: 1,
            headers: Vec::new(),
            body: Body::default(),
            goes_on: false,
            trailers: Vec::new(),
            interim: Vec::new(),
            elapsed: Duration::ZERO,
            reused: false,
            first_try: None,
        }
    }

    /// Appends a header line.
    #[must_use]
    pub fn with_header(mut self, name: impl Into<Vec<u8>>, value: impl Into<Vec<u8>>) -> Self {
        self.headers.push(Header::new(name, value));
        self
    }

    /// Takes that body.
    #[must_use]
    pub fn with_body(mut self, body: impl AsRef<[u8]>) -> Self {
        self.body = Body::from(body.as_ref());
        self
    }

    /// The values of all header lines of that name, in order.
    pub fn header_values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
        header::values(&self.headers, name)
    }

    /// The value of the first header line of that name.
    #[must_use]
    pub fn header<'a>(&'a self, name: &'a str) -> Option<&'a [u8]> {
        self.header_values(name).next()
    }

    /// The challenges of all its `WWW-Authenticate` lines (RFC 9110 11.6.1).
    #[must_use]
    pub fn challenges(&self) -> Challenges {
        Challenges::parse(self.header_values("WWW-Authenticate"))
    }
}

/// The body of an answer: its first bytes, without a content coding, and the
/// length and hash of all that came.
#[derive(Clone, Default)]
pub struct Body {
    kept: Vec<u8>,
    unreadable: Option<CodingError>,
    length: u64,
    digest: Sha256,
}

impl Body {
    /// The bytes that were kept, from the start.
    #[must_use]
    pub fn kept(&self) -> &[u8] {
        &self.kept
    }

    /// The bytes that were kept, as text; what is no UTF-8 becomes U+FFFD.
    #[must_use]
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.kept)
    }

    /// Why what was kept is still in its content coding, if so.
    #[must_use]
    pub fn unreadable(&self) -> Option<&CodingError> {
        self.unreadable.as_ref()
    }

    /// How many bytes came in all.
    #[must_use]
    pub fn length(&self) -> u64 {
        self.length
    }

    /// The SHA-256 of all bytes that came, in lower-case hex.
    #[must_use]
    pub fn sha256(&self) -> String {
        redact::hex(&self.digest.clone().finalize())
    }

    /// Adds bytes that came, of which up to `limit` in all are kept.
    pub(super) fn push(&mut self, bytes: &[u8], limit: usize) {
        let room = limit.saturating_sub(self.kept.len()).min(bytes.len());
        self.kept.extend_from_slice(&bytes[..room]);
        self.length += bytes.len() as u64;
        self.digest.update(bytes);
    }

    pub(super) fn cannot_be_read(&mut self, why: CodingError) {
        self.unreadable = Some(why);
    }

    /// Changes what was kept; length and hash remain those of what came.
    pub(super) fn map_kept(&mut self, change: impl FnOnce(&[u8]) -> Vec<u8>) {
        self.kept = change(&self.kept);
    }
}

impl From<&[u8]> for Body {
    fn from(bytes: &[u8]) -> Self {
        let mut body = Self::default();
        body.push(bytes, usize::MAX);
        body
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = redact::jwt_like(&self.kept);
        write!(f, "{} bytes: \"{}\"", self.length, shown.escape_ascii())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_keeps_its_start_and_counts_and_hashes_all() {
        let mut body = Body::default();
        body.push(b"ab", 3);
        body.push(b"cd", 3);
        assert_eq!((body.kept(), body.length()), (b"abc".as_slice(), 4));
        assert_eq!(body.sha256(), Body::from(b"abcd".as_slice()).sha256());
    }

    #[test]
    fn header_lines_are_found_in_any_case_and_in_order() {
        let answer =
            Answer::new(401).with_header("www-authenticate", "Bearer realm=a").with_header("WWW-Authenticate", "Basic");
        assert_eq!(answer.header("WWW-authenticate"), Some(b"Bearer realm=a".as_slice()));
        assert_eq!(answer.header_values("WWW-Authenticate").count(), 2);
        assert_eq!(answer.challenges().list.len(), 2);
    }
}
