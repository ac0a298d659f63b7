//! The grant of a resource owner's password (RFC 6749, section 4.3).

use std::borrow::Cow;

use super::super::scopes;
use super::{OktaError, Refusal, TokenRequest, user_answer};
use crate::config::User;
use crate::issuer::Response;

pub(super) fn answer(request: &TokenRequest<'_>) -> Result<Response, Refusal> {
    let TokenRequest { call, client, policy, form, .. } = *request;
    let config = request.config();
    let user = signed_in(request)?;
    let scopes = scopes::of_user(config, client, policy, form)?;
    scopes::refuse_consent(config, &scopes, &OktaError::CONSENT_SCOPES_FOR_PASSWORD)?;
    let resource = request.resource()?;
    let grant = request.granted_by(&user.login, &scopes, resource)?;
    call.server.sessions.begin(&grant, call.now());
    user_answer::first(request, &grant, None, resource)
}

/// The user of that name and password. One who needs a second factor has no way to show it.
fn signed_in<'a>(request: &TokenRequest<'a>) -> Result<Cow<'a, User>, Refusal> {
    let (login, password) = (request.required("username")?, request.required("password")?);
    let user = request.config().user(login).filter(|user| user.takes(password));
    let user = user.ok_or_else(|| OktaError::WRONG_PASSWORD.plain())?;
    if user.mfa { Err(OktaError::PASSWORD_WITH_MFA.plain()) } else { Ok(user) }
}
