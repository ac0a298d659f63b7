//! What kind of token one is (RFC 8693, section 3).

/// A token type that is exchanged or asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenType {
    AccessToken,
    IdToken,
    RefreshToken,
    IdJag,
}

impl TokenType {
    const ALL: [Self; 4] = [Self::AccessToken, Self::IdToken, Self::RefreshToken, Self::IdJag];

    /// The type of that identifier.
    pub(super) fn find(uri: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.uri() == uri)
    }

    /// Its identifier.
    pub(super) fn uri(self) -> &'static str {
        match self {
            Self::AccessToken => "urn:ietf:params:oauth:token-type:access_token",
            Self::IdToken => "urn:ietf:params:oauth:token-type:id_token",
            Self::RefreshToken => "urn:ietf:params:oauth:token-type:refresh_token",
            Self::IdJag => "urn:ietf:params:oauth:token-type:id-jag",
        }
    }
}
