//! What Okta's org authorization server asks of client credentials besides.

use super::{OktaError, Refusal};
use crate::config::{ApplicationType, AuthMethod, Client};

/// Services only, and those that sign.
pub(super) fn check(client: &Client, method: AuthMethod) -> Result<(), Refusal> {
    if method != AuthMethod::PrivateKeyJwt {
        return Err(OktaError::ORG_WANTS_PRIVATE_KEY_JWT.plain());
    }
    if client.application_type != ApplicationType::Service {
        return Err(OktaError::ORG_WANTS_SERVICE.plain());
    }
    Ok(())
}

/// Of the scopes asked for those that were granted to the application. Unlike a
/// custom server this one passes over the others, as long as one is left.
pub(super) fn granted<'a>(client: &Client, mut scopes: Vec<&'a str>) -> Result<Vec<&'a str>, Refusal> {
    scopes.retain(|scope| client.may_have(scope));
    if scopes.is_empty() { Err(OktaError::NO_SCOPE_OF_ORG_GRANTED.plain()) } else { Ok(scopes) }
}
