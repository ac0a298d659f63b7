use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::forge::Forged;

/// The answer of `POST /_mock/mint`: a token, and what is known about it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct MintAnswer {
    /// The token as text; bytes that are not UTF-8 are replaced.
    pub token: String,
    /// The exact bytes, in base64.
    pub token_base64: String,
    /// The header as it went in; not always JSON.
    pub header: String,
    /// The payload as it went in; not always JSON.
    pub payload: String,
    /// The `kid` that the header names, where it is a string.
    pub kid: Option<String>,
    /// Whether the issuer publishes a key of that `kid`.
    pub kid_published: bool,
    /// How the token differs from the control, a line each.
    pub changes: Vec<String>,
}

impl From<&Forged> for MintAnswer {
    fn from(forged: &Forged) -> Self {
        Self {
            token: forged.token.expose_text(),
            token_base64: STANDARD.encode(forged.token.expose()),
            header: forged.header.clone(),
            payload: forged.payload.clone(),
            kid: forged.kid.clone(),
            kid_published: forged.kid_published,
            changes: forged.changes.iter().map(ToString::to_string).collect(),
        }
    }
}

/// Shows no usable token.
impl std::fmt::Debug for MintAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MintAnswer").field("kid", &self.kid).field("changes", &self.changes).finish_non_exhaustive()
    }
}
