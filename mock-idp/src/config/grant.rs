use std::fmt;

/// A grant of Okta's, by its `grant_type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GrantType(&'static str);

impl GrantType {
    /// RFC 6749, section 4.1.
    pub const AUTHORIZATION_CODE: Self = Self("authorization_code");
    /// RFC 6749, section 6.
    pub const REFRESH_TOKEN: Self = Self("refresh_token");
    /// RFC 6749, section 4.4.
    pub const CLIENT_CREDENTIALS: Self = Self("client_credentials");
    /// RFC 6749, section 4.3.
    pub const PASSWORD: Self = Self("password");
    /// RFC 8628, section 3.4.
    pub const DEVICE_CODE: Self = Self("urn:ietf:params:oauth:grant-type:device_code");
    /// RFC 8693.
    pub const TOKEN_EXCHANGE: Self = Self("urn:ietf:params:oauth:grant-type:token-exchange");
    /// RFC 7523, section 2.1.
    pub const JWT_BEARER: Self = Self("urn:ietf:params:oauth:grant-type:jwt-bearer");

    /// Tokens of the authorization endpoint (RFC 6749, section 4.2): no `grant_type`.
    pub const IMPLICIT: Self = Self("implicit");

    /// Every `grant_type` that Okta's token endpoint knows, in the order in
    /// which its error message lists them.
    pub const ALL: [Self; 14] = [
        Self::AUTHORIZATION_CODE,
        Self::REFRESH_TOKEN,
        Self::CLIENT_CREDENTIALS,
        Self::PASSWORD,
        Self::DEVICE_CODE,
        Self::TOKEN_EXCHANGE,
        Self::JWT_BEARER,
        Self("urn:ietf:params:oauth:grant-type:saml2-bearer"),
        Self("interaction_code"),
        Self("urn:openid:params:grant-type:ciba"),
        Self("urn:okta:params:oauth:grant-type:otp"),
        Self("urn:okta:params:oauth:grant-type:oob"),
        Self("http://auth0.com/oauth/grant-type/mfa-otp"),
        Self("http://auth0.com/oauth/grant-type/mfa-oob"),
    ];

    /// The grants that this issuer can carry out.
    pub const SERVED: [Self; 8] = [
        Self::AUTHORIZATION_CODE,
        Self::IMPLICIT,
        Self::REFRESH_TOKEN,
        Self::CLIENT_CREDENTIALS,
        Self::PASSWORD,
        Self::DEVICE_CODE,
        Self::TOKEN_EXCHANGE,
        Self::JWT_BEARER,
    ];

    /// The grant of that name.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|grant| grant.0 == name)
    }

    /// Its `grant_type`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for GrantType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}
