use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Template;
use crate::input::{InputError, Node, Value};
use crate::random::Random;

/// Any bytes: text, hexadecimal, base64, random, joined or repeated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bytes {
    /// Text with placeholders.
    Text(Template),
    /// These very bytes.
    Raw(Vec<u8>),
    /// Random bytes, base64url-encoded: that many characters.
    RandomText(usize),
    /// One after the other.
    Join(Vec<Self>),
    /// Bytes several times over.
    Repeat(Box<Self>, usize),
}

/// The most bytes that one edit can make.
const LIMIT: usize = 4 * 1024 * 1024;

impl Bytes {
    /// Reads text, or a table `{text}`, `{hex}`, `{base64}`, `{random}`,
    /// `{join}`, each with an optional `times`.
    ///
    /// # Errors
    ///
    /// When it is anything else, or would make more than 4 MiB.
    pub fn from_node(node: &Node) -> Result<Self, InputError> {
        Self::with_placeholders(node, Template::SETTINGS)
    }

    /// As [`Bytes::from_node`], with other placeholders than the settings.
    ///
    /// # Errors
    ///
    /// As [`Bytes::from_node`].
    pub fn with_placeholders(node: &Node, known: &[&'static str]) -> Result<Self, InputError> {
        if matches!(node.value, Value::String(_)) {
            return Template::from_node(node, known).map(Self::Text);
        }
        let table =
            node.as_table().map_err(|_| node.expected("text, or a table { text | hex | base64 | random | join }"))?;
        let bytes = if let Some(text) = table.get("text") {
            Self::Text(Template::from_node(text, known)?)
        } else if let Some(hex) = table.get("hex") {
            Self::Raw(decode_hex(hex)?)
        } else if let Some(text) = table.get("base64") {
            Self::Raw(STANDARD.decode(text.as_str()?).map_err(|_| text.error("this is not base64"))?)
        } else if let Some(count) = table.get("random") {
            Self::RandomText(count.as_count(LIMIT)?)
        } else if let Some(parts) = table.get("join") {
            Self::join(parts, known)?
        } else {
            return Err(node.error("expected one of text, hex, base64, random, join"));
        };
        let times = table.get("times").map(|times| times.as_count(LIMIT)).transpose()?;
        table.finish()?;
        match times {
            Some(times) if bytes.size_hint().saturating_mul(times) > LIMIT => {
                Err(node.error("this makes more than 4 MiB"))
            }
            Some(times) => Ok(Self::Repeat(Box::new(bytes), times)),
            None => Ok(bytes),
        }
    }

    fn join(parts: &Node, known: &[&'static str]) -> Result<Self, InputError> {
        let bytes: Vec<Self> =
            parts.as_array()?.iter().map(|part| Self::with_placeholders(part, known)).collect::<Result<_, _>>()?;
        let joined = Self::Join(bytes);
        if joined.size_hint() > LIMIT { Err(parts.error("this makes more than 4 MiB")) } else { Ok(joined) }
    }

    /// Whether a placeholder of that name is in it.
    #[must_use]
    pub fn uses(&self, name: &str) -> bool {
        match self {
            Self::Text(template) => template.uses(name),
            Self::Repeat(inner, _) => inner.uses(name),
            Self::Join(parts) => parts.iter().any(|part| part.uses(name)),
            Self::Raw(_) | Self::RandomText(_) => false,
        }
    }

    /// The bytes, with a value in every placeholder.
    #[must_use]
    pub fn render(&self, random: &Random, value: &dyn Fn(&str) -> Vec<u8>) -> Vec<u8> {
        match self {
            Self::Text(template) => template.render(value),
            Self::Raw(raw) => raw.clone(),
            Self::RandomText(count) => random.base64url(*count).into_bytes(),
            Self::Join(parts) => parts.iter().flat_map(|part| part.render(random, value)).collect(),
            Self::Repeat(inner, times) => inner.render(random, value).repeat(*times),
        }
    }

    fn size_hint(&self) -> usize {
        match self {
            Self::Text(_) => 64,
            Self::Raw(raw) => raw.len(),
            Self::RandomText(count) => *count,
            Self::Join(parts) => parts.iter().map(Self::size_hint).fold(0, usize::saturating_add),
            Self::Repeat(bytes, times) => bytes.size_hint().saturating_mul(*times),
        }
    }
}

fn decode_hex(node: &Node) -> Result<Vec<u8>, InputError> {
    let wrong = || node.error("this is not hexadecimal: write two digits a byte");
    let digits: Vec<u8> = node.as_str()?.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    digits
        .chunks(2)
        .map(|pair| {
            let [high, low] = pair else {
                return Err(wrong());
            };
            let value = |digit: u8| char::from(digit).to_digit(16).ok_or_else(wrong);
            u8::try_from(value(*high)? * 16 + value(*low)?).map_err(|_| wrong())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(value: &serde_json::Value) -> Result<Bytes, InputError> {
        Bytes::from_node(&Node::from_json(value, "b"))
    }

    #[test]
    fn bytes_are_read_in_every_form() {
        assert_eq!(parse(&serde_json::json!({"hex": "ff 00"})).unwrap(), Bytes::Raw(vec![255, 0]));
        assert_eq!(parse(&serde_json::json!({"base64": "/w=="})).unwrap(), Bytes::Raw(vec![255]));
        assert!(matches!(parse(&serde_json::json!({"text": ".", "times": 3})).unwrap(), Bytes::Repeat(_, 3)));
    }

    #[test]
    fn bytes_know_which_placeholders_they_use() {
        let bytes = parse(&serde_json::json!({"text": "{scope}.", "times": 2})).unwrap();
        assert!(bytes.uses("scope"));
        assert!(!bytes.uses("issuer"));
    }

    #[test]
    fn bytes_are_joined_and_know_the_placeholders_of_their_parts() {
        let bytes = parse(&serde_json::json!({"join": ["Bearer ", {"hex": "ff"}, "{scope}"], "times": 2})).unwrap();
        assert_eq!(bytes.render(&Random::seeded(1), &|_| b"s".to_vec()), b"Bearer \xffsBearer \xffs");
        assert!(bytes.uses("scope") && !bytes.uses("issuer"));
        let huge = serde_json::json!({"random": 3_000_000});
        assert!(parse(&serde_json::json!({"join": [huge, huge]})).is_err());
    }

    #[test]
    fn odd_hexadecimal_and_huge_amounts_are_refused() {
        assert!(parse(&serde_json::json!({"hex": "f"})).is_err());
        assert!(parse(&serde_json::json!({"hex": "zz"})).is_err());
        assert!(parse(&serde_json::json!({"random": 4_000_000, "times": 4_000_000})).is_err());
    }
}
