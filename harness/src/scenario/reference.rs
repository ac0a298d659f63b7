use std::fmt;

use mock_idp::input::{InputError, Node, Value};
use serde::Serialize;

/// What asks for a scenario: a section of a standard such as `RFC 7519 4.1.4`,
/// or another document by title and address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    document: Document,
    unverified: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Document {
    Rfc { number: u32, section: String },
    Other { title: String, url: String },
}

impl Reference {
    /// Reads `RFC <number> <section>`, or a table with `title` and `url`.
    ///
    /// # Errors
    ///
    /// When it is anything else.
    pub fn from_node(node: &Node) -> Result<Self, InputError> {
        let document = match &node.value {
            Value::Table(_) => other(node)?,
            _ => rfc(node.as_str()?).ok_or_else(|| {
                node.error("this is no reference")
                    .with_help("write it like \"RFC 7519 4.1.4\", or { title = \"...\", url = \"https://...\" }")
            })?,
        };
        Ok(Self { document, unverified: false })
    }

    /// The same, as one that nobody has checked against the text.
    #[must_use]
    pub fn unverified(self) -> Self {
        Self { unverified: true, ..self }
    }

    /// Whether it was checked against the text.
    #[must_use]
    pub fn is_verified(&self) -> bool {
        !self.unverified
    }

    /// Whether it is that RFC, and within that section where one is named: 4.1.4 is within 4.1.
    #[must_use]
    pub fn is_within(&self, rfc: u32, wanted: Option<&str>) -> bool {
        let Document::Rfc { number, section } = &self.document else { return false };
        let is_below =
            |wanted: &str| section.strip_prefix(wanted).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
        *number == rfc && wanted.is_none_or(is_below)
    }

    /// The RFC and the section; `None` for a document of another kind.
    pub(super) fn rfc(&self) -> Option<(u32, &str)> {
        match &self.document {
            Document::Rfc { number, section } => Some((*number, section)),
            Document::Other { .. } => None,
        }
    }

    /// As it stands in a text: `RFC 7519 section 4.1.4`.
    #[must_use]
    pub fn phrase(&self) -> String {
        match &self.document {
            Document::Rfc { number, section } if self.is_verified() => format!("RFC {number} section {section}"),
            _ => self.to_string(),
        }
    }

    /// Where it can be read.
    #[must_use]
    pub fn url(&self) -> String {
        match &self.document {
            Document::Rfc { number, section } => {
                format!("https://www.rfc-editor.org/rfc/rfc{number}#section-{section}")
            }
            Document::Other { url, .. } => url.clone(),
        }
    }
}

fn rfc(text: &str) -> Option<Document> {
    let (number, section) = text.strip_prefix("RFC ")?.split_once(' ')?;
    let plain =
        section.split('.').all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    Some(Document::Rfc { number: number.parse().ok()?, section: plain.then(|| section.to_owned())? })
}

fn other(node: &Node) -> Result<Document, InputError> {
    let table = node.as_table()?;
    let title = table.require("title")?.as_str()?.to_owned();
    let url = table.require("url")?;
    table.finish()?;
    match url.as_str()? {
        text if text.starts_with("https://") => Ok(Document::Other { title, url: text.to_owned() }),
        _ => Err(url.error("this is no address: it begins with https://")),
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.document {
            Document::Rfc { number, section } => write!(f, "RFC {number} {section}")?,
            Document::Other { title, .. } => f.write_str(title)?,
        }
        if self.unverified { f.write_str(" (unverified)") } else { Ok(()) }
    }
}

impl Serialize for Reference {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
