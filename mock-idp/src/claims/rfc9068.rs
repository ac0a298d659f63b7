//! Access tokens as RFC 9068, section 2.2, profiles them.

use super::TokenSettings;
use crate::json::Object;

/// Client credentials: the subject is the client (section 2.2).
pub(super) fn client_credentials(settings: &TokenSettings, scopes: &[&str], now: i64, jti: &str) -> Object {
    with_scopes(start(settings, settings.subject(), now, jti), settings, scopes)
}

/// Authorization code, for `user`, with the time of the login (section 2.2.1).
pub(super) fn authorization_code(settings: &TokenSettings, scopes: &[&str], now: i64, jti: &str, user: &str) -> Object {
    with_scopes(start(settings, user, now, jti).with("auth_time", now.saturating_sub(1)), settings, scopes)
}

fn start(settings: &TokenSettings, subject: &str, now: i64, jti: &str) -> Object {
    Object::new()
        .with("iss", settings.issuer.as_str())
        .with("exp", now.saturating_add(settings.lifetime))
        .with("aud", settings.audience.as_str())
        .with("sub", subject)
        .with("client_id", settings.client_id.as_str())
        .with("iat", now)
        .with("jti", jti)
}

/// Section 2.2.3.
fn with_scopes(token: Object, settings: &TokenSettings, scopes: &[&str]) -> Object {
    token.with(settings.scope_form.claim(), settings.scope_form.value(scopes))
}
