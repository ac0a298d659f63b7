/// What is wrong with a token. Its text goes out as `error_description`: a fixed
/// phrase, so that nothing of a token is ever repeated, in the characters that
/// RFC 6750, section 3, allows there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Defect {
    /// Not three non-empty segments of base64url (RFC 7515, section 7.1).
    #[error("the token is no JWT in compact serialization")]
    Structure,
    /// The header is no JSON object with each member once.
    #[error("the header of the token is not readable")]
    Header,
    /// Any other algorithm than RS256 (RFC 8725, section 3.1).
    #[error("the token is signed with an algorithm that is not accepted")]
    Algorithm,
    /// The header asks for an extension (RFC 7515, section 4.1.11).
    #[error("the token needs an extension that is not understood")]
    Extension,
    /// `typ` names another kind of token (RFC 8725, section 3.11).
    #[error("the token is of a type that is not accepted")]
    Type,
    /// The header names no key that the issuer publishes.
    #[error("the token is signed with a key that the issuer does not publish")]
    Key,
    /// The signature is not the key's over these bytes.
    #[error("the signature of the token is wrong")]
    Signature,
    /// The payload is no JSON object with each member once.
    #[error("the claims of the token are not readable")]
    Claims,
    /// `iss` is not the issuer, byte for byte.
    #[error("the token was issued by somebody else")]
    Issuer,
    /// `aud` does not name this API.
    #[error("the token is for another audience")]
    Audience,
    /// `exp` is absent or no number.
    #[error("the token states no expiry")]
    NoExpiry,
    /// `exp` has come.
    #[error("the token has expired")]
    Expired,
    /// `nbf` has not come, or is no number.
    #[error("the token is not valid yet")]
    NotYetValid,
    /// `iat` is no number.
    #[error("the token states no readable time of issue")]
    IssuedAt,
    /// `sub` is absent or no string (RFC 9068, section 2.2).
    #[error("the token states no subject")]
    Subject,
    /// `client_id` or `jti` is absent or no string, or `iat` is absent (RFC 9068, section 2.2).
    #[error("the token lacks a required claim")]
    Required,
}

#[cfg(test)]
impl Defect {
    /// Every defect.
    pub(super) const ALL: [Self; 16] = [
        Self::Structure,
        Self::Header,
        Self::Algorithm,
        Self::Extension,
        Self::Type,
        Self::Key,
        Self::Signature,
        Self::Claims,
        Self::Issuer,
        Self::Audience,
        Self::NoExpiry,
        Self::Expired,
        Self::NotYetValid,
        Self::IssuedAt,
        Self::Subject,
        Self::Required,
    ];
}
