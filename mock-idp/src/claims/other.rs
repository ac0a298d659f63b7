//! Tokens that are no access tokens; the same in every shape.

use super::{DEFAULT_USER, DEFAULT_USER_ID, IdToken, TokenSettings};
use crate::json::Object;

/// An ID token for the same client (OpenID Connect Core, section 2), in Okta's order.
#[must_use]
pub fn id_token(settings: &TokenSettings, now: i64, jti: &str) -> Object {
    let claims = IdToken {
        issuer: &settings.issuer,
        client_id: &settings.client_id,
        subject: DEFAULT_USER_ID,
        name: Some(&"Test User".into()),
        email: Some(&DEFAULT_USER.into()),
        login: Some(DEFAULT_USER),
        now,
        lifetime: settings.lifetime,
        auth_time: now.saturating_sub(1),
        jti,
        nonce: Some("n-0S6_WzA2Mj"),
        acr: None,
        at_hash: Some("preview_at_hash_of_a_test"),
        c_hash: None,
    };
    claims.claims()
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
