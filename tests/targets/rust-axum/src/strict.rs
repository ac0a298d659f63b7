//! Reads a segment of a token: strict base64url, strict JSON, an object, and each name once.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// The object in `segment`.
///
/// structure/base64-*: this engine takes neither padding nor foreign characters nor loose bits at
/// the end. structure/*-not-object, structure/payload-bad-json, structure/utf16-or-bom,
/// dos/deep-json: `serde_json` takes UTF-8 only, nothing behind the object, and 128 levels.
pub(crate) fn object(segment: &str) -> Option<Map<String, Value>> {
    let bytes = URL_SAFE_NO_PAD.decode(segment).ok()?;
    match serde_json::from_slice(&bytes) {
        Ok(Once(Value::Object(object))) => Some(object),
        Ok(Once(_)) | Err(_) => None,
    }
}

/// structure/duplicate-claim, structure/duplicate-header-member: a value without a name that
/// stands twice, at any depth. `serde_json` would let the last one win, and a gateway perhaps the
/// first (RFC 7515 4 and RFC 7519 4 allow to refuse).
struct Once(Value);

impl<'de> Deserialize<'de> for Once {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OnceVisitor).map(Once)
    }
}

struct OnceVisitor;

impl<'de> Visitor<'de> for OnceVisitor {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON in which no name stands twice")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut array = Vec::new();
        while let Some(Once(value)) = members.next_element()? {
            array.push(value);
        }
        Ok(array.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some((name, Once(value))) = members.next_entry::<String, Once>()? {
            if object.insert(name, value).is_some() {
                return Err(A::Error::custom("a name stands twice"));
            }
        }
        Ok(object.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: impl AsRef<[u8]>) -> Option<Value> {
        object(&URL_SAFE_NO_PAD.encode(json)).map(Value::Object)
    }

    #[test]
    fn every_kind_of_value_is_read_as_it_stands() {
        let json = r#"{"a":null,"b":true,"c":-1,"d":1,"e":1.5,"f":"\u00eb","g":[1,{"a":2}],"h":{"a":3}}"#;
        assert_eq!(read(json), serde_json::from_str(json).ok());
        assert_eq!(read(" { \"\\u0061\" :\n1 } "), Some(serde_json::json!({ "a": 1 })));
    }

    #[test]
    fn a_name_that_stands_twice_is_refused_at_any_depth() {
        for json in [r#"{"a":1,"a":1}"#, r#"{"a":1,"\u0061":2}"#, r#"{"a":{"b":1,"b":2}}"#, r#"{"a":[{"b":1,"b":2}]}"#]
        {
            assert_eq!(read(json), None, "{json}");
        }
    }

    #[test]
    fn what_is_not_one_json_object_is_refused() {
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(20_000), "]".repeat(20_000));
        for json in
            ["", "{", "[]", "\"x\"", "1", "null", "{}x", "{}{}", "{'a':1}", "{\"a\":NaN}", "{\"a\":1e400}", &deep]
        {
            assert_eq!(read(json), None, "{json:.20}");
        }
        for bytes in [&b"\xef\xbb\xbf{}"[..], b"{\0}\0", b"\0{\0}", b"{\"a\":\"\xff\"}", br#"{"a":"\ud800"}"#] {
            assert_eq!(read(bytes), None, "{bytes:?}");
        }
    }

    #[test]
    fn base64url_is_taken_in_its_one_spelling_only() {
        // `{"a":"?>"}` holds both characters in which the alphabets differ.
        let good = URL_SAFE_NO_PAD.encode(r#"{"a":"?>>~~"}"#);
        assert!(object(&good).is_some(), "{good}");
        let standard = good.replace('-', "+").replace('_', "/");
        assert_ne!(standard, good);
        for bad in [standard, format!("{good}="), format!("{good}=="), format!("{good}~"), format!(" {good}")] {
            assert_eq!(object(&bad), None, "{bad}");
        }
        assert!(object("e30").is_some());
        // The last character carries two bits that nobody reads.
        assert_eq!(object("e31"), None);
    }
}
