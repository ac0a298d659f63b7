//! Where the keys are that a client's assertion is checked with.

use std::borrow::Cow;

use super::super::form::Form;
use super::super::table::{self, Target};
use super::{OktaError, Refusal, ServerCall};
use crate::config::Client;
use crate::issuer::{Inner, Request, WantedKeys};
use crate::jws::Jwt;
use crate::keys::VerifyingKey;
use crate::session::KeySetError;

/// The client's keys: its own, or those that were fetched from where it has them.
pub(super) fn of_client<'a>(call: &ServerCall<'a>, client: &'a Client) -> Result<Cow<'a, [VerifyingKey]>, Refusal> {
    let Some(uri) = &client.jwks_uri else { return Ok(Cow::Borrowed(&client.keys)) };
    match call.server.client_keys.known(uri, call.now()) {
        Ok(keys) => Ok(Cow::Owned(keys.to_vec())),
        Err(KeySetError::Unavailable) => Err(OktaError::JWKS_URI_UNAVAILABLE.plain()),
        Err(KeySetError::Empty) => Err(OktaError::JWKS_URI_WITHOUT_KEYS.plain()),
        Err(KeySetError::Ambiguous) => Err(OktaError::JWKS_URI_AMBIGUOUS.plain()),
    }
}

/// The key set that has to be fetched before this request is answered, if one has to be:
/// it brings an assertion, and the key is not known.
pub(crate) fn wanted(issuer: &Inner, request: &Request) -> Option<WantedKeys> {
    const FIELD: &[u8] = b"client_assertion=";
    if !request.body.windows(FIELD.len()).any(|window| window == FIELD) {
        return None;
    }
    let Target::Server(id, _) = table::find(issuer, &request.method, &request.path) else { return None };
    let server = issuer.server(&id)?;
    let form = Form::of_body(request).ok()?;
    let jwt = Jwt::usable(form.get("client_assertion")?)?;
    let client = server.config.client(form.get("client_id").or_else(|| jwt.text("iss"))?)?;
    let uri = client.jwks_uri.clone()?;
    let is_lacking = server.client_keys.lacks(&uri, jwt.kid(), issuer.now(&server));
    is_lacking.then(|| WantedKeys { server, uri, kid: jwt.kid().map(str::to_owned) })
}
