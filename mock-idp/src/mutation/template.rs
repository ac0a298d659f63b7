use crate::claims::{TokenSettings, authority};
use crate::input::{InputError, Node, nearest};

/// Text with `{placeholders}`. Only names of lower-case letters and `_`
/// between braces are placeholders; any other brace stands for itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Name(String),
}

impl Template {
    /// The placeholders of tokens and of the issuer's steps.
    pub const SETTINGS: &'static [&'static str] = &[
        "issuer",
        "origin",
        "host",
        "second_issuer",
        "audience",
        "scope",
        "other_scope",
        "client_id",
        "subject",
        "token_id",
        "uuid",
        "alg",
        "kid",
        "other_kid",
        "second_kid",
        "listener",
        "listener_host",
    ];

    /// Reads a template whose placeholders are among `known`.
    ///
    /// # Errors
    ///
    /// When the node is no text or names another placeholder.
    pub fn from_node(node: &Node, known: &[&'static str]) -> Result<Self, InputError> {
        let mut pieces = Vec::new();
        let mut rest = node.as_str()?;
        while let Some((before, name, after)) = next_placeholder(rest) {
            if !known.contains(&name) {
                return Err(unknown(node, name, known));
            }
            pieces.push(Piece::Text(before.to_owned()));
            pieces.push(Piece::Name(name.to_owned()));
            rest = after;
        }
        pieces.push(Piece::Text(rest.to_owned()));
        pieces.retain(|piece| !matches!(piece, Piece::Text(text) if text.is_empty()));
        Ok(Self { pieces })
    }

    /// Whether it is that text, without a placeholder.
    #[must_use]
    pub fn is_text(&self, text: &str) -> bool {
        matches!(self.pieces.as_slice(), [Piece::Text(own)] if own == text)
    }

    /// Whether it has that placeholder.
    #[must_use]
    pub fn uses(&self, name: &str) -> bool {
        self.pieces.iter().any(|piece| matches!(piece, Piece::Name(used) if used == name))
    }

    /// The text, where it has no placeholder.
    #[must_use]
    pub fn as_literal(&self) -> Option<String> {
        let text = |piece: &Piece| match piece {
            Piece::Text(text) => Some(text.clone()),
            Piece::Name(_) => None,
        };
        self.pieces.iter().map(text).collect()
    }

    /// Whether it is that placeholder and nothing else.
    #[must_use]
    pub fn is_placeholder(&self, name: &str) -> bool {
        matches!(self.pieces.as_slice(), [Piece::Name(used)] if used == name)
    }

    /// Whether that placeholder stands in it as a word of its own.
    #[must_use]
    pub fn has_word(&self, name: &str) -> bool {
        let marked: String = self
            .pieces
            .iter()
            .map(|piece| match piece {
                Piece::Text(text) => text.clone(),
                Piece::Name(used) if used == name => "{}".to_owned(),
                Piece::Name(used) => format!("{{{used}}}"),
            })
            .collect();
        marked.split(' ').any(|word| word == "{}")
    }

    /// Puts a value into every placeholder.
    #[must_use]
    pub fn render(&self, value: impl Fn(&str) -> Vec<u8>) -> Vec<u8> {
        let mut out = Vec::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => out.extend_from_slice(text.as_bytes()),
                Piece::Name(name) => out.extend_from_slice(&value(name)),
            }
        }
        out
    }
}

/// The value of a settings placeholder; `None` when it is none.
#[must_use]
pub(crate) fn setting(settings: &TokenSettings, name: &str) -> Option<String> {
    let value = match name {
        "issuer" => settings.issuer.as_str(),
        "origin" => settings.origin(),
        "host" => authority(&settings.issuer),
        "second_issuer" => return Some(settings.second_issuer()),
        "audience" => settings.audience.as_str(),
        "scope" => settings.scope.as_str(),
        "other_scope" => settings.other_scope.as_str(),
        "client_id" => settings.client_id.as_str(),
        "subject" => settings.subject(),
        "listener" => settings.listener.as_str(),
        "listener_host" => without_scheme(&settings.listener),
        _ => return None,
    };
    Some(value.to_owned())
}

/// A base address without its scheme: its authority, and its path if it has one.
fn without_scheme(url: &str) -> &str {
    url.split_once("://").map_or(url, |(_, rest)| rest)
}

/// Splits at the first `{name}`.
fn next_placeholder(text: &str) -> Option<(&str, &str, &str)> {
    for (open, _) in text.match_indices('{') {
        let inside = &text[open + 1..];
        let Some(close) = inside.find('}') else {
            continue;
        };
        let name = &inside[..close];
        if !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_') {
            return Some((&text[..open], name, &inside[close + 1..]));
        }
    }
    None
}

fn unknown(node: &Node, name: &str, known: &[&'static str]) -> InputError {
    let help = nearest(name, known.iter().copied())
        .map_or_else(|| format!("known: {}", known.join(", ")), |near| format!("did you mean {{{near}}}?"));
    node.error(format!("{{{name}}} is not a placeholder here")).with_help(help)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Template, InputError> {
        Template::from_node(&Node::from_json(&text.into(), "x"), Template::SETTINGS)
    }

    #[test]
    fn placeholders_are_filled_and_other_braces_stay() {
        let rendered = parse(r#"{"a":"{issuer}/x"}{}"#).unwrap().render(|name| name.to_uppercase().into_bytes());
        assert_eq!(rendered, br#"{"a":"ISSUER/x"}{}"#);
    }

    #[test]
    fn a_mistyped_placeholder_is_an_error() {
        let error = parse("{isuer}").unwrap_err();
        assert_eq!(error.to_string(), "x: {isuer} is not a placeholder here (did you mean {issuer}?)");
    }
}
