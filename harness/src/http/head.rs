use httparse::{EMPTY_HEADER, ParserConfig, Response, Status};
use tokio::io::AsyncRead;

use super::buffer::Buffer;
use super::header::{self, Header};
use super::{FailureKind, Limits, Part};

/// The status line and header lines of an answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) status: u16,
    pub(super) reason: Vec<u8>,
    pub(super) minor_version: u8,
    pub(super) headers: Vec<Header>,
}

/// Where a body ends (RFC 9112 6.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Framing {
    /// There is none.
    None,
    /// After that many bytes.
    Length(u64),
    /// After the chunk of size 0 and the trailers.
    Chunked,
    /// With the connection.
    UntilClose,
}

impl Head {
    /// Reads a head to its empty line.
    pub(super) async fn read<R>(buffer: &mut Buffer, reader: &mut R, limits: Limits) -> Result<Self, FailureKind>
    where
        R: AsyncRead + Unpin,
    {
        let mut searched = 0;
        loop {
            skip_empty_lines(buffer, &mut searched);
            let bytes = buffer.filled();
            check_start(bytes)?;
            let end = find_end(bytes, searched);
            if end.unwrap_or(bytes.len()) > limits.head {
                return Err(too_large(limits));
            }
            if let Some(end) = end {
                let head = parse(&bytes[..end])?;
                buffer.consume(end);
                return Ok(head);
            }
            searched = bytes.len();
            buffer.fill_more(reader).await?;
        }
    }

    /// Whether this is an interim answer, after which another comes. Switching
    /// protocols (101) is final for us: we never ask for it.
    pub(super) fn is_interim(&self) -> bool {
        (100..200).contains(&self.status) && self.status != 101
    }

    /// Where the body of this answer to a request of that method ends.
    pub(super) fn framing(&self, method: &[u8]) -> Result<Framing, FailureKind> {
        if self.has_no_body(method) {
            return Ok(Framing::None);
        }
        match header::values(&self.headers, "Transfer-Encoding").last() {
            Some(codings) if ends_with_chunked(codings) => Ok(Framing::Chunked),
            Some(_) => Ok(Framing::UntilClose),
            None => Ok(self.content_length()?.map_or(Framing::UntilClose, Framing::Length)),
        }
    }

    /// Whether another answer may follow on the connection (RFC 9112 9.3).
    pub(super) fn keeps_open(&self, framing: Framing) -> bool {
        let has = |name| header::values(&self.headers, name).next().is_some();
        let said = |token| header::has_token(&self.headers, "Connection", token);
        let smuggles = has("Transfer-Encoding") && (has("Content-Length") || self.minor_version == 0);
        let persists = self.minor_version == 1 || said("keep-alive");
        persists && !said("close") && !smuggles && framing != Framing::UntilClose && self.status != 101
    }

    fn has_no_body(&self, method: &[u8]) -> bool {
        let tunnel = method == b"CONNECT" && (200..300).contains(&self.status);
        method == b"HEAD" || tunnel || matches!(self.status, 100..=199 | 204 | 304)
    }

    /// The one value of all `Content-Length` lines, which may be repeated.
    fn content_length(&self) -> Result<Option<u64>, FailureKind> {
        let mut length = None;
        let lines = header::values(&self.headers, "Content-Length");
        for item in lines.flat_map(|line| line.split(|byte| *byte == b',')) {
            let value = parse_length(item.trim_ascii())
                .ok_or_else(|| FailureKind::garbage("the Content-Length is not a number", item))?;
            if length.is_some_and(|earlier| earlier != value) {
                return Err(FailureKind::garbage("the Content-Lengths differ", item));
            }
            length = Some(value);
        }
        Ok(length)
    }
}

