//! `application/x-www-form-urlencoded`: bodies of the token endpoint, queries.

use std::collections::HashSet;

use hyper::header::CONTENT_TYPE;

use super::{OktaError, Refusal};
use crate::issuer::Request;

/// What may stand there several times (RFC 8707, section 2).
const REPEATED: &str = "resource";

/// The fields of a form, decoded, in their order.
#[derive(Debug, Default)]
pub(super) struct Form(Vec<(String, String)>);

impl Form {
    pub(super) fn parse(text: &[u8]) -> Self {
        let fields = text.split(|byte| *byte == b'&').filter(|field| !field.is_empty());
        Self(fields.map(field).collect())
    }

    /// The form in the body, if there is one, without a name that stands there twice.
    pub(super) fn of_body(request: &Request) -> Result<Self, Refusal> {
        let content_type = request.header(CONTENT_TYPE).unwrap_or_default();
        let media_type = content_type.split(';').next().unwrap_or_default().trim();
        if !media_type.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return Err(OktaError::WRONG_CONTENT_TYPE.plain());
        }
        let form = Self::parse(&request.body);
        if form.has_duplicate() { Err(OktaError::DUPLICATE_PARAMETER.plain()) } else { Ok(form) }
    }

    /// A form of these fields.
    pub(super) fn of_fields(fields: Vec<(String, String)>) -> Self {
        Self(fields)
    }

    /// Its fields, in their order.
    pub(super) fn into_fields(self) -> Vec<(String, String)> {
        self.0
    }

    /// What stands in the query.
    pub(super) fn of_query(request: &Request) -> Self {
        Self::parse(request.query.as_deref().unwrap_or_default().as_bytes())
    }

    /// The value of a field; an empty one counts as absent (RFC 6749, section 3.2).
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    /// All values of a field that may stand there several times, each once.
    pub(super) fn all(&self, name: &str) -> Vec<&str> {
        let mut values: Vec<&str> = Vec::new();
        for (_, value) in self.0.iter().filter(|(known, value)| known == name && !value.is_empty()) {
            if !values.contains(&value.as_str()) {
                values.push(value);
            }
        }
        values
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Whether a name stands there twice that may not.
    pub(super) fn has_duplicate(&self) -> bool {
        let mut seen = HashSet::new();
        !self.0.iter().all(|(name, _)| name == REPEATED || seen.insert(name))
    }
}

/// What a client's own text looks like in a query: all but the unreserved characters
/// of RFC 3986 (section 2.3) escaped.
pub(super) fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'-' | b'.' | b'_' | b'~' => encoded.push(char::from(byte)),
            byte => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

fn field(text: &[u8]) -> (String, String) {
    let at = text.iter().position(|byte| *byte == b'=').unwrap_or(text.len());
    (decode(&text[..at]), decode(text.get(at + 1..).unwrap_or_default()))
}

/// `+` and `%XX` undone; what is no escape stays as it is.
pub(super) fn decode(text: &[u8]) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, tail)) = rest.split_first() {
        let escape = if *first == b'%' { tail.get(..2).and_then(hexadecimal) } else { None };
        bytes.push(match (first, escape) {
            (_, Some(byte)) => byte,
            (b'+', None) => b' ',
            (byte, None) => *byte,
        });
        rest = if escape.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn hexadecimal(digits: &[u8]) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    Some(digit(*digits.first()?)? * 16 + digit(*digits.get(1)?)?)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("a%20b+c", "a b c")]
    #[case("%C3%A9", "é")]
    #[case("100%", "100%")]
    #[case("%zz%4", "%zz%4")]
    #[case("", "")]
    fn escapes_are_undone_and_the_rest_stays(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(decode(text.as_bytes()), expected);
    }

    #[test]
    fn what_is_encoded_is_decoded_to_itself() {
        assert_eq!(encode("a b&c=é~"), "a%20b%26c%3D%C3%A9~");
        assert_eq!(decode(encode("100% +é").as_bytes()), "100% +é");
    }

    #[test]
    fn fields_are_found_by_name() {
        let form = Form::parse(b"a=1&&b=&c");
        assert_eq!(form.get("a"), Some("1"));
        assert!(!form.has("b") && !form.has("c") && !form.has_duplicate());
        assert!(Form::parse(b"a=1&%61=2").has_duplicate());
        let form = Form::parse(b"resource=a&resource=&resource=b&resource=a");
        assert!(!form.has_duplicate());
        assert_eq!(form.all("resource"), ["a", "b"]);
    }
}
