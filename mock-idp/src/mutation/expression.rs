use super::template::Template;
use crate::input::{InputError, Node, Table, Value};
use crate::keys::KeyName;

/// The value of a member: a constant, or relative to the time, to the control's
/// own value or to the target's settings.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Expression {
    /// Text with placeholders.
    Text(Template),
    /// A number, a boolean or null, as JSON text.
    Json(String),
    /// A list.
    List(Vec<Self>),
    /// `{ now = seconds, leeways = n }`: now + seconds + n × the target's leeway.
    Now {
        /// Seconds from now; may have a fraction.
        seconds: f64,
        /// How often the target's leeway is added.
        leeways: i64,
        /// Written as a JSON string in place of a number.
        text: bool,
        /// Multiplied by this, such as 1000 for milliseconds.
        times: i64,
    },
    /// `{ of = TEXT, … }`: a text with operations on it.
    Derived {
        /// The text to begin with.
        of: Template,
        /// The operations in their order.
        operations: Vec<TextOperation>,
    },
    /// `{ control = NAME, plus = n }`: the control's own value of that member.
    Control {
        /// The member's name.
        name: String,
        /// Added where the value is a number.
        plus: i64,
    },
    /// `{ random = n }`: random base64url text of that many characters.
    Random(usize),
    /// `{ jwk = KEY }`: a public key as a JWK.
    Jwk {
        /// Whose key.
        key: KeyName,
        /// The JWK's `kid`, if it has one.
        kid: Option<Template>,
    },
    /// `{ x5c = KEY }`: a list with the key's self-signed certificate.
    X5c(KeyName),
}

/// A change to a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextOperation {
    /// Without its first `n` characters.
    DropFirst(usize),
    /// Without its last `n` characters.
    DropLast(usize),
    /// Every character of the first text becomes the second text.
    Replace(String, String),
    /// This text behind it.
    Append(String),
    /// Upper case.
    Upper,
    /// First letter of each word in upper case, where words end at `_`, `-`, `.`, `:`.
    Title,
}

/// Longest random text of one member.
const RANDOM_LIMIT: usize = 1024 * 1024;

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
        } else if let Some(of) = table.get("of") {
            Self::Derived { of: Template::from_node(of, Template::SETTINGS)?, operations: operations(table)? }
        } else if let Some(name) = table.text("control")? {
            Self::Control { name: name.to_owned(), plus: table.get("plus").map_or(Ok(0), Node::as_integer)? }
        } else if let Some(count) = table.get("random") {
            Self::Random(count.as_count(RANDOM_LIMIT)?)
        } else if let Some(key) = table.get("jwk") {
            let kid = table.get("kid").map(|kid| Template::from_node(kid, Template::SETTINGS)).transpose()?;
            Self::Jwk { key: key.as_choice(&KeyName::ALL)?, kid }
        } else if let Some(key) = table.get("x5c") {
            Self::X5c(key.as_choice(&KeyName::ALL)?)
        } else {
            return Err(table
                .node()
                .error("this table is no expression: expected now, of, control, random, jwk or x5c")
                .with_help("for a JSON object write it as text: raw = '{\"a\":1}' in place of set"));
        };
        table.finish()?;
        Ok(expression)
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
