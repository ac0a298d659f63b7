//! `POST /v1/introspect` (RFC 7662), the members in Okta's order.

use hyper::StatusCode;

use super::form::Form;
use super::token::{authenticate_for_token, uncached};
use super::{OktaError, Refusal, ServerCall};
use crate::issuer::{IssuedToken, Response};
use crate::json::Object;
use crate::session::Grant;

/// What an answer says of itself, or leaves out: all other claims come last.
const SAID: [&str; 14] =
    ["ver", "jti", "iss", "aud", "iat", "exp", "nbf", "cid", "client_id", "uid", "scp", "scope", "auth_time", "sub"];

pub(super) fn answer(call: &ServerCall<'_>) -> Response {
    uncached(try_answer(call).unwrap_or_else(|refusal| refusal.response(call.issuer)))
}

fn try_answer(call: &ServerCall<'_>) -> Result<Response, Refusal> {
    let form = Form::of_body(call.request)?;
    authenticate_for_token(call, &form)?;
    let token = form.get("token").ok_or_else(|| OktaError::NO_TOKEN.plain())?;
    let config = &call.server.config;
    let stands = |grant: &Grant| config.user(&grant.user.login).is_some() && config.client(&grant.client).is_some();
    let refresh_token = || call.server.sessions.refresh_token(token, call.now()).filter(|(grant, _)| stands(grant));
    let issued = call.issuer.issued(call.server, &call.base(), token);
    let body = match issued.filter(|issued| !issued.is_stopped(config)) {
        Some(issued) => of_access_token(call, &issued),
        None => match refresh_token() {
            Some((grant, ends)) => of_refresh_token(&grant, ends),
            None => Object::new().with("active", false),
        },
    };
    Ok(Response::json(StatusCode::OK, body.to_text()))
}

fn of_access_token(call: &ServerCall<'_>, issued: &IssuedToken) -> Object {
    let of_user = issued.is_of_user();
    let user = call.server.config.user(&issued.subject).filter(|_| of_user);
    let mut body = Object::new()
        .with("active", true)
        .with("token_type", if issued.jkt().is_some() { "DPoP" } else { "Bearer" })
        .with("scope", issued.scopes.join(" "))
        .with("client_id", issued.client.as_str())
        .with_some("username", of_user.then_some(issued.subject.as_str()))
        .with("exp", issued.ends);
    for name in ["iat", "sub", "aud", "iss", "jti"] {
        if let Some(value) = issued.claims.get(name) {
            body.set(name, value.to_owned());
        }
    }
    let mut body = body.with_some("uid", user.map(|user| user.id.clone()));
    for claim in issued.claims.members() {
        let name = claim.plain_name();
        if !SAID.contains(&name.as_ref()) {
            body.set(&name, claim.value.clone());
        }
    }
    body
}

fn of_refresh_token(grant: &Grant, ends: i64) -> Object {
    Object::new()
        .with("active", true)
        .with("token_type", "Bearer")
        .with("scope", grant.scopes.join(" "))
        .with("client_id", grant.client.as_str())
        .with("username", grant.user.login.as_str())
        .with("exp", ends)
        .with("sub", grant.user.login.as_str())
}
