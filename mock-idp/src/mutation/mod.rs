//! The mutation engine's language: one named change to the control token.
//!
//! A mutation is a list of edits, each a table that begins with its word. The
//! same table is read from scenario files (TOML), from the mint endpoint
//! (JSON), from the command line and from Rust, and [`crate::forge`] carries
//! it out.
//!
//! ```
//! use mock_idp::mutation::Mutation;
//!
//! let mutation = Mutation::from_json(&serde_json::json!([
//!     { "claim": "exp", "set": { "now": -3600 } },
//!     { "header": "crit", "set": ["x-badpenny"] },
//! ]))?;
//! assert_eq!(mutation.edits().len(), 2);
//! # Ok::<(), mock_idp::input::InputError>(())
//! ```

mod bytes;
mod describe;
mod edit;
mod expression;
mod parse;
mod parse_expression;
mod parse_signing;
mod template;
mod uses;

pub use bytes::Bytes;
pub use edit::{
    BitPlace, ContentEncryption, EcdsaNumbers, Edit, HmacSecret, Jwe, JweContent, JweKey, MemberChange, PaddingFault,
    Part, Piece, Place, RoleChange, RsaNumber, SecretPart, Segment, SegmentChange, Serialization, SignatureChange,
    Signer, SigningChoice, TextChange, TokenKind,
};
pub use expression::{Expression, TextOperation, ThumbprintDigest};
pub use template::Template;
pub(crate) use template::setting;

use crate::input::{InputError, Node};
pub use crate::keys::KeyName;

/// What turns the control token into another one. Empty: the control itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Mutation {
    edits: Vec<Edit>,
    source: serde_json::Value,
}

impl Mutation {
    /// No change: the control token.
    #[must_use]
    pub fn control() -> Self {
        Self { edits: Vec::new(), source: serde_json::Value::Array(Vec::new()) }
    }

    /// Reads a list of edits from the input tree.
    ///
    /// # Errors
    ///
    /// When an edit is not in the language; the error names the place.
    pub fn from_node(node: &Node) -> Result<Self, InputError> {
        let edits = node.as_array()?.iter().map(parse::edit).collect::<Result<_, _>>()?;
        Ok(Self { edits, source: node.to_json() })
    }

    /// Reads a list of edits from JSON.
    ///
    /// # Errors
    ///
    /// As [`Mutation::from_node`], with the member's path in place of a span.
    pub fn from_json(value: &serde_json::Value) -> Result<Self, InputError> {
        Self::from_node(&Node::from_json(value, "mutation"))
    }

    /// The edits in their order.
    #[must_use]
    pub fn edits(&self) -> &[Edit] {
        &self.edits
    }

    /// Whether this is the control token.
    #[must_use]
    pub fn is_control(&self) -> bool {
        self.edits.is_empty()
    }

    /// The mutation as the JSON that [`Mutation::from_json`] reads.
    #[must_use]
    pub fn to_json(&self) -> &serde_json::Value {
        &self.source
    }
}
