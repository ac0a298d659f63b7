//! The grant of a resource owner's password (RFC 6749, section 4.3).

use std::borrow::Cow;

use super::super::form::Form;
use super::super::{resources, scopes};
use super::user_answer::{self, grant_now};
use super::{OktaError, Refusal, ServerCall};
use crate::config::{Client, Policy, User};
use crate::issuer::Response;

pub(super) fn answer(
    call: &ServerCall<'_>,
    client: &Client,
    policy: &Policy,
    form: &Form,
) -> Result<Response, Refusal> {
    let config = &call.server.config;
    let user = signed_in(call, form)?;
    let scopes = scopes::of_user(config, client, policy, form)?;
    scopes::refuse_consent(config, &scopes, &OktaError::CONSENT_SCOPES_FOR_PASSWORD)?;
    let resource = resources::asked(config, form)?;
    let grant = grant_now(call, client, &user.login, &scopes, resource)?;
    call.server.sessions.begin(&grant, call.now());
    user_answer::first(call, client, &grant, None, resource)
}

/// The user of that name and password. One who needs a second factor has no way to show it.
fn signed_in<'a>(call: &ServerCall<'a>, form: &Form) -> Result<Cow<'a, User>, Refusal> {
    let required = |name: &str| form.get(name).ok_or_else(|| OktaError::MISSING_PARAMETER.about(name));
    let (login, password) = (required("username")?, required("password")?);
    let user = call.server.config.user(login).filter(|user| user.takes(password));
    let user = user.ok_or_else(|| OktaError::WRONG_PASSWORD.plain())?;
    if user.mfa { Err(OktaError::PASSWORD_WITH_MFA.plain()) } else { Ok(user) }
}
