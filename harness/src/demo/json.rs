use std::fmt;

use serde::de::{Deserializer as _, Error as _, MapAccess, Visitor};
use serde_json::{Deserializer, Map, Value};

/// Reads a JSON object and refuses a member name that stands twice, since two
/// readers might take two different values (RFC 7519, section 4). Only the
/// object's own members are held to that: nothing deeper is ever read.
pub(super) fn parse_object(text: &[u8]) -> serde_json::Result<Map<String, Value>> {
    let mut reader = Deserializer::from_slice(text);
    let object = reader.deserialize_map(UniqueMembers)?;
    reader.end()?;
    Ok(object)
}

struct UniqueMembers;

impl<'de> Visitor<'de> for UniqueMembers {
    type Value = Map<String, Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object whose members have different names")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut object = Map::new();
        while let Some((name, value)) = members.next_entry()? {
            if object.insert(name, value).is_some() {
                return Err(A::Error::custom("a member stands twice"));
            }
        }
        Ok(object)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(r"{}", 0)]
    #[case(" {\n\"a\" : 1, \"b\":[{\"a\":2}] }\t", 2)]
    #[case(r#"{"a":{"b":1},"b":2}"#, 2)]
    fn an_object_is_read(#[case] text: &str, #[case] members: usize) {
        assert_eq!(parse_object(text.as_bytes()).unwrap().len(), members);
    }

    #[rstest]
    #[case::twice(br#"{"a":1,"a":1}"#)]
    #[case::twice_by_an_escape(br#"{"a":1,"\u0061":2}"#)]
    #[case::array(b"[]")]
    #[case::string(br#""a""#)]
    #[case::null(b"null")]
    #[case::empty(b"")]
    #[case::cut_off(br#"{"a":1"#)]
    #[case::more_behind(b"{}x")]
    #[case::two_objects(b"{}{}")]
    #[case::no_utf8(b"{\"a\":\"\xff\"}")]
    #[case::byte_order_mark(b"\xef\xbb\xbf{}")]
    #[case::lone_surrogate(br#"{"a":"\ud800"}"#)]
    #[case::too_large_a_number(br#"{"a":1e400}"#)]
    fn anything_else_is_refused(#[case] text: &[u8]) {
        assert!(parse_object(text).is_err());
    }
}
