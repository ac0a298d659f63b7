//! Reads values.

use super::expression::{Expression, TextOperation, ThumbprintDigest};
use super::template::Template;
use crate::input::{InputError, Node, Table, Value};
use crate::keys::KeyName;

/// Longest random text of one member.
const RANDOM_LIMIT: usize = 1024 * 1024;
/// Most texts of a list.
const MANY_LIMIT: usize = 100_000;
/// Most certificates of an `x5c`.
const CERTIFICATE_LIMIT: usize = 1000;
/// Sizes of a random modulus.
const MODULUS_BITS: std::ops::RangeInclusive<usize> = 8..=65_536;

const EXPRESSIONS: &str = "now, of, control, random, many, jwk, random-jwk, kid, x5c, x5t or x5t256";

impl Expression {
    /// Reads a value.
    ///
    /// # Errors
    ///
    /// When a table is none of the known expressions: a JSON object is written
    /// as raw text.
    pub fn from_node(node: &Node) -> Result<Self, InputError> {
        match &node.value {
            Value::String(_) => Template::from_node(node, Template::SETTINGS).map(Self::Text),
            Value::Array(items) => items.iter().map(Self::from_node).collect::<Result<_, _>>().map(Self::List),
            Value::Table(_) => Self::from_table(&node.as_table()?),
            Value::Null | Value::Bool(_) | Value::Integer(_) | Value::Float(_) => {
                Ok(Self::Json(node.to_json().to_string()))
            }
        }
    }

    fn from_table(table: &Table<'_>) -> Result<Self, InputError> {
        let expression = if let Some(seconds) = table.get("now") {
            Self::now(seconds, table)?
        } else if let Some(count) = table.get("many") {
            let known: Vec<&'static str> = [Template::SETTINGS, &["n"]].concat();
            Self::Many { count: count.as_count(MANY_LIMIT)?, of: Template::from_node(table.require("of")?, &known)? }
        } else if let Some(of) = table.get("of") {
            Self::Derived { of: Template::from_node(of, Template::SETTINGS)?, operations: operations(table)? }
        } else if let Some(name) = table.text("control")? {
            Self::Control { name: name.to_owned(), plus: table.get("plus").map_or(Ok(0), Node::as_integer)? }
        } else if let Some(count) = table.get("random") {
            Self::Random(count.as_count(RANDOM_LIMIT)?)
        } else if let Some(key) = table.get("jwk") {
            let kid = table.get("kid").map(|kid| Template::from_node(kid, Template::SETTINGS)).transpose()?;
            Self::Jwk { key: key.as_choice(&KeyName::ALL)?, kid }
        } else if let Some(key) = table.get("kid") {
            Self::Kid(key.as_choice(&KeyName::ALL)?)
        } else if let Some(bits) = table.get("random-jwk") {
            Self::RandomJwk(modulus_bits(bits)?)
        } else if let Some(key) = table.get("x5c") {
            Self::x5c(key, table)?
        } else if let Some(key) = table.get("x5t") {
            Self::CertificateThumbprint { key: key.as_choice(&KeyName::ALL)?, digest: ThumbprintDigest::Sha1 }
        } else if let Some(key) = table.get("x5t256") {
            Self::CertificateThumbprint { key: key.as_choice(&KeyName::ALL)?, digest: ThumbprintDigest::Sha256 }
        } else {
            return Err(table
                .node()
                .error(format!("this table is no expression: expected {EXPRESSIONS}"))
                .with_help("for a JSON object write it as text: raw = '{\"a\":1}' in place of set"));
        };
        table.finish()?;
        Ok(expression)
    }

    fn x5c(key: &Node, table: &Table<'_>) -> Result<Self, InputError> {
        Ok(Self::X5c {
            key: key.as_choice(&KeyName::ALL)?,
            times: table.get("times").map_or(Ok(1), |times| times.as_count(CERTIFICATE_LIMIT))?,
            name: table.get("name").map(|name| Template::from_node(name, Template::SETTINGS)).transpose()?,
        })
    }

    fn now(seconds: &Node, table: &Table<'_>) -> Result<Self, InputError> {
        Ok(Self::Now {
            seconds: seconds.as_number()?,
            leeways: table.get("leeways").map_or(Ok(0), Node::as_integer)?,
            text: table.flag("text")?,
            times: table.get("times").map_or(Ok(1), Node::as_integer)?,
        })
    }
}

fn modulus_bits(node: &Node) -> Result<usize, InputError> {
    let bits = node.as_count(*MODULUS_BITS.end())?;
    if MODULUS_BITS.contains(&bits) { Ok(bits) } else { Err(node.error("a modulus has at least 8 bits")) }
}

fn operations(table: &Table<'_>) -> Result<Vec<TextOperation>, InputError> {
    let mut operations = Vec::new();
    if let Some(count) = table.get("drop-first") {
        operations.push(TextOperation::DropFirst(count.as_count(4096)?));
    }
    if let Some(count) = table.get("drop-last") {
        operations.push(TextOperation::DropLast(count.as_count(4096)?));
    }
    if let Some(pair) = table.get("replace") {
        let [from, to] = pair.as_array()? else {
            return Err(pair.error("expected two texts: [\"from\", \"to\"]"));
        };
        operations.push(TextOperation::Replace(from.as_str()?.to_owned(), to.as_str()?.to_owned()));
    }
    if let Some(text) = table.text("append")? {
        operations.push(TextOperation::Append(text.to_owned()));
    }
    if let Some(text) = table.text("insert")? {
        operations.push(TextOperation::Insert(text.to_owned()));
    }
    if table.flag("lower")? {
        operations.push(TextOperation::Lower);
    }
    if table.flag("upper")? {
        operations.push(TextOperation::Upper);
    }
    if table.flag("title")? {
        operations.push(TextOperation::Title);
    }
    Ok(operations)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_is_refused_with_the_way_to_write_it() {
        let node = Node::from_json(&serde_json::json!({"jkt": "x"}), "set");
        let error = Expression::from_node(&node).unwrap_err();
        assert!(error.help.unwrap().contains("raw = "));
    }

    #[test]
    fn a_time_is_relative_to_now_and_to_the_leeway() {
        let node = Node::from_json(&serde_json::json!({"now": -30, "leeways": -1}), "set");
        let expected = Expression::Now { seconds: -30.0, leeways: -1, text: false, times: 1 };
        assert_eq!(Expression::from_node(&node).unwrap(), expected);
    }
}
