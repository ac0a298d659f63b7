use std::io;

use tokio::io::{AsyncRead, AsyncReadExt};

use super::FailureKind;

/// Bytes that were read from a connection and not yet used.
#[derive(Debug, Default)]
pub(super) struct Buffer {
    bytes: Vec<u8>,
    start: usize,
    received: u64,
}

impl Buffer {
    /// The bytes that wait to be used.
    pub(super) fn filled(&self) -> &[u8] {
        &self.bytes[self.start..]
    }

    /// Drops the first `count` of them.
    pub(super) fn consume(&mut self, count: usize) {
        self.start = (self.start + count).min(self.bytes.len());
    }

    /// Bytes of the current answer that have come.
    pub(super) fn received(&self) -> u64 {
        self.received
    }

    /// Begins another answer, of which some bytes may have come already.
    pub(super) fn begin_answer(&mut self) {
        self.received = self.filled().len() as u64;
    }

    /// Reads some more bytes; `false` at the end of the stream.
    pub(super) async fn fill<R>(&mut self, reader: &mut R) -> Result<bool, FailureKind>
    where
        R: AsyncRead + Unpin,
    {
        self.bytes.drain(..self.start);
        self.start = 0;
        self.bytes.reserve(READ_SIZE);
        match reader.read_buf(&mut self.bytes).await {
            Ok(0) => Ok(false),
            Ok(count) => {
                self.received += count as u64;
                Ok(true)
            }
            // TLS without close_notify: for HTTP the end all the same.
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
            Err(error) => Err(FailureKind::from_io(&error, self.received)),
        }
    }

    /// Reads some more bytes where the answer can't end yet.
    pub(super) async fn fill_more<R>(&mut self, reader: &mut R) -> Result<(), FailureKind>
    where
        R: AsyncRead + Unpin,
    {
        match self.fill(reader).await? {
            true => Ok(()),
            false => Err(FailureKind::closed(self.received)),
        }
    }
}

/// How much room there is for one read, in bytes.
const READ_SIZE: usize = 16 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_left_over_counts_for_the_next_answer() {
        let mut buffer = Buffer::default();
        assert_eq!(buffer.fill(&mut b"abcde".as_slice()).await, Ok(true));
        buffer.consume(3);
        buffer.begin_answer();
        assert_eq!((buffer.filled(), buffer.received()), (b"de".as_slice(), 2));
        assert_eq!(buffer.fill(&mut b"fg".as_slice()).await, Ok(true));
        assert_eq!((buffer.filled(), buffer.received()), (b"defg".as_slice(), 4));
        assert_eq!(buffer.fill(&mut b"".as_slice()).await, Ok(false));
    }
}
