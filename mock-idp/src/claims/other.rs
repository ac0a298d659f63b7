//! Tokens that are no access tokens; the same in every shape.

use super::{DEFAULT_USER, DEFAULT_USER_ID, TokenSettings};
use crate::json::Object;

/// An ID token for the same client (OpenID Connect Core, section 2), in Okta's order.
#[must_use]
pub fn id_token(settings: &TokenSettings, now: i64, jti: &str) -> Object {
    Object::new()
        .with("sub", DEFAULT_USER_ID)
        .with("name", "Test User")
        .with("email", DEFAULT_USER)
        .with("ver", 1)
        .with("iss", settings.issuer.as_str())
        .with("aud", settings.client_id.as_str())
        .with("iat", now)
        .with("exp", now.saturating_add(settings.lifetime))
        .with("jti", format!("ID.{jti}"))
        .with("amr", vec!["pwd"])
        .with("idp", "00oBadpennyTestOrg01")
        .with("nonce", "n-0S6_WzA2Mj")
        .with("preferred_username", DEFAULT_USER)
        .with("auth_time", now.saturating_sub(1))
        .with("at_hash", "preview_at_hash_of_a_test")
}

/// A client assertion as in `private_key_jwt` (RFC 7523, section 3): its
/// audience is the token endpoint.
#[must_use]
pub fn client_assertion(settings: &TokenSettings, now: i64, jti: &str) -> Object {
    Object::new()
        .with("iss", settings.client_id.as_str())
        .with("sub", settings.client_id.as_str())
        .with("aud", format!("{}/v1/token", settings.issuer.trim_end_matches('/')))
        .with("iat", now)
        .with("exp", now.saturating_add(300))
        .with("jti", jti)
}
