//! One HTTP/1.1 connection that is kept, and what comes back on it: no more than a load needs.

use std::borrow::Cow;
use std::io::{self, ErrorKind};
use std::ops::Range;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A connection to a server, opened when it is needed.
pub(crate) struct Connection {
    authority: String,
    stream: Option<TcpStream>,
    read: Vec<u8>,
}

/// What came back.
pub(crate) struct Answer<'a> {
    pub(crate) status: u16,
    /// The lines of the head, the first one too.
    head: &'a str,
    pub(crate) body: Cow<'a, [u8]>,
}

/// Where the body of an answer is.
enum Body {
    Plain(Range<usize>),
    Chunked(Vec<u8>),
}

impl Connection {
    /// To that host and port.
    pub(crate) fn new(authority: impl Into<String>) -> Self {
        Self { authority: authority.into(), stream: None, read: Vec::with_capacity(16 * 1024) }
    }

    /// Sends a request and reads its answer. Where a kept connection was closed
    /// meanwhile, once more over a new one.
    pub(crate) async fn exchange(&mut self, request: &[u8]) -> io::Result<Answer<'_>> {
        let was_kept = self.stream.is_some();
        let (head, body) = match self.try_exchange(request).await {
            Err(_) if was_kept => self.try_exchange(request).await?,
            other => other?,
        };
        let head = std::str::from_utf8(self.read.get(..head).unwrap_or_default()).map_err(io::Error::other)?;
        let body = match body {
            Body::Plain(range) => Cow::Borrowed(self.read.get(range).unwrap_or_default()),
            Body::Chunked(bytes) => Cow::Owned(bytes),
        };
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        let status = status.ok_or_else(|| io::Error::other("an answer without a status"))?;
        Ok(Answer { status, head, body })
    }

    async fn try_exchange(&mut self, request: &[u8]) -> io::Result<(usize, Body)> {
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => self.connect().await?,
        };
        stream.write_all(request).await?;
        self.read.clear();
        loop {
            let is_over = stream.read_buf(&mut self.read).await? == 0;
            if let Some((head, body, is_kept)) = whole(&self.read, is_over) {
                self.stream = Some(stream).filter(|_| is_kept);
                return Ok((head, body));
            }
            if is_over {
                return Err(ErrorKind::UnexpectedEof.into());
            }
        }
    }

    async fn connect(&self) -> io::Result<TcpStream> {
        let stream = TcpStream::connect(&self.authority).await?;
        stream.set_nodelay(true)?;
        Ok(stream)
    }
}

impl Answer<'_> {
    /// All values of a header field; its name in lower case.
    pub(crate) fn headers<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        fields(self.head, name)
    }

    pub(crate) fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.body)
    }
}

fn fields<'a>(head: &'a str, name: &'a str) -> impl Iterator<Item = &'a str> {
    let named = head.lines().filter_map(|line| line.split_once(':'));
    named.filter(move |(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
}

/// The length of the head, the body, and whether the connection stays; `None`
/// where more is to come.
fn whole(read: &[u8], is_over: bool) -> Option<(usize, Body, bool)> {
    let head = read.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let text = std::str::from_utf8(read.get(..head)?).ok()?;
    let says = |name, word: &str| fields(text, name).any(|value| value.eq_ignore_ascii_case(word));
    let is_kept = !is_over && !says("connection", "close") && text.starts_with("HTTP/1.1");
    if says("transfer-encoding", "chunked") {
        return Some((head, Body::Chunked(unchunked(read.get(head..)?)?), is_kept));
    }
    let length = fields(text, "content-length").next().and_then(|length| length.parse::<usize>().ok());
    match length {
        Some(length) => (read.len() >= head + length).then(|| (head, Body::Plain(head..head + length), is_kept)),
        None if text.contains(" 204 ") || is_over => Some((head, Body::Plain(head..read.len()), is_kept)),
        None => None,
    }
}

/// RFC 9112, section 7.1; `None` where the last chunk is not there yet.
fn unchunked(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let line = rest.windows(2).position(|window| window == b"\r\n")?;
        let size = std::str::from_utf8(rest.get(..line)?).ok()?.split(';').next()?;
        let size = usize::from_str_radix(size.trim(), 16).ok()?;
        let start = line + 2;
        let chunk = rest.get(start..start + size)?;
        rest = rest.get(start + size + 2..)?;
        if size == 0 {
            return Some(body);
        }
        body.extend_from_slice(chunk);
    }
}
