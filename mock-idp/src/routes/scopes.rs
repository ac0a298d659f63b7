//! The scopes of a request: what was asked for, and what may be granted.

use super::answer::is_answer_scope;
use super::form::Form;
use super::{OktaError, Refusal};
use crate::config::{AuthorizationServer, Client, Policy};

/// Scopes about a user, which every server has besides its own.
const OF_USER: [&str; 7] = ["openid", "profile", "email", "address", "phone", "offline_access", "groups"];
/// What only a grant without a user is refused for.
const OF_DEVICE: &str = "device_sso";

/// The scopes asked for, each once, but for those that ask for an answer.
pub(super) fn asked(form: &Form) -> Vec<&str> {
    let mut scopes: Vec<&str> = Vec::new();
    for scope in form.get("scope").unwrap_or_default().split_ascii_whitespace() {
        if !scopes.contains(&scope) && !is_answer_scope(scope) {
            scopes.push(scope);
        }
    }
    scopes
}

/// Whether a scope means nothing without a user.
fn is_about_user(scope: &str) -> bool {
    OF_USER.contains(&scope) || scope == OF_DEVICE
}

/// What a request without a scope gets.
pub(super) fn defaults<'a>(
    server: &'a AuthorizationServer,
    client: &Client,
    policy: &Policy,
) -> Result<Vec<&'a str>, Refusal> {
    let all = server.scopes.iter().filter(|scope| scope.default).map(|scope| scope.name.as_str());
    let scopes: Vec<&str> = all.filter(|scope| client.may_have(scope) && policy.permits(scope)).collect();
    if scopes.is_empty() { Err(OktaError::NO_DEFAULT_SCOPES.plain()) } else { Ok(scopes) }
}

/// The scopes, if the client may have all of them and the policy permits them: one that can't be granted
/// fails the whole request, as at Okta.
pub(super) fn allowed<'a>(client: &Client, policy: &Policy, scopes: Vec<&'a str>) -> Result<Vec<&'a str>, Refusal> {
    let is_denied = |scope: &&str| !client.may_have(scope) || !policy.permits(scope);
    let denied: Vec<&str> = scopes.iter().copied().filter(is_denied).collect();
    match denied.len() {
        0 => Ok(scopes),
        count if count == scopes.len() => Err(OktaError::EVERY_SCOPE_REJECTED.plain()),
        _ => Err(OktaError::SOME_SCOPES_DENIED.about(denied.join(", "))),
    }
}

/// The scopes, if all of them are the server's own; those about a user are refused in
/// words of their own.
pub(super) fn known<'a>(
    server: &AuthorizationServer,
    scopes: Vec<&'a str>,
    about_user: &'static OktaError,
) -> Result<Vec<&'a str>, Refusal> {
    let of_user: Vec<&str> =
        scopes.iter().copied().filter(|scope| is_about_user(scope) && !server.has_scope(scope)).collect();
    if !of_user.is_empty() {
        return Err(about_user.about(of_user.join(", ")));
    }
    if scopes.iter().all(|scope| server.has_scope(scope)) { Ok(scopes) } else { Err(OktaError::UNKNOWN_SCOPE.plain()) }
}

/// Scopes of the server, which who asks for none gets the defaults of: nobody signs in, so
/// there are no others.
pub(super) fn own<'a>(
    server: &'a AuthorizationServer,
    client: &Client,
    policy: &Policy,
    asked: Vec<&'a str>,
    about_user: &'static OktaError,
) -> Result<Vec<&'a str>, Refusal> {
    match asked.is_empty() {
        true => defaults(server, client, policy),
        false => allowed(client, policy, known(server, asked, about_user)?),
    }
}

/// Nobody is there who could consent.
pub(super) fn refuse_consent(
    server: &AuthorizationServer,
    scopes: &[&str],
    refusal: &'static OktaError,
) -> Result<(), Refusal> {
    let needing: Vec<&str> = scopes.iter().copied().filter(|scope| server.needs_consent(scope)).collect();
    if needing.is_empty() { Ok(()) } else { Err(refusal.about(needing.join(", "))) }
}

/// The scopes of a user's sign-in, or the defaults. Those about the user are any
/// client's; they take `openid`, but for the one that asks for a refresh token.
pub(super) fn of_user<'a>(
    server: &'a AuthorizationServer,
    client: &Client,
    policy: &Policy,
    form: &'a Form,
) -> Result<Vec<&'a str>, Refusal> {
    let asked = asked(form);
    if asked.is_empty() {
        return defaults(server, client, policy);
    }
    if !asked.iter().all(|scope| OF_USER.contains(scope) || server.has_scope(scope)) {
        return Err(OktaError::UNKNOWN_SCOPE.plain());
    }
    let needs_openid = |scope: &&str| OF_USER.contains(scope) && *scope != "offline_access" && !server.has_scope(scope);
    if asked.iter().any(needs_openid) && !asked.contains(&"openid") {
        return Err(OktaError::OPENID_REQUIRED.plain());
    }
    let own: Vec<&str> = asked.iter().copied().filter(|scope| !OF_USER.contains(scope)).collect();
    allowed(client, policy, own)?;
    Ok(asked)
}
