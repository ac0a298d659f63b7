//! The token answer of the grants that have a user, its members in Okta's order.

use super::{OktaError, Refusal, ServerCall, success};
use crate::config::Client;
use crate::issuer::{Response, UserTokens};
use crate::json::Object;
use crate::session::Grant;

pub(super) fn answer(
    call: &ServerCall<'_>,
    grant: &Grant,
    scopes: &[&str],
    nonce: Option<&str>,
    refresh_token: Option<&str>,
) -> Result<Response, Refusal> {
    let config = &call.server.config;
    let user = config.user(&grant.user.login).ok_or_else(|| OktaError::SERVER_ERROR.plain())?;
    let tokens = UserTokens { grant, user: &user, scopes, nonce, jkt: call.jkt.as_deref() };
    let (access_token, id_token) =
        call.issuer.user_tokens(call.server, &call.base(), &tokens).map_err(|_| OktaError::SERVER_ERROR.plain())?;
    if refresh_token.is_some() {
        bind(call, grant);
    }
    let body = Object::new()
        .with("token_type", call.token_type())
        .with("expires_in", config.lifetime)
        .with("access_token", access_token)
        .with("scope", scopes.join(" "))
        .with_some("refresh_token", refresh_token)
        .with_some("id_token", id_token);
    Ok(success(body.to_text()))
}

/// Binds a public client's refresh tokens to the key that it holds. A confidential client
/// proves itself whenever it sends one (RFC 9449, section 5).
fn bind(call: &ServerCall<'_>, grant: &Grant) {
    let is_public = call.server.config.client(&grant.client).is_some_and(Client::is_public);
    if let Some(jkt) = call.jkt.as_deref().filter(|_| is_public) {
        call.server.sessions.bind(grant, jkt, call.now());
    }
}
