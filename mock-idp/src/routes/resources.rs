//! What access tokens are asked for: the parameter `resource` (RFC 8707, section 2). A server
//! that has no resources passes it over, as Okta's did before it had them.

use super::form::Form;
use super::{OktaError, Refusal};
use crate::config::AuthorizationServer;
use crate::session::Grant;

/// Those of an authorization request.
pub(super) fn asked_for_sign_in(server: &AuthorizationServer, form: &Form) -> Result<Vec<String>, Refusal> {
    Ok(known(server, form)?.into_iter().map(str::to_owned).collect())
}

/// The one of a token request: an access token is for one.
pub(super) fn asked<'a>(server: &AuthorizationServer, form: &'a Form) -> Result<Option<&'a str>, Refusal> {
    only(&known(server, form)?)
}

/// The one that a request names, whatever it is.
pub(super) fn asked_of_any(form: &Form) -> Result<Option<&str>, Refusal> {
    only(&form.all("resource"))
}

/// What the next access token of a grant is for: one of those that it was given for, the
/// first unless the request says which.
pub(super) fn granted<'a>(
    server: &AuthorizationServer,
    grant: &'a Grant,
    form: &'a Form,
) -> Result<Option<&'a str>, Refusal> {
    // One that the server has no more is left out.
    let first = || grant.resources.iter().map(String::as_str).find(|known| server.has_resource(known));
    let Some(asked) = asked(server, form)? else { return Ok(first()) };
    let is_usual = grant.resources.is_empty() && asked == server.audience;
    let is_granted = is_usual || grant.resources.iter().any(|known| known == asked);
    if is_granted { Ok(Some(asked)) } else { Err(OktaError::OTHER_RESOURCE.plain()) }
}

fn only<'a>(resources: &[&'a str]) -> Result<Option<&'a str>, Refusal> {
    match *resources {
        [] => Ok(None),
        [only] => Ok(Some(only)),
        _ => Err(OktaError::TOO_MANY_RESOURCES.about("1")),
    }
}

/// All that a request names.
fn known<'a>(server: &AuthorizationServer, form: &'a Form) -> Result<Vec<&'a str>, Refusal> {
    if server.resources.is_empty() {
        return Ok(Vec::new());
    }
    let asked = form.all("resource");
    match asked.iter().find(|resource| !server.has_resource(resource)) {
        Some(unknown) => Err(OktaError::UNSUPPORTED_RESOURCE.about(*unknown)),
        None => Ok(asked),
    }
}
