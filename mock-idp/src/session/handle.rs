use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::Digest as _;

/// What a secret is found by: its SHA-256. The secret itself is never kept.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Handle([u8; 32]);

impl Handle {
    pub(crate) fn of(secret: &str) -> Self {
        Self(sha2::Sha256::digest(secret).into())
    }

    /// As text, which gives nothing away of the secret.
    pub(crate) fn to_text(self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Handle(..)")
    }
}
