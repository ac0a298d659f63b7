use std::borrow::Cow;
use std::fmt;

use super::redact;
use crate::secrecy::may_be_secret;

/// One header line, exactly as it stands on the wire, of a request or an answer.
///
/// The bytes are written as `name: value` CRLF, unchecked: a name may be in any
/// case or no token at all, a value may hold NUL, 0xFF or an obsolete fold.
///
/// Its `Debug` hides the values of fields that carry credentials.
#[derive(Clone, PartialEq, Eq)]
pub struct Header {
    /// The field name, in the case in which it is sent or came.
    pub name: Vec<u8>,
    /// The field value. Of an answer: without surrounding white space.
    pub value: Vec<u8>,
}

impl Header {
    /// A header line of these bytes.
    pub fn new(name: impl Into<Vec<u8>>, value: impl Into<Vec<u8>>) -> Self {
        Self { name: name.into(), value: value.into() }
    }

    /// Whether this is the field of that name, in any case (RFC 9110 5.1).
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name.as_bytes())
    }

    /// The name as text; bytes that are no UTF-8 become U+FFFD.
    #[must_use]
    pub fn name_text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.name)
    }

    /// The value as text; bytes that are no UTF-8 become U+FFFD.
    #[must_use]
    pub fn value_text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.value)
    }

    /// The bytes of this line, with its CRLF.
    pub(super) fn write_to(&self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(&self.name);
        bytes.extend_from_slice(b": ");
        bytes.extend_from_slice(&self.value);
        bytes.extend_from_slice(b"\r\n");
    }

    fn carries_credentials(&self) -> bool {
        CREDENTIAL_FIELDS.iter().any(|name| self.is(name)) || may_be_secret(&self.name_text(), &self.value_text())
    }
}

impl fmt::Debug for Header {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.name.escape_ascii())?;
        if self.carries_credentials() {
            return write!(f, "[{} bytes]", self.value.len());
        }
        write!(f, "{}", redact::jwt_like(&self.value).escape_ascii())
    }
}

const CREDENTIAL_FIELDS: [&str; 4] = ["authorization", "proxy-authorization", "cookie", "set-cookie"];

/// The values of all lines of that name, in order.
pub(super) fn values<'a>(headers: &'a [Header], name: &'a str) -> impl Iterator<Item = &'a [u8]> {
    headers.iter().filter(move |header| header.is(name)).map(|header| header.value.as_slice())
}

/// Whether a comma-separated field such as `Connection` holds that token.
pub(super) fn has_token(headers: &[Header], name: &str, token: &str) -> bool {
    values(headers, name)
        .flat_map(|value| value.split(|byte| *byte == b','))
        .any(|item| item.trim_ascii().eq_ignore_ascii_case(token.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_matches_in_any_case_and_keeps_its_own() {
        let header = Header::new("wWw-Authenticate", "Bearer");
        assert!(header.is("WWW-Authenticate"));
        assert_eq!(header.name_text(), "wWw-Authenticate");
    }

    #[test]
    fn a_token_of_a_list_is_found_across_lines() {
        let headers = [Header::new("connection", "keep-alive , x"), Header::new("Connection", "Close")];
        assert!(has_token(&headers, "connection", "close"));
        assert!(!has_token(&headers, "connection", "clos"));
    }

    #[test]
    fn debug_hides_credentials() {
        let shown = format!("{:?}", Header::new("authorization", "Bearer secret"));
        assert_eq!(shown, "authorization: [13 bytes]");
        assert_eq!(format!("{:?}", Header::new("X", b"a\xff")), r"X: a\xff");
    }
}
