use std::ops::Range;

use super::InputError;

/// A value of the input, with the place where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Path from the root of the document, such as `token[0].set`.
    pub path: String,
    /// Byte range in the source; `None` for JSON.
    pub span: Option<Range<usize>>,
    /// What stands there.
    pub value: Value,
}

/// A value of the input: what TOML and JSON share.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// JSON's `null`; TOML has none.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// An integer that fits 64 bits.
    Integer(i64),
    /// Any other number.
    Float(f64),
    /// Text.
    String(String),
    /// A list.
    Array(Vec<Node>),
    /// A table, in the order of the source.
    Table(Vec<Entry>),
}

/// One member of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The member's name.
    pub name: String,
    /// Where the name stands.
    pub name_span: Option<Range<usize>>,
    /// Its value.
    pub node: Node,
}

impl Node {
    /// The tree of a JSON value; paths start at `path`.
    #[must_use]
    pub fn from_json(value: &serde_json::Value, path: &str) -> Self {
        use serde_json::Value as Json;
        let value = match value {
            Json::Null => Value::Null,
            Json::Bool(flag) => Value::Bool(*flag),
            Json::Number(number) => {
                number.as_i64().map_or_else(|| Value::Float(number.as_f64().unwrap_or(f64::NAN)), Value::Integer)
            }
            Json::String(text) => Value::String(text.clone()),
            Json::Array(items) => Value::Array(
                items.iter().enumerate().map(|(i, item)| Self::from_json(item, &format!("{path}[{i}]"))).collect(),
            ),
            Json::Object(members) => Value::Table(
                members
                    .iter()
                    .map(|(name, item)| Entry {
                        name: name.clone(),
                        name_span: None,
                        node: Self::from_json(item, &join(path, name)),
                    })
                    .collect(),
            ),
        };
        Self { path: path.to_owned(), span: None, value }
    }

    /// The same tree as JSON, for sending a mutation to another issuer.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        match &self.value {
            Value::Null => serde_json::Value::Null,
            Value::Bool(flag) => (*flag).into(),
            Value::Integer(number) => (*number).into(),
            Value::Float(number) => (*number).into(),
            Value::String(text) => text.clone().into(),
            Value::Array(items) => items.iter().map(Self::to_json).collect(),
            Value::Table(entries) => serde_json::Value::Object(
                entries.iter().map(|entry| (entry.name.clone(), entry.node.to_json())).collect(),
            ),
        }
    }

    /// An error at this place.
    #[must_use]
    pub fn error(&self, message: impl Into<String>) -> InputError {
        InputError { path: self.path.clone(), span: self.span.clone(), message: message.into(), help: None }
    }

    /// `expected …, found …` at this place.
    #[must_use]
    pub fn expected(&self, what: &str) -> InputError {
        self.error(format!("expected {what}, found {}", self.kind()))
    }

    /// What kind of value this is, for messages.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self.value {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Integer(_) => "an integer",
            Value::Float(_) => "a number",
            Value::String(_) => "a string",
            Value::Array(_) => "an array",
            Value::Table(_) => "a table",
        }
    }
}

/// `path.name`, or `name` at the root.
pub(super) fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}
