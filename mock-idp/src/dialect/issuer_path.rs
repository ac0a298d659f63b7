use std::fmt;

use crate::input::{InputError, Node};

/// The path of an issuer identifier, behind scheme and authority: empty where it
/// has none, with a slash at its end where the identifier has one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuerPath(pub(super) String);

impl IssuerPath {
    /// Reads a text that is one.
    ///
    /// # Errors
    ///
    /// When it neither is empty nor begins with a slash, or holds what no
    /// identifier may (RFC 8414, section 2): a query, a fragment, white space.
    pub fn from_node(node: &Node) -> Result<Self, InputError> {
        let path = node.as_str()?;
        let is_allowed = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'?' | b'#');
        let is_path = path.is_empty() || path.starts_with('/') && path.bytes().all(is_allowed);
        is_path.then(|| Self(path.to_owned())).ok_or_else(|| {
            node.error("this is no path of an issuer identifier")
                .with_help("write \"\" for none, or one that begins with a slash, such as /realms/acme, with a slash at its end where the identifier has one")
        })
    }

    /// As it stands in the identifier.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for IssuerPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