/// Parses header lines up to and including their empty line.
pub(super) fn parse_trailers(bytes: &[u8]) -> Result<Vec<Header>, FailureKind> {
    let mut headers = vec![EMPTY_HEADER; count_lines(bytes)];
    match httparse::parse_headers(bytes, &mut headers) {
        Ok(Status::Complete((_, headers))) => Ok(owned(headers)),
        Ok(Status::Partial) => Err(FailureKind::garbage("the trailers don't end", bytes)),
        Err(error) => Err(FailureKind::garbage(error.to_string(), bytes)),
    }
}

fn parse(bytes: &[u8]) -> Result<Head, FailureKind> {
    let mut headers = vec![EMPTY_HEADER; count_lines(bytes)];
    let mut response = Response::new(&mut headers);
    let garbage = |reason: &str| FailureKind::garbage(reason, bytes);
    // What a browser would read is read, to be judged rather than refused.
    let parsed = ParserConfig::default()
        .allow_obsolete_multiline_headers_in_responses(true)
        .allow_multiple_spaces_in_response_status_delimiters(true)
        .parse_response(&mut response, bytes)
        .map_err(|error| garbage(&error.to_string()))?;
    let (Status::Complete(_), Some(status), Some(minor_version)) = (parsed, response.code, response.version) else {
        return Err(garbage("the head doesn't end"));
    };
    Ok(Head {
        status,
        reason: response.reason.unwrap_or_default().into(),
        minor_version,
        headers: owned(response.headers),
    })
}

fn owned(headers: &[httparse::Header<'_>]) -> Vec<Header> {
    headers.iter().map(|header| Header::new(header.name, header.value)).collect()
}

/// No head has more header lines than that.
fn count_lines(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte == b'\n').count()
}

/// Empty lines before a status line are tolerated, as some servers send one too
/// many after a body.
fn skip_empty_lines(buffer: &mut Buffer, searched: &mut usize) {
    let empty = buffer.filled().iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
    if empty > 0 {
        buffer.consume(empty);
        *searched = 0;
    }
}

/// Refuses what can't become a status line as soon as that is clear.
fn check_start(bytes: &[u8]) -> Result<(), FailureKind> {
    let known = bytes.len().min(STATUS_LINE_START.len());
    if bytes[..known] == STATUS_LINE_START[..known] {
        return Ok(());
    }
    Err(FailureKind::garbage("no status line", bytes))
}

const STATUS_LINE_START: &[u8] = b"HTTP/1.";

/// The length of the head with its empty line. The first `searched` bytes hold
/// none, though it may begin in their last two.
fn find_end(bytes: &[u8], searched: usize) -> Option<usize> {
    let from = searched.saturating_sub(2);
    (from..bytes.len()).find_map(|at| match bytes[at..] {
        [b'\n', b'\n', ..] => Some(at + 2),
        [b'\n', b'\r', b'\n', ..] => Some(at + 3),
        _ => None,
    })
}

fn too_large(limits: Limits) -> FailureKind {
    FailureKind::TooLarge { part: Part::Head, limit: limits.head as u64 }
}

fn ends_with_chunked(codings: &[u8]) -> bool {
    let last = codings.rsplit(|byte| *byte == b',').next();
    last.is_some_and(|coding| coding.trim_ascii().eq_ignore_ascii_case(b"chunked"))
}

