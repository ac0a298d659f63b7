use super::read_jwks;
use crate::input::{InputError, Node};
use crate::keys::VerifyingKey;

/// An issuer elsewhere whose assertions an authorization server takes for its users
/// (RFC 7523, section 2.1), ID-JAGs among them.
///
/// ```
/// use mock_idp::config::{AuthorizationServer, TrustedIssuer};
/// use mock_idp::keys::{BuiltinKey, builtin};
/// use serde_json::json;
///
/// let jwk: serde_json::Value = serde_json::from_str(&builtin(BuiltinKey::IssuerP256).public_jwk().to_text())?;
/// let mut orders = AuthorizationServer::new("orders");
/// orders.trusted_issuers.push(TrustedIssuer::new("https://idp.example", &json!({ "keys": [jwk] }))?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TrustedIssuer {
    /// Its identifier, as `iss` spells it.
    pub issuer: String,
    /// Its public keys.
    pub keys: Vec<VerifyingKey>,
}

impl TrustedIssuer {
    /// The issuer of that identifier with these public keys (RFC 7517, section 5).
    ///
    /// # Errors
    ///
    /// When that is no JWKS, or holds something else than public keys; the error names the
    /// key.
    pub fn new(issuer: impl Into<String>, jwks: &serde_json::Value) -> Result<Self, InputError> {
        Ok(Self { issuer: issuer.into(), keys: read_jwks::set(&Node::from_json(jwks, "jwks"))? })
    }
}
