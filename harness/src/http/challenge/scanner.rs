use super::ChallengeError;

/// A place in one line, and the small words of RFC 9110 section 5.6.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scanner<'a> {
    bytes: &'a [u8],
    line: usize,
    at: usize,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(bytes: &'a [u8], line: usize) -> Self {
        Self { bytes, line, at: 0 }
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    pub(super) fn at_end(&self) -> bool {
        self.peek().is_none()
    }

    /// Whether a list element ends here.
    pub(super) fn at_element_end(&self) -> bool {
        matches!(self.peek(), None | Some(b','))
    }

    /// Takes this byte, if it is the next one.
    pub(super) fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    /// Takes bytes for as long as they belong to a set.
    pub(super) fn take_while(&mut self, belongs: impl Fn(u8) -> bool) -> &'a [u8] {
        let rest = &self.bytes[self.at..];
        let length = rest.iter().take_while(|byte| belongs(**byte)).count();
        self.at += length;
        &rest[..length]
    }

    /// Skips spaces and tabs (OWS and BWS).
    pub(super) fn skip_blanks(&mut self) {
        self.take_while(is_blank);
    }

    /// Skips what separates list elements, empty elements included.
    pub(super) fn skip_separators(&mut self) {
        self.take_while(|byte| is_blank(byte) || byte == b',');
    }

    /// Takes a token; `None` where none begins.
    pub(super) fn token(&mut self) -> Option<String> {
        let token = self.take_while(is_token_byte);
        (!token.is_empty()).then(|| token.iter().copied().map(char::from).collect())
    }

    /// Takes a token68 that fills the rest of a list element; else nothing.
    pub(super) fn token68(&mut self) -> Option<String> {
        let mut ahead = *self;
        let body = ahead.take_while(is_token68_byte);
        ahead.take_while(|byte| byte == b'=');
        let text = &self.bytes[self.at..ahead.at];
        ahead.skip_blanks();
        if body.is_empty() || !ahead.at_element_end() {
            return None;
        }
        *self = ahead;
        Some(text.iter().copied().map(char::from).collect())
    }

    /// Takes a quoted string from its opening quote on, and undoes its escapes.
    pub(super) fn quoted_string(&mut self) -> Result<Vec<u8>, ChallengeError> {
        self.take(b'"');
        let mut value = Vec::new();
        loop {
            value.extend_from_slice(self.take_while(is_quoted_byte));
            if self.take(b'"') {
                return Ok(value);
            }
            if !self.take(b'\\') {
                return Err(self.expected("a closing quote"));
            }
            match self.peek().filter(|byte| is_escapable(*byte)) {
                Some(byte) => value.push(byte),
                None => return Err(self.expected("a character after the backslash")),
            }
            self.at += 1;
        }
    }

    /// The error that something else was expected here.
    pub(super) fn expected(&self, expected: &'static str) -> ChallengeError {
        ChallengeError { line: self.line, at: self.at, expected, found: self.peek() }
    }
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

/// tchar, RFC 9110 5.6.2.
fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// RFC 9110 11.2, without the `=` at the end.
fn is_token68_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte)
}

/// qdtext, RFC 9110 5.6.4.
fn is_quoted_byte(byte: u8) -> bool {
    is_escapable(byte) && !matches!(byte, b'"' | b'\\')
}

/// What may follow a backslash: HTAB, SP, VCHAR, obs-text.
fn is_escapable(byte: u8) -> bool {
    byte == b'\t' || (byte >= b' ' && byte != 0x7f)
}
