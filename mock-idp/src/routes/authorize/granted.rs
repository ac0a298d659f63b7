//! What goes back to a client whose user has signed in: a code, tokens (OpenID Connect
//! Core, sections 3.1.2.5, 3.2.2.5 and 3.3.2.5).

use super::super::token::uncached;
use super::super::{OktaError, Refusal, ServerCall, answer, users};
use super::back;
use crate::issuer::{Response, UserTokens, Wanted};
use crate::session::{Asked, Code, Grant, SignIn};

pub(in super::super) fn granted(call: &ServerCall<'_>, asked: Asked, user: SignIn) -> Response {
    let back = asked.back.clone();
    let response = match fields(call, asked, user) {
        Ok(fields) => back::with_fields(call, &back, fields),
        Err(refusal) => back::with_refusal(call, &back, &refusal),
    };
    uncached(response)
}

type Fields = Vec<(&'static str, String)>;

fn fields(call: &ServerCall<'_>, asked: Asked, user: SignIn) -> Result<Fields, Refusal> {
    let draw = &call.server.streams.grants;
    let (code, id) = (draw.base64url(43), call.server.streams.grant_id());
    let Asked { client, response_type, scopes, nonce, challenge, jkt, acr, resources, back, .. } = asked;
    if !users::is_assigned(call, &user.login, &client) {
        return Err(OktaError::USER_NOT_ASSIGNED.plain());
    }
    let grant = Grant { id, client, user, scopes, acr, resources };
    let code = response_type.code.then_some(code);
    let wanted = Wanted { access_token: response_type.token, id_token: response_type.id_token, code: code.as_deref() };
    let tokens = if response_type.has_tokens() { tokens(call, &grant, nonce.as_deref(), wanted)? } else { Vec::new() };
    let mut fields = Vec::new();
    if let Some(code) = code {
        let known = Code { grant, redirect_uri: back.redirect_uri, challenge, nonce, jkt };
        call.server.sessions.issue(&code, known, call.now());
        answer::carry(call, &code);
        fields.push(("code", code));
    }
    fields.extend(tokens);
    Ok(fields)
}

fn tokens(call: &ServerCall<'_>, grant: &Grant, nonce: Option<&str>, wanted: Wanted<'_>) -> Result<Fields, Refusal> {
    let config = &call.server.config;
    let user = config.user(&grant.user.login).ok_or_else(|| OktaError::SERVER_ERROR.plain())?;
    let scopes: Vec<&str> = grant.scopes.iter().map(String::as_str).collect();
    let resource = grant.resources.first().map(String::as_str);
    let tokens = UserTokens { grant, user: &user, scopes: &scopes, nonce, jkt: None, resource, also: &[] };
    call.server.sessions.begin(grant, call.now());
    let made = call.issuer.user_tokens(call.server, &call.base(), &tokens, wanted);
    let (access_token, id_token) = made.map_err(|_| OktaError::SERVER_ERROR.plain())?;
    let mut fields = Vec::new();
    fields.extend(id_token.map(|token| ("id_token", token)));
    if let Some(token) = access_token {
        let (lifetime, scope) = (config.lifetime.to_string(), scopes.join(" "));
        let about = [("token_type", "Bearer".to_owned()), ("expires_in", lifetime), ("scope", scope)];
        fields.push(("access_token", token));
        fields.extend(about);
    }
    Ok(fields)
}
