//! Access tokens of an Okta custom authorization server, as seen on the wire.

use super::{DEFAULT_USER_ID, TokenSettings};
use crate::json::Object;

/// Client credentials.
pub(super) fn client_credentials(settings: &TokenSettings, scopes: &[&str], now: i64, jti: &str) -> Object {
    with_scopes(start(settings, now, jti), settings, scopes).with("sub", settings.subject())
}

/// Authorization code, for `user`: the login name.
pub(super) fn authorization_code(settings: &TokenSettings, scopes: &[&str], now: i64, jti: &str, user: &str) -> Object {
    let token = start(settings, now, jti).with("uid", DEFAULT_USER_ID);
    with_scopes(token, settings, scopes).with("auth_time", now.saturating_sub(1)).with("sub", user)
}

fn start(settings: &TokenSettings, now: i64, jti: &str) -> Object {
    Object::new()
        .with("ver", 1)
        .with("jti", format!("AT.{jti}"))
        .with("iss", settings.issuer.as_str())
        .with("aud", settings.audience.as_str())
        .with("iat", now)
        .with("exp", now.saturating_add(settings.lifetime))
        .with("cid", settings.client_id.as_str())
}

fn with_scopes(token: Object, settings: &TokenSettings, scopes: &[&str]) -> Object {
    token.with(settings.scope_form.claim(), settings.scope_form.value(scopes))
}
