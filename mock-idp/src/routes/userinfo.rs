//! `/v1/userinfo` (OpenID Connect Core, section 5.3).

use hyper::StatusCode;
use hyper::header::{AUTHORIZATION, WWW_AUTHENTICATE};

use super::form::Form;
use super::token::uncached;
use super::{OktaError, ServerCall};
use crate::claims::userinfo;
use crate::issuer::Response;

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
    let Some(token) = bearer(call) else {
        return OktaError::ACCESS_TOKEN_MISSING.plain().response(call.issuer).with(WWW_AUTHENTICATE, "Bearer");
    };
    let Some(issued) = call.issuer.issued(call.server, &call.base(), token) else {
        return challenge(StatusCode::UNAUTHORIZED, INVALID);
    };
    // Where rights are not in the token, every token has them.
    if !issued.has("openid") && call.server.config.dialect.scope_claim().is_some() {
        return challenge(StatusCode::FORBIDDEN, INSUFFICIENT);
    }
    match call.server.config.user(&issued.subject) {
        Some(user) => Response::json(StatusCode::OK, userinfo(&user, &issued.scopes).to_text()),
        None => challenge(StatusCode::UNAUTHORIZED, INVALID),
    }
}

fn bearer<'a>(call: &ServerCall<'a>) -> Option<&'a str> {
    let (scheme, token) = call.request.header(AUTHORIZATION)?.split_once(' ')?;
    Some(token.trim()).filter(|token| scheme.eq_ignore_ascii_case("bearer") && !token.is_empty())
}

fn challenge(status: StatusCode, challenge: &'static str) -> Response {
    Response::empty(status).with(WWW_AUTHENTICATE, challenge)
}
