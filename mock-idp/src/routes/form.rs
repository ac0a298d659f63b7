//! `application/x-www-form-urlencoded`: bodies of the token endpoint, queries.

/// The fields of a form, decoded, in their order.
#[derive(Debug, Default)]
pub(super) struct Form(Vec<(String, String)>);

impl Form {
    pub(super) fn parse(text: &[u8]) -> Self {
        let fields = text.split(|byte| *byte == b'&').filter(|field| !field.is_empty());
        Self(fields.map(field).collect())
    }

    /// The value of a field; an empty one counts as absent (RFC 6749, section 3.2).
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Whether a name stands there twice.
    pub(super) fn has_duplicate(&self) -> bool {
        self.0.iter().enumerate().any(|(at, (name, _))| self.0[..at].iter().any(|(known, _)| known == name))
    }
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
    fn fields_are_found_by_name() {
        let form = Form::parse(b"a=1&&b=&c");
        assert_eq!(form.get("a"), Some("1"));
        assert!(!form.has("b") && !form.has("c") && !form.has_duplicate());
        assert!(Form::parse(b"a=1&%61=2").has_duplicate());
    }
}
