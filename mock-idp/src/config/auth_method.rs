use crate::keys::Algorithm;

/// How a client authenticates at the token endpoint (RFC 7591, section 2:
/// `token_endpoint_auth_method`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthMethod {
    /// Id and secret in an `Authorization: Basic` header.
    ClientSecretBasic,
    /// `client_id` and `client_secret` in the form.
    ClientSecretPost,
    /// An assertion with an HMAC by the secret, which has 32 characters or more
    /// (RFC 7523, section 2.2).
    ClientSecretJwt,
    /// An assertion that is signed with a private key of the client (RFC 7523,
    /// section 2.2).
    PrivateKeyJwt,
    /// Not at all: the client is public, and sends its `client_id` alone.
    None,
}

/// What kind of application a client is, as Okta tells them apart (`application_type`).
/// Its org authorization server gives client credentials to services only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApplicationType {
    /// One without a user.
    Service,
    /// One with a server of its own.
    Web,
    /// One that is installed.
    Native,
    /// One that runs in a browser.
    Browser,
}

impl AuthMethod {
    /// Every method with its registered name.
    pub const ALL: [(&'static str, Self); 5] = [
        ("client_secret_basic", Self::ClientSecretBasic),
        ("client_secret_post", Self::ClientSecretPost),
        ("client_secret_jwt", Self::ClientSecretJwt),
        ("private_key_jwt", Self::PrivateKeyJwt),
        ("none", Self::None),
    ];

    /// Its registered name.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, method)| *method == self).map_or("client_secret_basic", |(name, _)| name)
    }

    /// What an assertion may be signed with; empty where there is none.
    #[must_use]
    pub fn algorithms(self) -> &'static [Algorithm] {
        match self {
            Self::ClientSecretBasic | Self::ClientSecretPost | Self::None => &[],
            Self::ClientSecretJwt => &[Algorithm::Hs256, Algorithm::Hs384, Algorithm::Hs512],
            Self::PrivateKeyJwt => &[
                Algorithm::Rs256,
                Algorithm::Rs384,
                Algorithm::Rs512,
                Algorithm::Es256,
                Algorithm::Es384,
                Algorithm::Es512,
            ],
        }
    }
}

impl ApplicationType {
    /// Every type with its name.
    pub const ALL: [(&'static str, Self); 4] =
        [("service", Self::Service), ("web", Self::Web), ("native", Self::Native), ("browser", Self::Browser)];
}
