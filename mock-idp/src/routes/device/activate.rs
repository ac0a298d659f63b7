//! `/activate`: a user enters what a device shows, signs in, and has connected it (RFC
//! 8628, section 3.3).

use std::sync::Arc;

use hyper::{Method, StatusCode};

use super::super::answer::Answers;
use super::super::browser::{Cookie, SHOWN_TO};
use super::super::form::Form;
use super::super::page::{self, ActivatePage};
use super::super::{Refusal, ServerCall, interaction, users};
use super::ACTIVATE;
use crate::issuer::{Inner, Request, Response, ServerState};
use crate::session::{Activation, Handle, Purpose, SignIn};

/// Asks for the code, with the one that the query has; takes what the page sends.
pub(in super::super) fn activate(issuer: &Inner, request: &Request) -> Response {
    if request.method == Method::POST {
        return enter(issuer, request).unwrap_or_else(|refusal| page::refusal(&refusal));
    }
    let user_code = Form::of_query(request).get("user_code").map(plain).unwrap_or_default();
    show(issuer, request, &user_code, false)
}

fn enter(issuer: &Inner, request: &Request) -> Result<Response, Refusal> {
    let form = Form::of_body(request)?;
    let user_code = plain(form.get("user_code").unwrap_or_default());
    // Else another site could connect a stranger's device to whoever is signed in.
    let is_own = browser(request).is_some_and(|browser| form.get("ticket") == Some(&ticket(browser)));
    let Some((server, activation)) = waiting(issuer, &user_code).filter(|_| is_own) else {
        return Ok(show(issuer, request, &user_code, is_own));
    };
    let call = ServerCall::new(issuer, &server, request, Answers::default());
    let hint = activation.login_hint.clone();
    let known = interaction::session(&call).filter(|user| hint.as_ref().is_none_or(|hint| *hint == user.login));
    let purpose = Purpose::Activate(activation);
    Ok(match known {
        Some(user) => interaction::go_on(&call, purpose, user, false),
        None => interaction::begin(&call, purpose, &hint.unwrap_or_default(), false),
    })
}

/// The server of the device that shows that code, and what it asks for. Its client may be
/// gone since.
pub(in super::super) fn waiting(issuer: &Inner, user_code: &str) -> Option<(Arc<ServerState>, Activation)> {
    let find = |server: Arc<ServerState>| {
        let activation = server.sessions.activation(user_code, issuer.now(&server))?;
        server.config.client(&activation.client)?;
        Some((server, activation))
    };
    issuer.servers().into_iter().find_map(find)
}

/// Connects a device to a user, or does not, and says so.
pub(in super::super) fn decided(call: &ServerCall<'_>, activation: &Activation, user: Option<SignIn>) -> Response {
    let is_connected = user.is_some();
    let is_assigned = user.as_ref().is_none_or(|user| users::is_assigned(call, &user.login, &activation.client));
    if !call.server.sessions.decide_device(activation.device, user, call.now()) {
        let text = "The device has waited too long, or somebody has decided already. Begin anew on the device.";
        return page::message(StatusCode::BAD_REQUEST, "The code is over", text);
    }
    if !is_assigned {
        let text = "This user may not use the application of the device, which is told so. This page can be closed.";
        return page::message(StatusCode::FORBIDDEN, "Device not connected", text);
    }
    let (title, text) = match is_connected {
        true => ("Device connected", "Go on at the device: it knows in a few seconds. This page can be closed."),
        false => ("Device not connected", "The device is told that it gets no access. This page can be closed."),
    };
    page::message(StatusCode::OK, title, text)
}

fn show(issuer: &Inner, request: &Request, user_code: &str, is_wrong: bool) -> Response {
    let known = browser(request);
    let browser = known.map_or_else(|| issuer.browser_id(), str::to_owned);
    let page = ActivatePage { action: ACTIVATE, ticket: &ticket(&browser), user_code, is_wrong };
    let response = page::ask(&page, None);
    match known {
        Some(_) => response,
        None => Cookie::of_issuer(SHOWN_TO).give(request, response, &browser),
    }
}

fn browser(request: &Request) -> Option<&str> {
    Cookie::of_issuer(SHOWN_TO).find(request)
}

/// What a page has that this browser alone can send.
fn ticket(browser: &str) -> String {
    Handle::of(browser).to_text()
}

/// A code as people write it.
fn plain(user_code: &str) -> String {
    user_code.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_uppercase()).collect()
}
