//! JSON objects as a token may hold them: no member twice, at any depth (RFC 7515 4, RFC 7519 4).

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::defect::{Defect, Switch};

use super::{encoding, lenient};

/// An object with its members in their order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Object(Vec<(String, Value)>);

impl Object {
    /// Reads strict JSON in UTF-8 that is one object. Deep nesting is an error, not a danger.
    pub(crate) fn read(bytes: &[u8], defect: Switch) -> Option<Self> {
        let text = encoding::text(bytes, defect)?;
        let text = lenient::repaired(&text, defect);
        let Members(members) = serde_json::from_str(&text).ok()?;
        Self::without_duplicates(members, defect)
    }

    fn without_duplicates(members: Vec<(String, Value)>, defect: Switch) -> Option<Self> {
        let mut object = Self::default();
        for (name, value) in members {
            match object.0.iter().find(|(known, _)| *known == name) {
                None => object.0.push((name, value)),
                Some(_) if defect.has(Defect::FirstMemberWins) => (),
                Some(_) if name == "alg" && defect.has(Defect::ChecksFirstAlgUsesLast) => object.0.push((name, value)),
                Some(_) => return None,
            }
        }
        Some(object)
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.members().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// The last of several members of that name, which only a defect lets in.
    pub(crate) fn last(&self, name: &str) -> Option<&Value> {
        self.0.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.as_str()
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    pub(crate) fn members(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }
}

/// The same JSON with each member once, the last of those that stand several times; what can't be
/// read stays as it is.
pub(crate) fn with_last_members(json: Vec<u8>) -> Vec<u8> {
    let last = serde_json::from_slice::<Value>(&json).ok();
    last.and_then(|value| serde_json::to_vec(&value).ok()).unwrap_or(json)
}

/// The members of the outermost object, whatever their names.
struct Members(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Outermost;
        impl<'de> Visitor<'de> for Outermost {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some((name, Strict(value))) = map.next_entry()? {
                    members.push((name, value));
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Outermost)
    }
}

/// A value in which no object names a member twice.
struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Inner).map(Self)
    }
}

struct Inner;

impl<'de> Visitor<'de> for Inner {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(Strict(value)) = seq.next_element()? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some((name, Strict(value))) = map.next_entry::<String, _>()? {
            if members.insert(name, value).is_some() {
                return Err(A::Error::custom("a member stands twice"));
            }
        }
        Ok(Value::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, defect: Option<Defect>) -> Option<Object> {
        Object::read(text.as_bytes(), Switch(defect))
    }

    #[test]
    fn only_an_object_without_duplicates_is_read() {
        assert!(read(r#"{ "\u0061ud": "x", "b": [1.5, null, {"c": "x"}] }"#, None).is_some_and(|it| it.has("aud")));
        for text in ["", "[]", "\"x\"", "1", "null", "{", "{}x", "{}{}", "{'a':1}", r#"{"a":NaN}"#] {
            assert!(read(text, None).is_none(), "{text}");
        }
        for text in [r#"{"a":1,"a":1}"#, r#"{"b":{"a":1,"a":1}}"#, r#"{"a":1,"\u0061":1}"#] {
            assert!(read(text, None).is_none(), "{text}");
        }
        assert!(read(&format!(r#"{{"a":{}"#, "[".repeat(20_000)), None).is_none());
        assert!(read(r#"{"exp":1e400}"#, None).is_none());
    }

    #[test]
    fn the_last_of_several_members_may_count() {
        let json = with_last_members(br#"{"a":1,"b":{"c":1,"c":2},"a":3}"#.to_vec());
        assert_eq!(json, br#"{"a":3,"b":{"c":2}}"#);
        assert_eq!(with_last_members(b"{".to_vec()), b"{");
    }

    #[test]
    fn a_duplicate_is_a_question_that_defects_answer() {
        let first = read(r#"{"a":1,"a":2}"#, Some(Defect::FirstMemberWins)).expect("an object");
        assert_eq!(first.get("a"), Some(&Value::from(1)));
        let both = read(r#"{"alg":1,"alg":2}"#, Some(Defect::ChecksFirstAlgUsesLast)).expect("an object");
        assert_eq!((both.get("alg"), both.last("alg")), (Some(&Value::from(1)), Some(&Value::from(2))));
    }
}
