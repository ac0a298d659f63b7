//! `/v1/logout` (OpenID Connect RP-Initiated Logout, section 2).

use hyper::header::LOCATION;
use hyper::{Method, StatusCode};

use super::browser::{SESSION, cookie, with_cookie};
use super::form::{Form, encode};
use super::token::uncached;
use super::{OktaError, Refusal, ServerCall, page};
use crate::issuer::Response;

pub(super) fn answer(call: &ServerCall<'_>) -> Response {
    match try_answer(call) {
        Ok(response) => {
            if let Some(session) = cookie(call, SESSION) {
                call.server.sessions.sign_out(session, call.now());
            }
            with_cookie(call, uncached(response), SESSION, "")
        }
        Err(refusal) => page::refusal(&refusal),
    }
}

fn try_answer(call: &ServerCall<'_>) -> Result<Response, Refusal> {
    let form =
        if call.request.method == Method::POST { Form::of_body(call.request)? } else { Form::of_query(call.request) };
    let Some(uri) = form.get("post_logout_redirect_uri") else {
        return Ok(page::message(StatusCode::OK, "Signed out", "You are signed out of this authorization server."));
    };
    if !may_go_to(call, &form, uri) {
        return Err(OktaError::WRONG_POST_LOGOUT_URI.plain());
    }
    let mark = if uri.contains('?') { '&' } else { '?' };
    let state = form.get("state").map(|state| format!("{mark}state={}", encode(state))).unwrap_or_default();
    Ok(Response::empty(StatusCode::FOUND).with_text(LOCATION, format!("{uri}{state}")))
}

/// Whether it is the place of the client that the ID Token was issued to, else of the
/// client that is named.
fn may_go_to(call: &ServerCall<'_>, form: &Form, uri: &str) -> bool {
    let hint = form.get("id_token_hint");
    let id_token = hint.and_then(|token| call.issuer.id_token(call.server, &call.base(), token));
    let of_hint = id_token.as_ref().and_then(|id_token| id_token.text("aud"));
    let id = if hint.is_some() { of_hint } else { form.get("client_id") };
    let client = id.and_then(|id| call.server.config.client(id));
    client.is_some_and(|client| client.may_redirect_after_logout(uri))
}
