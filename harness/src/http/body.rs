use tokio::io::AsyncRead;
use tokio::time::timeout;

use super::buffer::Buffer;
use super::head::{Framing, parse_trailers};
use super::{Answer, FailureKind, Limits, Part, Streams};

/// Reads the body of an answer (and its trailers) into it.
pub(super) struct BodyReader<'a, R> {
    pub(super) buffer: &'a mut Buffer,
    pub(super) reader: &'a mut R,
    pub(super) limits: Limits,
    pub(super) answer: &'a mut Answer,
    /// When enough was read of a body without an end; `None` where it has one.
    pub(super) open: Option<Streams>,
}

/// Why no more is read.
#[derive(Debug)]
enum Stop {
    /// The rest can't be had.
    Failed(FailureKind),
    /// What has come is enough.
    Enough,
}

impl From<FailureKind> for Stop {
    fn from(kind: FailureKind) -> Self {
        Self::Failed(kind)
    }
}

impl<R: AsyncRead + Unpin> BodyReader<'_, R> {
    /// Reads to the end that the framing tells, or until a body without an end
    /// has told enough. Whether the end came.
    pub(super) async fn read(mut self, framing: Framing) -> Result<bool, FailureKind> {
        let quiet = self.open.and_then(|streams| streams.quiet);
        let reading = self.read_framed(framing);
        let read = match quiet {
            Some(quiet) => timeout(quiet, reading).await.unwrap_or(Err(Stop::Enough)),
            None => reading.await,
        };
        match read {
            Ok(()) => Ok(true),
            Err(Stop::Enough) => Ok(false),
            Err(Stop::Failed(kind)) => Err(kind),
        }
    }

    async fn read_framed(&mut self, framing: Framing) -> Result<(), Stop> {
        match framing {
            Framing::None => Ok(()),
            Framing::Length(length) => self.read_exactly(length).await,
            Framing::Chunked => self.read_chunks().await,
            Framing::UntilClose => self.read_to_end().await,
        }
    }

    async fn read_exactly(&mut self, length: u64) -> Result<(), Stop> {
        let mut left = length;
        loop {
            left -= self.take(left)?;
            if left == 0 {
                return Ok(());
            }
            self.buffer.fill_more(self.reader).await?;
        }
    }

    async fn read_to_end(&mut self) -> Result<(), Stop> {
        loop {
            self.take(u64::MAX)?;
            if !self.buffer.fill(self.reader).await? {
                return Ok(());
            }
        }
    }

    /// RFC 9112 7.1.
    async fn read_chunks(&mut self) -> Result<(), Stop> {
        loop {
            let line = self.read_line(CHUNK_LINE_LIMIT).await?;
            let Some(line) = line else {
                return Err(self.garbage("a chunk's size line is too long").into());
            };
            match chunk_size(&line) {
                None => return Err(FailureKind::garbage("not the size of a chunk", &line).into()),
                Some(0) => return self.read_trailers().await,
                Some(size) => self.read_exactly(size).await?,
            }
            match self.read_line(LINE_END_LIMIT).await? {
                Some(end) if end.is_empty() => {}
                Some(more) => return Err(longer_than_stated(&more).into()),
                None => return Err(longer_than_stated(self.buffer.filled()).into()),
            }
        }
    }

    async fn read_trailers(&mut self) -> Result<(), Stop> {
        let mut lines = Vec::new();
        loop {
            let room = self.limits.head.saturating_sub(lines.len());
            let Some(line) = self.read_line(room).await? else {
                return Err(FailureKind::TooLarge { part: Part::Trailers, limit: self.limits.head as u64 }.into());
            };
            lines.extend_from_slice(&line);
            lines.extend_from_slice(b"\r\n");
            if line.is_empty() {
                self.answer.trailers = parse_trailers(&lines)?;
                return Ok(());
            }
        }
    }

    /// Reads a line, without its end; `None` where it is longer than `limit`.
    async fn read_line(&mut self, limit: usize) -> Result<Option<Vec<u8>>, FailureKind> {
        let mut searched = 0;
        loop {
            let bytes = self.buffer.filled();
            let end = bytes[searched..].iter().position(|byte| *byte == b'\n');
            let length = end.map_or(bytes.len(), |end| searched + end + 1);
            if length > limit {
                return Ok(None);
            }
            if end.is_some() {
                let line = &bytes[..length - 1];
                let line = line.strip_suffix(b"\r").unwrap_or(line).to_vec();
                self.buffer.consume(length);
                return Ok(Some(line));
            }
            searched = bytes.len();
            self.buffer.fill_more(self.reader).await?;
        }
    }

    /// Moves up to `most` bytes from the buffer into the body.
    fn take(&mut self, most: u64) -> Result<u64, Stop> {
        let bytes = self.buffer.filled();
        let count = usize::try_from(most).unwrap_or(usize::MAX).min(bytes.len());
        let body = &mut self.answer.body;
        body.push(&bytes[..count], self.limits.body_kept);
        self.buffer.consume(count);
        if body.length() > self.limits.body_read {
            return Err(FailureKind::TooLarge { part: Part::Body, limit: self.limits.body_read }.into());
        }
        if count > 0 && self.open.is_some_and(|streams| streams.is_enough(self.answer)) {
            return Err(Stop::Enough);
        }
        Ok(count as u64)
    }

    fn garbage(&self, reason: &str) -> FailureKind {
        FailureKind::garbage(reason, self.buffer.filled())
    }
}

