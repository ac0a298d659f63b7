//! What a target wrote to its standard output and error, kept in a bounded ring.

use std::collections::VecDeque;
use std::fmt;
use std::io::Read;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How many lines are kept: the last ones.
pub const KEPT_LINES: usize = 200;

/// How many bytes of a line are kept: the first ones.
pub const LINE_LIMIT: usize = 4096;

/// The last lines that a target wrote; a handle that is cheap to clone.
///
/// The lines are raw: they may hold the very tokens that were sent, since finding those is one
/// of their uses. Redact them before they are shown.
#[derive(Clone, Default)]
pub struct Logs {
    ring: Arc<Mutex<Ring>>,
}

/// One line of a target's output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// Where it was written to.
    pub stream: Stream,
    /// Its text without the line ending; bytes that are no UTF-8 are replaced.
    pub text: String,
    /// Whether it went on beyond [`LINE_LIMIT`].
    pub cut: bool,
}

/// The two outputs of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

impl Logs {
    /// The last `count` lines, oldest first; at most [`KEPT_LINES`].
    pub fn tail(&self, count: usize) -> Vec<LogLine> {
        let ring = self.ring();
        let skipped = ring.lines.len().saturating_sub(count);
        ring.lines.iter().skip(skipped).cloned().collect()
    }

    /// Whether `needle` stands in what is kept, the unfinished last line included.
    ///
    /// Compare [`Logs::total_lines`] before and after: beyond [`KEPT_LINES`] of difference,
    /// lines were lost unseen. A needle longer than [`LINE_LIMIT`] is never found, an empty one
    /// neither.
    pub fn contains(&self, needle: &str) -> bool {
        !needle.is_empty() && self.ring().contains(needle)
    }

    /// How many lines were written in all, those that were dropped included.
    pub fn total_lines(&self) -> u64 {
        self.ring().total_lines
    }

    /// How many bytes were written in all.
    pub fn total_bytes(&self) -> u64 {
        self.ring().total_bytes
    }

    /// Reads `source` to its end. Blocks: it wants a thread of its own, so that a busy runtime
    /// never lets the target stall on a full pipe.
    pub(super) fn fill_from(&self, stream: Stream, mut source: impl Read) {
        let mut buffer = [0; 8192];
        loop {
            match source.read(&mut buffer) {
                Ok(0) => break,
                Ok(length) => self.ring().append(stream, &buffer[..length]),
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(_) => break,
            }
        }
        self.ring().end(stream);
    }

    fn ring(&self) -> MutexGuard<'_, Ring> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Counts only: the lines may hold credentials.
impl fmt::Debug for Logs {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ring = self.ring();
        out.debug_struct("Logs")
            .field("total_lines", &ring.total_lines)
            .field("total_bytes", &ring.total_bytes)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for LogLine {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text)?;
        out.write_str(if self.cut { " ..." } else { "" })
    }
}

#[derive(Default)]
struct Ring {
    lines: VecDeque<LogLine>,
    unfinished: [Unfinished; 2],
    total_lines: u64,
    total_bytes: u64,
}

#[derive(Default)]
struct Unfinished {
    bytes: Vec<u8>,
    cut: bool,
}

impl Ring {
    fn append(&mut self, stream: Stream, bytes: &[u8]) {
        self.total_bytes += bytes.len() as u64;
        let mut pieces = bytes.split(|byte| *byte == b'\n').peekable();
        while let Some(piece) = pieces.next() {
            self.unfinished[stream as usize].extend(piece);
            if pieces.peek().is_some() {
                self.finish_line(stream);
            }
        }
    }

    /// The stream is over: what stands there without a line ending is a line too.
    fn end(&mut self, stream: Stream) {
        if !self.unfinished[stream as usize].bytes.is_empty() {
            self.finish_line(stream);
        }
    }

    fn finish_line(&mut self, stream: Stream) {
        let line = std::mem::take(&mut self.unfinished[stream as usize]);
        if self.lines.len() == KEPT_LINES {
            self.lines.pop_front();
        }
        self.total_lines += 1;
        self.lines.push_back(LogLine { stream, text: line.text().trim_end_matches('\r').to_owned(), cut: line.cut });
    }

    fn contains(&self, needle: &str) -> bool {
        self.lines.iter().any(|line| line.text.contains(needle))
            || self.unfinished.iter().any(|line| line.text().contains(needle))
    }
}

impl Unfinished {
    fn extend(&mut self, bytes: &[u8]) {
        let room = LINE_LIMIT - self.bytes.len();
        self.cut |= bytes.len() > room;
        self.bytes.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }

    fn text(&self) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(&self.bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn logs_of(output: &[u8]) -> Logs {
        let logs = Logs::default();
        logs.fill_from(Stream::Stdout, output);
        logs
    }

    fn texts(logs: &Logs) -> Vec<String> {
        logs.tail(usize::MAX).into_iter().map(|line| line.text).collect()
    }

    #[test]
    fn a_line_ends_at_its_line_ending_or_with_the_stream() {
        assert_eq!(texts(&logs_of(b"one\r\n\ntwo")), ["one", "", "two"]);
    }

    #[test]
    fn only_the_last_lines_are_kept_and_all_are_counted() {
        let logs = logs_of("a line\n".repeat(KEPT_LINES + 50).as_bytes());

        assert_eq!(logs.tail(usize::MAX).len(), KEPT_LINES);
        assert_eq!(logs.tail(3).len(), 3);
        assert_eq!(logs.total_lines(), 250);
        assert_eq!(logs.total_bytes(), 250 * 7);
    }

    #[test]
    fn a_long_line_is_cut_and_says_so() {
        let logs = logs_of(&[b'x'; 3 * LINE_LIMIT]);

        let [line] = &logs.tail(9)[..] else { panic!("one line was written") };
        assert_eq!(line.text.len(), LINE_LIMIT);
        assert!(line.cut);
        assert!(line.to_string().ends_with("x ..."));
    }

    #[test]
    fn a_line_of_exactly_the_limit_is_whole() {
        let logs = logs_of(&[b'x'; LINE_LIMIT]);

        assert!(!logs.tail(1)[0].cut);
    }

    #[test]
    fn a_token_is_found_in_a_line_that_is_not_finished_yet() {
        let logs = Logs::default();
        logs.ring().append(Stream::Stderr, b"got Bearer eyJ");
        logs.ring().append(Stream::Stderr, b"hbGci.x.y");

        assert!(logs.contains("eyJhbGci.x.y"));
        assert!(!logs.contains("eyJhbGci.x.z"));
        assert!(!logs.contains(""));
    }

    #[test]
    fn the_two_streams_do_not_mix_within_a_line() {
        let logs = Logs::default();
        logs.ring().append(Stream::Stdout, b"out");
        logs.ring().append(Stream::Stderr, b"err\n");
        logs.ring().append(Stream::Stdout, b"put\n");

        assert_eq!(texts(&logs), ["err", "output"]);
    }

    #[test]
    fn bytes_that_are_no_utf_8_are_replaced() {
        assert_eq!(texts(&logs_of(b"a\xffb")), ["a\u{fffd}b"]);
    }

    #[test]
    fn debug_shows_no_line() {
        let shown = format!("{:?}", logs_of(b"secret\n"));

        assert!(!shown.contains("secret"), "{shown}");
    }
}
