use super::{AuthParam, Challenge, Credentials};

/// What RFC 6750 section 3 forbids, in a `Bearer` challenge that is well-formed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BearerViolation {
    /// When no parameter follows the scheme: one or more must.
    #[error("no parameter follows `Bearer`: RFC 6750 3 wants at least one, such as realm")]
    NoParams,
    /// When a token68 follows the scheme in place of parameters.
    #[error("a token68 follows `Bearer` in place of parameters")]
    Token68,
    /// When a parameter occurs more than once.
    #[error("`{name}` occurs more than once")]
    Duplicate {
        /// Its name, in lower case.
        name: String,
    },
    /// When a parameter that must not be empty is.
    #[error("`{name}` is empty")]
    Empty {
        /// Its name, in lower case.
        name: &'static str,
    },
    /// When `error`, `error_description`, `error_uri` or `scope` holds a byte
    /// outside of the set that it may use.
    #[error("`{name}` holds `{}` at byte {at} of its value, which it must not", found.escape_ascii())]
    Charset {
        /// Its name, in lower case.
        name: &'static str,
        /// The offset in the unquoted value, in bytes from 0.
        at: usize,
        /// The byte.
        found: u8,
    },
    /// When the tokens of `scope` aren't separated by exactly one space.
    #[error("`scope` has an empty token at byte {at}: exactly one space stands between two tokens")]
    ScopeSpacing {
        /// The offset of the empty token, in bytes from 0.
        at: usize,
    },
    /// When `realm` is not a quoted string (RFC 9110 11.5).
    #[error("`realm` is not a quoted string")]
    RealmNotQuoted,
}

/// Everything in a `Bearer` challenge that breaks RFC 6750 section 3; the scheme
/// itself is not looked at.
#[must_use]
pub fn bearer_violations(challenge: &Challenge) -> Vec<BearerViolation> {
    let mut violations = Vec::new();
    match challenge.credentials {
        Credentials::None => violations.push(BearerViolation::NoParams),
        Credentials::Token68(_) => violations.push(BearerViolation::Token68),
        Credentials::Params(_) => {}
    }
    let duplicates = challenge.duplicates().into_iter();
    violations.extend(duplicates.map(|name| BearerViolation::Duplicate { name }));
    for param in challenge.params() {
        violations.extend(violation_of(param));
    }
    violations
}

fn violation_of(param: &AuthParam) -> Option<BearerViolation> {
    if param.is("realm") {
        return (!param.quoted).then_some(BearerViolation::RealmNotQuoted);
    }
    let (name, allowed) = CHARSETS.into_iter().find(|(name, _)| param.is(name))?;
    if param.value.is_empty() {
        return Some(BearerViolation::Empty { name });
    }
    let foreign = param.value.iter().position(|byte| !allowed(*byte));
    if let Some(at) = foreign {
        let found = param.value[at];
        return Some(BearerViolation::Charset { name, at, found });
    }
    let empty = (name == "scope").then(|| empty_token(&param.value))?;
    empty.map(|at| BearerViolation::ScopeSpacing { at })
}

/// The name of a parameter and the bytes that it may hold.
type Charset = (&'static str, fn(u8) -> bool);

/// The parameters of section 3, except `realm`.
const CHARSETS: [Charset; 4] = [
    ("error", is_text_byte),
    ("error_description", is_text_byte),
    ("error_uri", is_visible_byte),
    ("scope", is_text_byte),
];

/// %x20-21 / %x23-5B / %x5D-7E
fn is_text_byte(byte: u8) -> bool {
    byte == b' ' || is_visible_byte(byte)
}

/// %x21 / %x23-5B / %x5D-7E
fn is_visible_byte(byte: u8) -> bool {
    byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\')
}

/// Where the first empty one of space-separated tokens would stand.
fn empty_token(value: &[u8]) -> Option<usize> {
    let mut at = 0;
    for token in value.split(|byte| *byte == b' ') {
        if token.is_empty() {
            return Some(at);
        }
        at += token.len() + 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::super::Challenges;
    use super::*;

    #[rstest]
    #[case(br#"Bearer realm="api""#)]
    #[case(br#"Bearer realm="\"any\" \\ text", error="invalid_token""#)]
    #[case(br#"Bearer error=invalid_token, error_description="It's expired; [1]""#)]
    #[case(br#"Bearer error="insufficient_scope", scope="a b:c/d""#)]
    #[case(br#"Bearer resource_metadata="https://api.test/x""#)]
    fn a_sound_challenge_has_no_violation(#[case] line: &[u8]) {
        assert_eq!(violations(line), []);
    }

    #[rstest]
    #[case(b"Bearer", BearerViolation::NoParams)]
    #[case(b"Bearer abc", BearerViolation::Token68)]
    #[case(b"Bearer realm=api", BearerViolation::RealmNotQuoted)]
    #[case(b"Bearer error=\"\"", BearerViolation::Empty { name: "error" })]
    #[case(b"Bearer a=1, A=2", BearerViolation::Duplicate { name: "a".into() })]
    #[case(br#"Bearer error_description="a\"b""#, BearerViolation::Charset { name: "error_description", at: 1, found: b'"' })]
    #[case(br#"Bearer error_description="a\\b""#, BearerViolation::Charset { name: "error_description", at: 1, found: b'\\' })]
    #[case(b"Bearer error=\"\xc3\xa9\"", BearerViolation::Charset { name: "error", at: 0, found: 0xc3 })]
    #[case(b"Bearer error_description=\"a\tb\"", BearerViolation::Charset { name: "error_description", at: 1, found: b'\t' })]
    #[case(b"Bearer error_uri=\"a b\"", BearerViolation::Charset { name: "error_uri", at: 1, found: b' ' })]
    #[case(b"Bearer scope=\"a  b\"", BearerViolation::ScopeSpacing { at: 2 })]
    #[case(b"Bearer scope=\" a\"", BearerViolation::ScopeSpacing { at: 0 })]
    #[case(b"Bearer scope=\"a \"", BearerViolation::ScopeSpacing { at: 2 })]
    fn a_violation_is_told_with_its_place(#[case] line: &[u8], #[case] expected: BearerViolation) {
        assert_eq!(violations(line), [expected]);
    }

    fn violations(line: &[u8]) -> Vec<BearerViolation> {
        let found = Challenges::parse([line]);
        assert_eq!(found.errors, []);
        bearer_violations(&found.list[0])
    }
}
