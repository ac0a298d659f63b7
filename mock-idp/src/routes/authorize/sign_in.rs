//! The sign-in page, and what is sent from it.

use hyper::StatusCode;

use super::super::browser::{SHOWN_TO, cookie, with_cookie};
use super::super::form::Form;
use super::super::page::{self, SignInPage};
use super::super::{Refusal, ServerCall};
use super::signed_in;
use crate::issuer::Response;
use crate::session::{Asked, Handle, Ticket};

/// Shows the page. Its ticket is good once, and for this browser only: no other site
/// can send it.
pub(super) fn show(call: &ServerCall<'_>, asked: Asked, login: &str, is_wrong: bool) -> Response {
    let draw = &call.server.streams.grants;
    let ticket = draw.base64url(43);
    let known = cookie(call, SHOWN_TO);
    let browser = known.map_or_else(|| draw.base64url(43), str::to_owned);
    let page = SignInPage {
        action: &format!("{}/sign-in", call.server.paths.flows),
        ticket: &ticket,
        client: &asked.client,
        login,
        is_wrong,
        is_open: call.server.config.users.is_empty(),
    };
    let response = page::sign_in(&page, &asked.back);
    call.server.sessions.show(&ticket, Ticket { asked, browser: Handle::of(&browser) }, call.now());
    match known {
        Some(_) => response,
        None => with_cookie(call, response, SHOWN_TO, &browser),
    }
}

/// `POST /v1/sign-in`: what the page sends.
pub(in super::super) fn answer(call: &ServerCall<'_>) -> Response {
    try_answer(call).unwrap_or_else(|refusal| page::refusal(&refusal))
}

fn try_answer(call: &ServerCall<'_>) -> Result<Response, Refusal> {
    let form = Form::of_body(call.request)?;
    let browser = cookie(call, SHOWN_TO).map(Handle::of);
    let asked = form.get("ticket").and_then(|ticket| call.server.sessions.take_ticket(ticket, browser, call.now()));
    let Some(asked) = asked else {
        let text = "This sign-in page was used before, is too old, or was shown to another browser. \
                    Go back to the application and begin anew.";
        return Ok(page::message(StatusCode::BAD_REQUEST, "The sign-in page is over", text));
    };
    let login = form.get("login").unwrap_or_default();
    let user = call.server.config.user(login);
    match user.filter(|user| user.takes(form.get("password").unwrap_or_default())) {
        Some(_) => Ok(signed_in(call, asked, login.to_owned())),
        None => Ok(show(call, asked, login, true)),
    }
}