/// How long a chunk's size may be with its extensions, in bytes.
const CHUNK_LINE_LIMIT: usize = 4096;
/// The end of the line after a chunk's bytes.
const LINE_END_LIMIT: usize = 2;

/// The size at the start of such a line; extensions are skipped.
fn chunk_size(line: &[u8]) -> Option<u64> {
    let size = line.split(|byte| *byte == b';').next()?.trim_ascii();
    let digits = !size.is_empty() && size.iter().all(u8::is_ascii_hexdigit);
    let size = digits.then(|| str::from_utf8(size).ok())??;
    u64::from_str_radix(size, 16).ok()
}

fn longer_than_stated(bytes: &[u8]) -> FailureKind {
    FailureKind::garbage("a chunk is longer than its size", bytes)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::http::Header;

    async fn read(bytes: &[u8], framing: Framing) -> Result<Answer, FailureKind> {
        let mut answer = Answer::new(200);
        let mut buffer = Buffer::default();
        BodyReader {
            buffer: &mut buffer,
            reader: &mut &*bytes,
            limits: Limits { head: 20, body_kept: 4, body_read: 16 },
            answer: &mut answer,
            open: None,
        }
        .read(framing)
        .await?;
        Ok(answer)
    }

    #[rstest]
    #[case(b"ignored", Framing::None, b"", 0)]
    #[case(b"abcdefgh", Framing::Length(6), b"abcd", 6)]
    #[case(b"", Framing::Length(0), b"", 0)]
    #[case(b"abcdefgh", Framing::UntilClose, b"abcd", 8)]
    #[case(b"3\r\nabc\r\n0A;x=\"y\"\r\n0123456789\r\n0\r\n\r\n", Framing::Chunked, b"abc0", 13)]
    #[case(b"1 \nx\n000\n\n", Framing::Chunked, b"x", 1)]
    #[tokio::test]
    async fn a_body_is_read_to_its_end(
        #[case] bytes: &[u8],
        #[case] framing: Framing,
        #[case] kept: &[u8],
        #[case] length: u64,
    ) {
        let answer = read(bytes, framing).await.unwrap();
        assert_eq!((answer.body.kept(), answer.body.length()), (kept, length));
    }

    #[tokio::test]
    async fn trailers_follow_the_last_chunk() {
        let answer = read(b"0\r\nA: 1\r\nb: 2\r\n\r\n", Framing::Chunked).await;
        let expected = [Header::new("A", "1"), Header::new("b", "2")];
        assert_eq!(answer.unwrap().trailers, expected);
    }

    #[rstest]
    #[case(b"abc", Framing::Length(4), "closed in the middle of the answer, after 3 bytes")]
    #[case(b"01234567890123456", Framing::Length(99), "body of the answer is longer than 16")]
    #[case(b"01234567890123456", Framing::UntilClose, "body of the answer is longer than 16")]
    #[case(b"3\r\nabc\r\n", Framing::Chunked, "closed in the middle")]
    #[case(b"-1\r\n", Framing::Chunked, "not the size of a chunk")]
    #[case(b"\r\n", Framing::Chunked, "not the size of a chunk")]
    #[case(b"11112222333344445\r\n", Framing::Chunked, "not the size of a chunk")]
    #[case(b"FFFFFFFFFFFFFFFF\r\na", Framing::Chunked, "closed in the middle")]
    #[case(b"1\r\nabc\r\n", Framing::Chunked, "a chunk is longer than its size")]
    #[case(b"1\r\na\rb\n", Framing::Chunked, "a chunk is longer than its size")]
    #[case(b"0\r\nname: too long for this\r\n\r\n", Framing::Chunked, "trailer section of the answer is longer")]
    #[case(b"0\r\n bad\r\n\r\n", Framing::Chunked, "invalid header name")]
    #[tokio::test]
    async fn a_broken_body_is_told_precisely(#[case] bytes: &[u8], #[case] framing: Framing, #[case] part: &str) {
        let message = read(bytes, framing).await.unwrap_err().to_string();
        assert!(message.contains(part), "{message}");
    }

    #[tokio::test]
    async fn an_endless_size_line_is_refused() {
        let line = [b'0'; CHUNK_LINE_LIMIT + 1];
        let message = read(&line, Framing::Chunked).await.unwrap_err().to_string();
        assert!(message.contains("size line is too long"), "{message}");
    }
}
