//! The token answer of the grants that have a user, its members in Okta's order.

use serde_json::Value;

use super::super::users;
use super::token_type::TokenType;
use super::{OktaError, Refusal, ServerCall, TokenRequest, refuse_unless, success};
use crate::config::{Client, GrantType};
use crate::issuer::{Response, UserTokens, Wanted};
use crate::json::Object;
use crate::session::Grant;

/// What is granted by an answer.
pub(super) struct Granted<'a> {
    pub(super) grant: &'a Grant,
    pub(super) scopes: &'a [&'a str],
    /// Of the authorization request.
    pub(super) nonce: Option<&'a str>,
    pub(super) refresh_token: Option<&'a str>,
    /// What the access token is for; `None`: the server's audience.
    pub(super) resource: Option<&'a str>,
    /// Claims of the access token besides the usual ones.
    pub(super) also: &'a [(&'static str, Value)],
    /// What an exchange tells of its token (RFC 8693, section 2.2.1).
    pub(super) issued_token_type: Option<TokenType>,
}

impl<'a> Granted<'a> {
    /// These scopes of a grant and nothing else.
    pub(super) fn new(grant: &'a Grant, scopes: &'a [&'a str]) -> Self {
        Self { grant, scopes, nonce: None, refresh_token: None, resource: None, also: &[], issued_token_type: None }
    }
}

/// Whether the user of a grant is still there, and assigned to its client: else what was
/// granted is `gone`.
pub(super) fn check_user(call: &ServerCall<'_>, grant: &Grant, gone: &'static OktaError) -> Result<(), Refusal> {
    let login = &grant.user.login;
    refuse_unless(call.server.config.user(login).is_some(), gone)?;
    refuse_unless(users::is_assigned(call, login, &grant.client), &OktaError::USER_NOT_ASSIGNED)
}

/// The first answer of a grant: with a refresh token where it is asked for, and the
/// client may have one.
pub(super) fn first(
    request: &TokenRequest<'_>,
    grant: &Grant,
    nonce: Option<&str>,
    resource: Option<&str>,
) -> Result<Response, Refusal> {
    let call = request.call;
    let may_refresh = request.client.grants.contains(&GrantType::REFRESH_TOKEN);
    let refresh_token = grant.has("offline_access").then(|| call.server.streams.grants.base64url(43));
    let refresh_token = refresh_token.filter(|_| may_refresh);
    if let Some(token) = &refresh_token {
        call.server.sessions.add_refresh_token(grant, token, call.now());
    }
    let scopes: Vec<&str> = grant.scopes.iter().map(String::as_str).collect();
    let refresh_token = refresh_token.as_deref();
    answer(call, &Granted { nonce, refresh_token, resource, ..Granted::new(grant, &scopes) })
}

pub(super) fn answer(call: &ServerCall<'_>, granted: &Granted<'_>) -> Result<Response, Refusal> {
    let config = &call.server.config;
    let Granted { grant, scopes, nonce, refresh_token, resource, also, issued_token_type } = *granted;
    let user = config.user(&grant.user.login).ok_or_else(|| OktaError::SERVER_ERROR.plain())?;
    let tokens = UserTokens { grant, user: &user, scopes, nonce, jkt: call.jkt.as_deref(), resource, also };
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
        .with_some("id_token", id_token)
        .with_some("issued_token_type", issued_token_type.map(TokenType::uri));
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
