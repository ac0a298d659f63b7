//! The consent page, and what is sent from it.

use super::super::page::{self, ConsentPage};
use super::super::{Refusal, ServerCall};
use super::{fulfil, leads_to, over, refuse, sent, shown};
use crate::issuer::Response;
use crate::session::{Purpose, SignIn};

/// Asks for consent to some of the scopes.
pub(super) fn show(call: &ServerCall<'_>, purpose: Purpose, user: SignIn, scopes: &[String]) -> Response {
    let action = format!("{}/consent", call.server.paths.flows);
    let login = user.login.clone();
    let scopes: Vec<_> = scopes.iter().map(|scope| (scope.as_str(), meaning(scope))).collect();
    shown(call, purpose, Some(user), |ticket, purpose| {
        let page = ConsentPage {
            action: &action,
            ticket,
            client: purpose.client(),
            login: &login,
            user_code: purpose.user_code(),
            scopes: &scopes,
        };
        page::ask(&page, leads_to(purpose))
    })
}

/// What a scope about the user brings.
fn meaning(scope: &str) -> &'static str {
    match scope {
        "openid" => "who you are",
        "profile" => "your profile, such as your name",
        "email" => "your email address",
        "address" => "your postal address",
        "phone" => "your phone number",
        "groups" => "the groups that you are in",
        "offline_access" => "access while you are away",
        _ => "",
    }
}

/// `POST /v1/consent`: what the page sends. A user who consents does so to all that the
/// request asks for.
pub(in super::super) fn answer(call: &ServerCall<'_>) -> Response {
    try_answer(call).unwrap_or_else(|refusal| page::refusal(&refusal))
}

fn try_answer(call: &ServerCall<'_>) -> Result<Response, Refusal> {
    let (form, Some(ticket)) = sent(call)? else { return Ok(over()) };
    // The ticket of a sign-in page is none of a user, and a user may be gone since.
    let user = ticket.user.filter(|user| call.server.config.user(&user.login).is_some());
    let Some(user) = user else { return Ok(over()) };
    let purpose = ticket.purpose;
    if form.get("decision") != Some("allow") {
        return Ok(refuse(call, &purpose));
    }
    call.server.sessions.consent(&user.login, purpose.client(), purpose.scopes(), call.now());
    Ok(fulfil(call, purpose, user))
}