/// Digits alone: a sign or a blank would be read differently elsewhere.
fn parse_length(text: &[u8]) -> Option<u64> {
    let digits = !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    let text = digits.then(|| str::from_utf8(text).ok())??;
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    async fn read(bytes: &[u8]) -> Result<Head, FailureKind> {
        let limits = Limits { head: 60, ..Limits::default() };
        Head::read(&mut Buffer::default(), &mut &*bytes, limits).await
    }

    #[tokio::test]
    async fn header_lines_keep_order_case_duplicates_and_bytes() {
        let head = read(b"\r\nHTTP/1.1 299 \xc3\xa4\r\nb: 1\r\nA:\t\xff \r\nb:2\n\r\n").await;
        let head = head.unwrap();
        assert_eq!((head.status, head.minor_version), (299, 1));
        let expected = [("b", &b"1"[..]), ("A", b"\xff"), ("b", b"2")];
        assert_eq!(head.headers, expected.map(|(name, value)| Header::new(name, value)));
    }

    #[tokio::test]
    async fn a_folded_line_is_read_as_one() {
        let head = read(b"HTTP/1.1 401 x\r\na: 1\r\n 2\r\n\r\n").await.unwrap();
        assert_eq!(head.headers, [Header::new("a", "1\r\n 2")]);
    }

    #[rstest]
    #[case(b"", "closed without an answer")]
    #[case(b"HTTP", "closed in the middle of the answer, after 4 bytes")]
    #[case(b"HTTP/1.1 200 OK\r\na: b\r\n", "closed in the middle")]
    #[case(b"SSH-2.0-x\r\n", r#"no status line, at "SSH-2.0-x\r\n""#)]
    #[case(b"\x15\x03\x01", "no status line")]
    #[case(b"HTTP/2 200\r\n\r\n", "no status line")]
    #[case(b"HTTP/1.1 2x0 OK\r\n\r\n", "not HTTP/1.1: invalid response status")]
    #[case(b"HTTP/1.1 200 OK\r\na\0: b\r\n\r\n", "invalid header name")]
    #[case(b"HTTP/1.1 200 OK\r\na: \0\r\n\r\n", "invalid header value")]
    #[case(b"HTTP/1.1 200 OK\r\nsixty: bytes and more: that is too long here", "head of the answer is longer than 60")]
    #[case(b"HTTP/1.1 200 OK\r\nsixty: bytes and more: that is too long here\r\n\r\n", "longer than 60")]
    #[tokio::test]
    async fn what_is_no_head_is_told_precisely(#[case] bytes: &[u8], #[case] part: &str) {
        let message = read(bytes).await.unwrap_err().to_string();
        assert!(message.contains(part), "{message}");
    }

    fn head(status: u16, headers: &[(&str, &str)]) -> Head {
        Head {
            status,
            reason: Vec::new(),
            minor_version: 1,
            headers: headers.iter().map(|(n, v)| Header::new(*n, *v)).collect(),
        }
    }

    #[rstest]
    #[case("HEAD", head(200, &[("Content-Length", "5")]), Framing::None, true)]
    #[case("GET", head(204, &[("Content-Length", "5")]), Framing::None, true)]
    #[case("GET", head(304, &[]), Framing::None, true)]
    #[case("CONNECT", head(200, &[]), Framing::None, true)]
    #[case("GET", head(200, &[("content-length", "5")]), Framing::Length(5), true)]
    #[case("GET", head(200, &[("Content-Length", "5, 5"), ("content-length", "5")]), Framing::Length(5), true)]
    #[case("GET", head(200, &[]), Framing::UntilClose, false)]
    #[case("GET", head(200, &[("Transfer-Encoding", "gzip, Chunked")]), Framing::Chunked, true)]
    #[case("GET", head(200, &[("Transfer-Encoding", "chunked, gzip")]), Framing::UntilClose, false)]
    #[case("GET", head(200, &[("Transfer-Encoding", "chunked"), ("Content-Length", "5")]), Framing::Chunked, false)]
    #[case("GET", head(200, &[("Content-Length", "0"), ("Connection", "Close")]), Framing::Length(0), false)]
    fn the_end_of_a_body_follows_from_the_head(
        #[case] method: &str,
        #[case] head: Head,
        #[case] framing: Framing,
        #[case] open: bool,
    ) {
        assert_eq!(head.framing(method.as_bytes()), Ok(framing));
        assert_eq!(head.keeps_open(framing), open);
    }

    #[rstest]
    #[case("+5")]
    #[case("5 5")]
    #[case("")]
    #[case("5, 6")]
    #[case("0x5")]
    #[case("18446744073709551616")]
    fn a_content_length_that_means_nothing_is_garbage(#[case] value: &str) {
        let kind = head(200, &[("Content-Length", value)]).framing(b"GET").unwrap_err();
        assert!(matches!(kind, FailureKind::Garbage { .. }), "{kind}");
    }
}
