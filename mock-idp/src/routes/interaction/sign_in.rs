//! The sign-in page, and what is sent from it.

use super::super::page::{self, SignInPage};
use super::super::{Refusal, ServerCall};
use super::{leads_to, over, sent, shown, signed_in};
use crate::issuer::Response;
use crate::session::Purpose;

pub(super) fn show(call: &ServerCall<'_>, purpose: Purpose, login: &str, is_wrong: bool) -> Response {
    let action = format!("{}/sign-in", call.server.paths.flows);
    let is_open = call.server.config.users.is_empty();
    shown(call, purpose, None, |ticket, purpose| {
        let page = SignInPage { action: &action, ticket, client: purpose.client(), login, is_wrong, is_open };
        page::ask(&page, leads_to(purpose))
    })
}

/// `POST /v1/sign-in`: what the page sends.
pub(in super::super) fn answer(call: &ServerCall<'_>) -> Response {
    try_answer(call).unwrap_or_else(|refusal| page::refusal(&refusal))
}

fn try_answer(call: &ServerCall<'_>) -> Result<Response, Refusal> {
    let (form, Some(ticket)) = sent(call)? else { return Ok(over()) };
    let login = form.get("login").unwrap_or_default();
    let user = call.server.config.user(login);
    match user.filter(|user| user.takes(form.get("password").unwrap_or_default())) {
        Some(_) => Ok(signed_in(call, ticket.purpose, login.to_owned(), false)),
        None => Ok(show(call, ticket.purpose, login, true)),
    }
}
