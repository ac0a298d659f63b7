//! `/v1/userinfo` (OpenID Connect Core, section 5.3).

use hyper::StatusCode;
use hyper::header::WWW_AUTHENTICATE;

use super::dpop::Shown;
use super::form::Form;
use super::token::uncached;
use super::{OktaError, ServerCall, dpop};
use crate::claims::userinfo;
use crate::config::{ClaimContext, ClaimToken, User};
use crate::issuer::{IssuedToken, Response};
use crate::json::Object;

const INVALID: &str = r#"Bearer error="invalid_token", error_description="The access token is invalid""#;
const INSUFFICIENT: &str = "Bearer error=\"insufficient_scope\", error_description=\"The access token must provide \
                            access to at least one of these scopes - profile, email, address or phone\"";

pub(super) fn answer(call: &ServerCall<'_>) -> Response {
    uncached(try_answer(call))
}

fn try_answer(call: &ServerCall<'_>) -> Response {
    if Form::of_query(call.request).has("access_token") {
        return OktaError::ACCESS_TOKEN_IN_QUERY.plain().response(call.issuer);
    }
    let Some(shown) = Shown::of_request(call) else {
        return OktaError::ACCESS_TOKEN_MISSING.plain().response(call.issuer).with(WWW_AUTHENTICATE, "Bearer");
    };
    let Some(issued) = call.issuer.issued(call.server, &call.base(), shown.token) else {
        return invalid(&shown);
    };
    if let Err(refusal) = dpop::check(call, &shown, &issued) {
        return dpop::challenge(refusal.response(call.issuer), refusal.code(), &refusal.text());
    }
    // Where rights are not in the token, every token has them.
    if !issued.has("openid") && call.server.config.dialect.scope_claim().is_some() {
        return challenge(StatusCode::FORBIDDEN, INSUFFICIENT);
    }
    match call.server.config.user(&issued.subject).filter(|_| !issued.is_stopped(&call.server.config)) {
        Some(user) => Response::json(StatusCode::OK, told(call, &user, &issued).to_text()),
        None => invalid(&shown),
    }
}

/// What userinfo tells of everybody, and the server's own claims.
fn told(call: &ServerCall<'_>, user: &User, issued: &IssuedToken) -> Object {
    let scopes: Vec<&str> = issued.scopes.iter().map(String::as_str).collect();
    let context = ClaimContext { user: Some(user), client: &issued.client, scopes: &scopes };
    let mut told = userinfo(user, &issued.scopes);
    for claim in call.server.config.claims_of(ClaimToken::Id) {
        if let Some(value) = claim.value_for(&context) {
            told.set(&claim.name, value.to_string());
        }
    }
    told
}

fn invalid(shown: &Shown<'_>) -> Response {
    if shown.with_proof {
        let response = Response::empty(StatusCode::UNAUTHORIZED);
        return dpop::challenge(response, "invalid_token", "The access token is invalid");
    }
    challenge(StatusCode::UNAUTHORIZED, INVALID)
}

fn challenge(status: StatusCode, challenge: &'static str) -> Response {
    Response::empty(status).with(WWW_AUTHENTICATE, challenge)
}
