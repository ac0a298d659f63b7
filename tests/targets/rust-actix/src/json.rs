//! JSON as a token may hold it: one object, and no name twice.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// Reads `bytes`. `serde_json` itself takes UTF-8 only and at most 128 levels, and nothing behind
/// the object (structure/utf16-or-bom, dos/deep-json, structure/payload-bad-json).
pub(crate) fn object(bytes: &[u8]) -> Option<Map<String, Value>> {
    let Unambiguous(value) = serde_json::from_slice(bytes).ok()?;
    match value {
        Value::Object(members) => Some(members),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => None,
    }
}

/// structure/duplicate-claim, structure/duplicate-header-member: `Value` would keep the last of
/// two members of one name. Which one counts is not to be asked (RFC 7519 4).
struct Unambiguous(Value);

impl<'de> Deserialize<'de> for Unambiguous {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;

        impl<'de> Visitor<'de> for Read {
            type Value = Value;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("JSON without a repeated name")
            }

            fn visit_unit<E>(self) -> Result<Value, E> {
                Ok(Value::Null)
            }

            fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
                Ok(Value::Bool(flag))
            }

            fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
                Ok(Value::Number(number.into()))
            }

            fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
                Ok(Value::Number(number.into()))
            }

            fn visit_f64<E: Error>(self, number: f64) -> Result<Value, E> {
                Number::from_f64(number).map(Value::Number).ok_or_else(|| E::custom("not a finite number"))
            }

            fn visit_str<E>(self, text: &str) -> Result<Value, E> {
                Ok(Value::String(text.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
                let mut values = Vec::new();
                while let Some(Unambiguous(value)) = list.next_element()? {
                    values.push(value);
                }
                Ok(Value::Array(values))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
                let mut members = Map::new();
                while let Some(name) = map.next_key::<String>()? {
                    let Unambiguous(value) = map.next_value()?;
                    if members.insert(name, value).is_some() {
                        return Err(A::Error::custom("a repeated name"));
                    }
                }
                Ok(Value::Object(members))
            }
        }

        deserializer.deserialize_any(Read).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_is_read_as_it_stands() {
        let text = r#"{ "a" : [null, true, -1, 1, 1.5, "\u00eb", {"a": {}}] }"#;
        let read = object(text.as_bytes()).map(Value::Object);
        assert_eq!(read, serde_json::from_str(text).ok());
    }

    #[test]
    fn a_repeated_name_spoils_the_whole() {
        for text in [r#"{"a":1,"a":1}"#, r#"{"a":1,"\u0061":2}"#, r#"{"x":[{"a":1,"a":2}]}"#] {
            assert_eq!(object(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn anything_but_one_object_in_utf_8_is_refused() {
        for text in ["", "[]", "null", "1", "\"x\"", "{", "{}x", "{}{}", "{'a':1}", "{\"a\":Infinity}", "{\"a\":1e400}"]
        {
            assert_eq!(object(text.as_bytes()), None, "{text}");
        }
        for bytes in [&b"\xef\xbb\xbf{}"[..], b"{\0}\0", b"\0{\0}", b"{\"\xff\":1}", br#"{"a":"\udc00"}"#] {
            assert_eq!(object(bytes), None, "{bytes:?}");
        }
        let deep = format!("{{\"a\":{}}}", "[".repeat(20_000));
        assert_eq!(object(deep.as_bytes()), None);
    }
}
