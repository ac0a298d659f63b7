//! What an issuer is to be.

use std::fmt;
use std::net::SocketAddr;

use mock_idp::claims::{DEFAULT_AUDIENCE, DEFAULT_OTHER_SCOPE, DEFAULT_SCOPE, TokenSettings};
use mock_idp::dialect::Dialect;
use mock_idp::keys::{Algorithm, KeyError, SigningKey};
use mock_idp::state_dir::KeyFile;

use crate::remote::ControlToken;
use crate::token::RealTokens;

/// What an issuer is to be.
#[derive(Debug, Clone)]
pub struct IssuerSettings {
    /// Base address of a `mock-idp` that runs; `None`, the default: an own one.
    pub idp: Option<String>,
    /// What opens its control API.
    pub control_token: Option<ControlToken>,
    /// The whole issuer identifier in the tokens, such as
    /// `https://idp.test/oauth2/default`, where the target knows it by another
    /// address than it listens at.
    pub issuer_url: Option<String>,
    /// Where the own issuer listens, for the scheme that the target is given: a
    /// loopback address, since its control API stands open. Defaults to a free
    /// port on 127.0.0.1.
    pub address: Option<SocketAddr>,
    /// Whether the target is given the https address. Defaults to true.
    pub https: bool,
    /// Whether the identifier says `localhost` in place of `127.0.0.1`, for targets that
    /// take no address for a name. Defaults to false.
    pub by_name: bool,
    /// Whether the usual ports are tried first, so that the address is the same
    /// in the next run. Defaults to false.
    pub lasting_address: bool,
    /// What the own issuer signs with. Defaults to what its key is for, and to RS256
    /// with the built-in one.
    pub algorithm: Option<Algorithm>,
    /// The text of a file with the signing key, PKCS#8 PEM, or with the shared secret
    /// where the algorithm is one of HMAC ([`KeyFile`]). Defaults to the built-in test key.
    pub key_file: Option<KeyText>,
    /// The audience of the API.
    pub audience: String,
    /// The scope that the route needs.
    pub scope: String,
    /// The scope that declared routes need. Defaults to `other_scope`.
    pub other_scope: String,
    /// What the own issuer's honest tokens look like, and where it has what.
    /// Defaults to Okta's.
    pub dialect: Dialect,
    /// Makes identifiers repeatable.
    pub seed: Option<u64>,
    /// A real token in the place of the control, with what it says and the key
    /// that verifies it. Defaults to none.
    pub real: Option<RealControl>,
}

/// A control that another issuer has signed.
#[derive(Debug, Clone)]
pub struct RealControl {
    /// The tokens, kept fresh.
    pub tokens: RealTokens,
    /// What it says.
    pub settings: TokenSettings,
    /// What is known of the key that verifies it.
    pub key: SigningKey,
}

/// The text of a file with a private key or a shared secret. `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyText(String);

impl KeyText {
    /// Takes the text.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The key in it.
    ///
    /// # Errors
    ///
    /// As [`key_of`].
    pub(super) fn key(&self, algorithm: Option<Algorithm>) -> Result<SigningKey, KeyError> {
        key_of(&self.0, algorithm)
    }
}

impl fmt::Debug for KeyText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyText(..)")
    }
}

impl Default for IssuerSettings {
    fn default() -> Self {
        Self {
            idp: None,
            control_token: None,
            issuer_url: None,
            address: None,
            https: true,
            by_name: false,
            lasting_address: false,
            algorithm: None,
            key_file: None,
            audience: DEFAULT_AUDIENCE.to_owned(),
            scope: DEFAULT_SCOPE.to_owned(),
            other_scope: DEFAULT_OTHER_SCOPE.to_owned(),
            dialect: Dialect::default(),
            seed: None,
            real: None,
        }
    }
}

/// The signing key of a file's text, under the `kid` that the file tells, else under
/// its thumbprint (RFC 7638), which its owner can compute as well.
///
/// # Errors
///
/// [`KeyError`] when the text is no private key, or none for that algorithm.
pub fn key_of(text: &str, algorithm: Option<Algorithm>) -> Result<SigningKey, KeyError> {
    let key = KeyFile::parse(text, algorithm)?;
    Ok(match KeyFile::stated_kid(text) {
        Some(_) => key,
        None => key.with_kid(key.thumbprint()),
    })
}
