//! The token answer of the grants that have a user, its members in Okta's order.

use super::{OktaError, Refusal, ServerCall, success};
use crate::config::{Client, GrantType};
use crate::issuer::{Response, UserTokens, Wanted};
use crate::json::Object;
use crate::session::Grant;

/// The first answer of a grant: with a refresh token where it is asked for, and the
/// client may have one.
pub(super) fn first(
    call: &ServerCall<'_>,
    client: &Client,
    grant: &Grant,
    nonce: Option<&str>,
) -> Result<Response, Refusal> {
    let may_refresh = client.grants.contains(&GrantType::REFRESH_TOKEN);
    let refresh_token = grant.has("offline_access").then(|| call.server.streams.grants.base64url(43));
    let refresh_token = refresh_token.filter(|_| may_refresh);
    if let Some(token) = &refresh_token {
        call.server.sessions.add_refresh_token(grant, token, call.now());
    }
    let scopes: Vec<&str> = grant.scopes.iter().map(String::as_str).collect();
    answer(call, grant, &scopes, nonce, refresh_token.as_deref())
}

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
    let wanted = Wanted { access_token: true, id_token: scopes.contains(&"openid"), code: None };
    let made = call.issuer.user_tokens(call.server, &call.base(), &tokens, wanted);
    let (access_token, id_token) = made.map_err(|_| OktaError::SERVER_ERROR.plain())?;
    if refresh_token.is_some() {
        bind(call, grant);
    }
    let body = Object::new()
        .with("token_type", call.token_type())
        .with("expires_in", config.lifetime)
        .with_some("access_token", access_token)
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
