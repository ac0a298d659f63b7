/// An endpoint whose answer can be otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Place {
    /// The authorization endpoint, with what its pages send.
    Authorize,
    /// The token endpoint.
    Token,
    /// The userinfo endpoint.
    Userinfo,
    /// The introspection endpoint.
    Introspect,
    /// The revocation endpoint.
    Revoke,
    /// The JWKS.
    Keys,
    /// The discovery documents.
    Metadata,
    /// The logout endpoint.
    Logout,
    /// Pushed authorization requests (RFC 9126).
    Par,
    /// Device authorization requests (RFC 8628).
    Device,
}

impl Place {
    /// Every place with its word.
    pub const ALL: [(&'static str, Self); 10] = [
        ("authorize", Self::Authorize),
        ("token", Self::Token),
        ("userinfo", Self::Userinfo),
        ("introspect", Self::Introspect),
        ("revoke", Self::Revoke),
        ("keys", Self::Keys),
        ("metadata", Self::Metadata),
        ("logout", Self::Logout),
        ("par", Self::Par),
        ("device", Self::Device),
    ];

    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(_, place)| *place == self).map_or("token", |(word, _)| word)
    }

    /// The place of a route, as the journal names it.
    pub(crate) fn of_route(route: &str) -> Option<Self> {
        match route {
            "sign-in" | "consent" => Some(Self::Authorize),
            "device-authorize" => Some(Self::Device),
            "openid-configuration" | "oauth-authorization-server" => Some(Self::Metadata),
            route => Self::ALL.iter().find(|(word, _)| *word == route).map(|(_, place)| *place),
        }
    }

    /// Whether a sign-in begins there: what is asked for holds for all that comes of it.
    pub(crate) fn begins_sign_in(self) -> bool {
        matches!(self, Self::Authorize | Self::Par | Self::Device)
    }

    /// Whether nobody says there which client it is.
    pub(crate) fn is_of_nobody(self) -> bool {
        matches!(self, Self::Keys | Self::Metadata)
    }
}
