use std::fmt;

use mock_idp::input::{InputError, Node};
use serde::Serialize;

/// A section of a standard, such as `RFC 7519 4.1.4`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    rfc: u32,
    section: String,
}

impl Reference {
    /// Reads `RFC <number> <section>`.
    ///
    /// # Errors
    ///
    /// When the text is anything else.
    pub fn from_node(node: &Node) -> Result<Self, InputError> {
        let text = node.as_str()?;
        let parsed = || {
            let (number, section) = text.strip_prefix("RFC ")?.split_once(' ')?;
            let plain = section
                .split('.')
                .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric()));
            Some(Self { rfc: number.parse().ok()?, section: plain.then(|| section.to_owned())? })
        };
        parsed().ok_or_else(|| node.error("this is no reference").with_help("write it like \"RFC 7519 4.1.4\""))
    }

    /// Where the section can be read.
    #[must_use]
    pub fn url(&self) -> String {
        format!("https://www.rfc-editor.org/rfc/rfc{}#section-{}", self.rfc, self.section)
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RFC {} {}", self.rfc, self.section)
    }
}

impl Serialize for Reference {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
