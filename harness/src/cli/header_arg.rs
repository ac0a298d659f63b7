use crate::http::Header;

/// A header line, `Name: value`, that goes with every request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct HeaderArg {
    pub(super) name: String,
    pub(super) value: String,
}

impl HeaderArg {
    /// A line of its two parts, without the white space around them.
    ///
    /// Refused are names that are none (RFC 9110, section 5.1), values that
    /// would end the line, and `Authorization`, which carries what is tested.
    pub(super) fn new(name: &str, value: &str) -> Result<Self, String> {
        let (name, value) = (name.trim(), value.trim());
        if name.is_empty() || !name.bytes().all(is_name_byte) {
            return Err("what stands before the colon is no name of a header: write \"Name: value\"".to_owned());
        }
        if name.eq_ignore_ascii_case("Authorization") {
            return Err("Authorization carries the token of each scenario: it cannot be set".to_owned());
        }
        if value.contains(['\r', '\n', '\0']) {
            return Err(format!("the value of {name} holds a line break or NUL: a header is one line"));
        }
        Ok(Self { name: name.to_owned(), value: value.to_owned() })
    }

    /// The line as the client sends it.
    pub(super) fn header(&self) -> Header {
        Header::new(self.name.as_str(), self.value.as_str())
    }
}

impl std::str::FromStr for HeaderArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once(':') {
            Some((name, value)) => Self::new(name, value),
            None => Err("there is no colon: write \"Name: value\"".to_owned()),
        }
    }
}

/// A `tchar` of RFC 9110, section 5.6.2.
fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_name_and_a_value() {
        let line: HeaderArg = "X-Tenant : a: b ".parse().unwrap();
        assert_eq!(line, HeaderArg { name: "X-Tenant".into(), value: "a: b".into() });
        assert_eq!("X-Empty:".parse::<HeaderArg>().unwrap().value, "");
    }

    #[test]
    fn what_would_forge_a_request_is_refused() {
        for text in ["", "X", ": v", "X Y: v", "authorization: Bearer x", "X: a\r\nY: b", "X: a\nb", "X: a\0b"] {
            assert!(text.parse::<HeaderArg>().is_err(), "{text:?}");
        }
    }
}
