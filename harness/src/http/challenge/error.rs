use std::fmt;

/// Where a `WWW-Authenticate` line leaves its grammar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("WWW-Authenticate line {}, byte {at}: expected {expected}, found {}", line + 1, Found(*found))]
pub struct ChallengeError {
    /// Which of the lines, from 0.
    pub line: usize,
    /// The offset in the value of that line, in bytes from 0.
    pub at: usize,
    /// What the grammar wants there.
    pub expected: &'static str,
    /// The byte that stands there; `None` for the end.
    pub found: Option<u8>,
}

struct Found(Option<u8>);

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(byte @ b' '..=b'~') => write!(f, "`{}`", char::from(byte)),
            Some(byte) => write!(f, "`{}`", byte.escape_ascii()),
            None => f.write_str("the end of the line"),
        }
    }
}
