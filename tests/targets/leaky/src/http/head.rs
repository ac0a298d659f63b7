//! The start line and the header lines of a request (RFC 9112 3 and 5).

use std::borrow::Cow;

use crate::defect::{Defect, Switch};

use super::Request;

/// More header lines than this are an attack.
const MAX_LINES: usize = 100;

/// A head, and what the connection must know to read on.
pub(super) struct Head {
    /// The request, still without its body.
    pub(super) request: Request,
    /// How many bytes of a body follow.
    pub(super) length: usize,
}

/// When a head is refused: with this status, and the connection ends.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct BadHead(pub(super) u16);

const MALFORMED: BadHead = BadHead(400);

/// Where the head that begins `bytes` ends, behind its empty line.
pub(super) fn end(bytes: &[u8]) -> Option<usize> {
    bytes.windows(4).position(|window| window == b"\r\n\r\n").map(|at| at + 4)
}

/// Parses one whole head.
pub(super) fn parse(bytes: &[u8], defect: Switch) -> Result<Head, BadHead> {
    let bytes = tidied(bytes, defect);
    let mut lines = [httparse::EMPTY_HEADER; MAX_LINES];
    let mut parsed = httparse::Request::new(&mut lines);
    match parsed.parse(&bytes) {
        Ok(status) if status.is_complete() => (),
        _ => return Err(MALFORMED),
    }
    let (path, query) = target(parsed.path.ok_or(MALFORMED)?);
    let own = |line: &httparse::Header<'_>| (line.name.to_owned(), line.value.to_vec());
    let mut request = Request {
        method: parsed.method.ok_or(MALFORMED)?.to_owned(),
        path,
        query,
        headers: parsed.headers.iter().map(own).collect(),
        body: Vec::new(),
        closes: false,
    };
    let is_old = parsed.version == Some(0);
    let connection = request.text("Connection").unwrap_or_default().to_ascii_lowercase();
    request.closes = connection.split(',').any(|option| option.trim() == "close") || is_old;
    // RFC 9112 3.2: one Host, no more and no less.
    if !is_old && request.lines("Host").count() != 1 {
        return Err(MALFORMED);
    }
    let length = length(&request)?;
    Ok(Head { request, length })
}

/// What some parsers do before they parse. A sound one does nothing.
fn tidied(head: &[u8], defect: Switch) -> Cow<'_, [u8]> {
    if defect.has(Defect::CutsAtNul) && head.contains(&0) { cut(head).into() } else { head.into() }
}

/// The rest of a line behind a NUL byte is not looked at.
fn cut(head: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(head.len());
    for line in head.split_inclusive(|byte| *byte == b'\n') {
        match line.iter().position(|byte| *byte == 0) {
            Some(nul) => out.extend([&line[..nul], b"\r\n"].concat()),
            None => out.extend_from_slice(line),
        }
    }
    out
}

/// Path and query of a target in origin form or absolute form (RFC 9112 3.2).
fn target(text: &str) -> (String, String) {
    let absolute = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://"));
    let origin = absolute.map_or(text, |rest| rest.find('/').map_or("/", |slash| &rest[slash..]));
    let (path, query) = origin.split_once('?').unwrap_or((origin, ""));
    (path.to_owned(), query.to_owned())
}

/// RFC 9112 6.3. Chunked bodies are not taken: 411 says so.
fn length(request: &Request) -> Result<usize, BadHead> {
    if request.has("Transfer-Encoding") {
        return Err(BadHead(411));
    }
    let mut lines = request.lines("Content-Length");
    let Some(line) = lines.next() else { return Ok(0) };
    let digits = !line.is_empty() && line.iter().all(u8::is_ascii_digit);
    let text = std::str::from_utf8(line).ok().filter(|_| digits && lines.next().is_none());
    text.and_then(|text| text.parse().ok()).ok_or(MALFORMED)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(head: &[u8], defect: Option<Defect>) -> Result<Request, BadHead> {
        parse(head, Switch(defect)).map(|head| head.request)
    }

    #[test]
    fn the_target_is_kept_as_it_was_written() {
        let request = read(b"GET //a/%2e/?b=c?d HTTP/1.1\r\nHost: h\r\n\r\n", None).expect("a request");
        assert_eq!((request.path.as_str(), request.query.as_str()), ("//a/%2e/", "b=c?d"));
        let request = read(b"GET http://h/a HTTP/1.1\r\nHost: h\r\nConnection: x, Close\r\n\r\n", None);
        assert!(request.is_ok_and(|request| request.path == "/a" && request.closes));
    }

    #[test]
    fn what_rfc_9112_forbids_is_refused() {
        for lines in ["", "Host: a\r\nHost: b\r\n", "Host: a\r\nContent-Length: +1\r\n", "Host: a\r\n b\r\n"] {
            let head = format!("GET / HTTP/1.1\r\n{lines}\r\n");
            assert_eq!(read(head.as_bytes(), None).err(), Some(MALFORMED), "{lines:?}");
        }
        let chunked = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
        assert_eq!(read(chunked, None).err(), Some(BadHead(411)));
    }

    #[test]
    fn a_nul_byte_is_illegal_but_for_a_defect_that_stops_there() {
        let head = b"GET / HTTP/1.1\r\nHost: a\r\nX: b\0c\r\n\r\n";
        assert!(read(head, None).is_err());
        let request = read(head, Some(Defect::CutsAtNul)).expect("a request");
        assert_eq!(request.text("X"), Some("b"));
    }
}
