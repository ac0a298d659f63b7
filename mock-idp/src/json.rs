//! JSON objects as a token needs them: members in order, repeated names and
//! raw value texts kept, so that a mutation can say what `serde_json::Value`
//! can't (duplicates, `1e400`, escapes in names).

use std::borrow::Cow;
use std::fmt;

use serde::de::{MapAccess, SeqAccess, Visitor};

/// An ordered JSON object whose members are raw JSON text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Object {
    members: Vec<Member>,
}

/// One member: the name as a JSON string with its quotes, the value as JSON text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// JSON text of the name, quotes included: `"exp"` or `"\u0065xp"`.
    pub name: String,
    /// JSON text of the value; a mutation may make it anything.
    pub value: String,
}

impl Member {
    /// The name that the JSON text of it spells.
    #[must_use]
    pub fn plain_name(&self) -> Cow<'_, str> {
        // Most names have no escape and need not be read as JSON.
        let inside = self.name.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        if let Some(plain) = inside.filter(|text| text.bytes().all(|byte| byte >= b' ' && !b"\\\"".contains(&byte))) {
            return Cow::Borrowed(plain);
        }
        serde_json::from_str::<String>(&self.name).map_or(Cow::Borrowed(self.name.as_str()), Cow::Owned)
    }
}

impl Object {
    /// An object without members.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The object that a JSON text holds, its members in their order and its values
    /// without white space.
    ///
    /// # Errors
    ///
    /// When the text is no JSON object.
    pub fn from_text(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// Appends a member; the value is serialised as compact JSON.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<serde_json::Value>) -> Self {
        self.members.push(Member { name: quote(name), value: value.into().to_string() });
        self
    }

    /// Appends a member where there is a value for it.
    #[must_use]
    pub fn with_some(self, name: &str, value: Option<impl Into<serde_json::Value>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// Appends a member that is an object.
    #[must_use]
    pub(crate) fn with_object(mut self, name: &str, value: &Self) -> Self {
        self.members.push(Member { name: quote(name), value: value.to_text() });
        self
    }

    /// The members in order.
    #[must_use]
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// The members in order, to be changed.
    pub fn members_mut(&mut self) -> &mut Vec<Member> {
        &mut self.members
    }

    /// JSON text of the first member of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.position(name).map(|at| self.members[at].value.as_str())
    }

    /// The string that the first member of that name holds.
    #[must_use]
    pub fn get_str(&self, name: &str) -> Option<String> {
        serde_json::from_str(self.get(name)?).ok()
    }

    /// Replaces the value in place, or appends the member.
    pub fn set(&mut self, name: &str, value: String) {
        match self.position(name) {
            Some(at) => self.members[at].value = value,
            None => self.members.push(Member { name: quote(name), value }),
        }
    }

    /// Removes every member of that name.
    pub fn remove(&mut self, name: &str) {
        self.members.retain(|member| member.plain_name() != name);
    }

    /// Where the first member of that name stands.
    #[must_use]
    pub fn position(&self, name: &str) -> Option<usize> {
        self.members.iter().position(|member| member.plain_name() == name)
    }

    /// Compact JSON text.
    #[must_use]
    pub fn to_text(&self) -> String {
        let length = |member: &Member| member.name.len() + member.value.len() + 2;
        let mut text = String::with_capacity(self.members.iter().map(length).sum::<usize>() + 2);
        for member in &self.members {
            text.push(if text.is_empty() { '{' } else { ',' });
            text.extend([&member.name, ":", &member.value]);
        }
        if text.is_empty() { "{}".to_owned() } else { text + "}" }
    }

    /// The same members with white space that JSON ignores.
    #[must_use]
    pub fn to_pretty_text(&self) -> String {
        let members: Vec<String> =
            self.members.iter().map(|member| format!("  {} : {}", member.name, member.value)).collect();
        format!("{{\r\n{}\r\n}}\n", members.join(" ,\r\n"))
    }
}

impl<'de> serde::Deserialize<'de> for Object {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members)
    }
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Object;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
        let mut object = Object::new();
        while let Some((name, Compact(value))) = map.next_entry::<String, Compact>()? {
            object.members.push(Member { name: quote(&name), value });
        }
        Ok(object)
    }
}

/// The items of a JSON list, each as compact text; `None` where the text is none.
pub(crate) fn list_items(text: &str) -> Option<Vec<String>> {
    let items: Vec<Compact> = serde_json::from_str(text).ok()?;
    Some(items.into_iter().map(|Compact(text)| text).collect())
}

/// Any JSON value as text without white space, its members in their order.
struct Compact(String);

impl<'de> serde::Deserialize<'de> for Compact {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(CompactText)
    }
}

struct CompactText;

impl<'de> Visitor<'de> for CompactText {
    type Value = Compact;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Compact, E> {
        Ok(Compact("null".to_owned()))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Compact, E> {
        Ok(Compact(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Compact, E> {
        Ok(Compact(value.to_string()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Compact, E> {
        Ok(Compact(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Compact, E> {
        Ok(Compact(serde_json::Value::from(value).to_string()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Compact, E> {
        Ok(Compact(quote(value)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Compact, A::Error> {
        let mut items = Vec::new();
        while let Some(Compact(item)) = list.next_element()? {
            items.push(item);
        }
        Ok(Compact(format!("[{}]", items.join(","))))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Compact, A::Error> {
        Members.visit_map(map).map(|object| Compact(object.to_text()))
    }
}

/// A text as a JSON string.
#[must_use]
pub fn quote(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}

/// A text as a JSON string in which every letter is a `\u` escape.
#[must_use]
pub fn quote_escaped(text: &str) -> String {
    let units: String = text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
    format!("\"{units}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_keep_their_order_and_their_raw_text() {
        let mut object = Object::new().with("b", 1).with("a", "x");
        object.set("b", "1e400".into());
        assert_eq!(object.to_text(), r#"{"b":1e400,"a":"x"}"#);
    }

    #[test]
    fn an_object_is_read_with_its_members_in_order() {
        let object = Object::from_text(r#"{ "b": [1, "x"], "a": {"c": null}, "b": 2 }"#).unwrap();
        assert_eq!(object.to_text(), r#"{"b":[1,"x"],"a":{"c":null},"b":2}"#);
        let nested = r#"{"z":[{"type":"r","name":-1.5,"name":true}],"a":""}"#;
        assert_eq!(Object::from_text(nested).unwrap().to_text(), nested);
        assert!(Object::from_text("[1]").is_err() && Object::from_text("{} x").is_err());
    }

    #[test]
    fn an_escaped_name_is_still_found() {
        let mut object = Object::new();
        object.members_mut().push(Member { name: quote_escaped("aud"), value: "1".into() });
        assert_eq!(object.get("aud"), Some("1"));
        assert_eq!(object.to_text(), r#"{"\u0061\u0075\u0064":1}"#);
    }
}
