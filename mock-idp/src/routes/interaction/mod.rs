//! What a person does in the browser: to sign in and to consent, for whatever purpose.

mod consent;
mod sign_in;

use hyper::StatusCode;

pub(super) use consent::answer as consent;
pub(super) use sign_in::answer as sign_in;

use super::browser::{SESSION, SHOWN_TO, cookie, with_cookie};
use super::form::Form;
use super::{Refusal, ServerCall, answer, authorize, device, page, users};
use crate::issuer::Response;
use crate::session::{Consent, Handle, Purpose, SignIn, Ticket};

/// Who is signed in with the browser that calls.
pub(super) fn session(call: &ServerCall<'_>) -> Option<SignIn> {
    let user = cookie(call, SESSION).and_then(|cookie| call.server.sessions.signed_in(cookie, call.now()))?;
    call.server.config.user(&user.login).is_some().then_some(user)
}

/// Whether a hint names a user who signs in, and consents, without a page.
pub(super) fn is_headless(call: &ServerCall<'_>, login_hint: &str) -> bool {
    call.server.config.user(login_hint).is_some_and(|user| user.headless)
}

/// Begins with nobody signed in: with a page, but for who is headless.
pub(super) fn begin(call: &ServerCall<'_>, purpose: Purpose, login: &str, is_headless: bool) -> Response {
    match is_headless {
        true => signed_in(call, purpose, login.to_owned(), true),
        false => sign_in::show(call, purpose, login, false),
    }
}

/// Signs a user in with this browser, and goes on.
fn signed_in(call: &ServerCall<'_>, purpose: Purpose, login: String, is_headless: bool) -> Response {
    let user = SignIn { login, auth_time: call.now() };
    let session = call.server.streams.grants.base64url(43);
    call.server.sessions.sign_in(&session, user.clone(), call.now());
    with_cookie(call, go_on(call, purpose, user, is_headless), SESSION, &session)
}

/// Goes on with a user who is signed in, to a page where consent is missing. Who is
/// headless consents to all that is needed without one, and who is not assigned to the
/// client is refused whatever they consent to.
pub(super) fn go_on(call: &ServerCall<'_>, purpose: Purpose, user: SignIn, is_headless: bool) -> Response {
    if !users::is_assigned(call, &user.login, purpose.client()) {
        return fulfil(call, purpose, user);
    }
    if purpose.consent() == Consent::Always {
        let all = purpose.scopes().to_vec();
        return consent::show(call, purpose, user, &all);
    }
    let missing = missing_consents(call, &purpose, &user);
    if missing.is_empty() {
        return fulfil(call, purpose, user);
    }
    if is_headless {
        call.server.sessions.consent(&user.login, purpose.client(), &missing, call.now());
        return fulfil(call, purpose, user);
    }
    consent::show(call, purpose, user, &missing)
}

/// The scopes that need a consent which the user has not given to the client.
pub(super) fn missing_consents(call: &ServerCall<'_>, purpose: &Purpose, user: &SignIn) -> Vec<String> {
    let sessions = &call.server.sessions;
    let is_missing = |scope: &&String| {
        call.server.config.needs_consent(scope)
            && !sessions.has_consented(&user.login, purpose.client(), scope, call.now())
    };
    purpose.scopes().iter().filter(is_missing).cloned().collect()
}

/// Does what the user has signed in for, or says that this user may not have it.
fn fulfil(call: &ServerCall<'_>, purpose: Purpose, user: SignIn) -> Response {
    match purpose {
        Purpose::Authorize(asked) => authorize::granted(call, asked, user),
        Purpose::Activate(activation) => device::decided(call, &activation, Some(user)),
    }
}

/// Does not.
fn refuse(call: &ServerCall<'_>, purpose: &Purpose) -> Response {
    match purpose {
        Purpose::Authorize(asked) => authorize::denied(call, asked),
        Purpose::Activate(activation) => device::decided(call, activation, None),
    }
}

/// Shows a page, whose ticket is good once, and for this browser only: no other site
/// can send it.
fn shown(
    call: &ServerCall<'_>,
    purpose: Purpose,
    user: Option<SignIn>,
    page: impl FnOnce(&str, &Purpose) -> Response,
) -> Response {
    let draw = &call.server.streams.grants;
    let ticket = draw.base64url(43);
    let known = cookie(call, SHOWN_TO);
    let browser = known.map_or_else(|| draw.base64url(43), str::to_owned);
    let response = page(&ticket, &purpose);
    answer::carry(call, &ticket);
    call.server.sessions.show(&ticket, Ticket { purpose, user, browser: Handle::of(&browser) }, call.now());
    match known {
        Some(_) => response,
        None => with_cookie(call, response, SHOWN_TO, &browser),
    }
}

/// The ticket that was sent from a page, with what else was. Its client may be gone since, or
/// take users back elsewhere.
fn sent(call: &ServerCall<'_>) -> Result<(Form, Option<Ticket>), Refusal> {
    let form = Form::of_body(call.request)?;
    let browser = cookie(call, SHOWN_TO).map(Handle::of);
    let ticket = form.get("ticket").and_then(|ticket| call.server.sessions.take_ticket(ticket, browser, call.now()));
    let ticket = ticket.filter(|ticket| {
        let client = call.server.config.client(ticket.purpose.client());
        client.is_some_and(|client| leads_to(&ticket.purpose).is_none_or(|uri| client.may_redirect(uri)))
    });
    Ok((form, ticket))
}

/// The answer to a page whose ticket is none.
fn over() -> Response {
    let text = "This page was used before, is too old, was shown to another browser, or is of an application that \
                was changed meanwhile. \
                Go back to the application and begin anew.";
    page::message(StatusCode::BAD_REQUEST, "The page is over", text)
}

/// Where the browser may be sent from a page.
fn leads_to(purpose: &Purpose) -> Option<&str> {
    match purpose {
        Purpose::Authorize(asked) => Some(&asked.back.redirect_uri),
        Purpose::Activate(_) => None,
    }
}
