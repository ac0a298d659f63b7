//! Client authentication by a signed assertion (RFC 7523, sections 2.2 and 3).

use super::super::form::Form;
use super::credentials::{AssertionId, Proven};
use super::{OktaError, Refusal, ServerCall, client_keys, refuse_unless};
use crate::config::{AuthMethod, Client};
use crate::jws::Jwt;
use crate::keys::{VerifyingKey, hmac_verifies};

const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// How far ahead an assertion may expire, in seconds.
const LONGEST_LIFETIME: i64 = 3600;

/// The client that signed the assertion, if all of it is right; it may have been used before.
pub(super) fn authenticate<'a>(call: &ServerCall<'a>, form: &Form, assertion: &str) -> Result<Proven<'a>, Refusal> {
    if form.get("client_assertion_type") != Some(TYPE) {
        return Err(OktaError::WRONG_ASSERTION_TYPE.plain());
    }
    let jwt = Jwt::usable(assertion).ok_or_else(|| OktaError::ASSERTION_UNREADABLE.plain())?;
    let client = claimed(call, form, &jwt)?;
    let method = method(client, &jwt)?;
    check_signature(call, client, method, &jwt)?;
    check_audience(call, &jwt)?;
    let expiry = check_times(call, &jwt)?;
    let assertion_id = id(&jwt)?.map(|text| AssertionId { text, expiry });
    Ok(Proven { client, method, assertion_id })
}

/// Whom the assertion speaks for: `iss`, `sub` and the form, as far as it says so.
fn claimed<'a>(call: &ServerCall<'a>, form: &Form, jwt: &Jwt<'_>) -> Result<&'a Client, Refusal> {
    let config = &call.server.config;
    let in_form = form
        .get("client_id")
        .map(|id| config.client(id).ok_or_else(|| OktaError::UNKNOWN_CLIENT_IN_FORM.plain()))
        .transpose()?;
    let issuer = jwt.text("iss");
    let client = in_form.or_else(|| config.client(issuer?)).filter(|client| issuer == Some(client.id.as_str()));
    let client = client.ok_or_else(|| OktaError::ASSERTION_ISSUER.plain())?;
    refuse_unless(jwt.text("sub") == Some(client.id.as_str()), &OktaError::ASSERTION_SUBJECT)?;
    Ok(client)
}

/// The method of the client that the assertion's algorithm belongs to.
fn method(client: &Client, jwt: &Jwt<'_>) -> Result<AuthMethod, Refusal> {
    let methods = || client.auth_methods.iter().copied().filter(|method| !method.algorithms().is_empty());
    refuse_unless(methods().next().is_some(), &OktaError::WRONG_AUTH_METHOD)?;
    let of_algorithm = |method: &AuthMethod| jwt.algorithm().is_some_and(|used| method.algorithms().contains(&used));
    methods().find(of_algorithm).ok_or_else(|| OktaError::ASSERTION_ALGORITHM.plain())
}

fn check_signature(call: &ServerCall<'_>, client: &Client, method: AuthMethod, jwt: &Jwt<'_>) -> Result<(), Refusal> {
    let (Some(algorithm), input) = (jwt.algorithm(), jwt.input.as_bytes()) else {
        return Err(OktaError::ASSERTION_ALGORITHM.plain());
    };
    let is_right = match method {
        AuthMethod::PrivateKeyJwt => {
            let keys = client_keys::of_client(call, client)?;
            key(&keys, jwt)?.verifies(algorithm, input, &jwt.signature)
        }
        AuthMethod::ClientSecretJwt => {
            hmac_verifies(algorithm, client.secret.expose().as_bytes(), input, &jwt.signature)
        }
        AuthMethod::ClientSecretBasic | AuthMethod::ClientSecretPost | AuthMethod::None => false,
    };
    refuse_unless(is_right, &OktaError::ASSERTION_SIGNATURE)
}

/// The key that `kid` names. Who has but one key needn't name it.
fn key<'a>(keys: &'a [VerifyingKey], jwt: &Jwt<'_>) -> Result<&'a VerifyingKey, Refusal> {
    let found = match (jwt.kid(), keys) {
        (None, [only]) => Some(only),
        (None, _) => None,
        (Some(kid), keys) => keys.iter().find(|key| key.kid() == Some(kid)),
    };
    found.ok_or_else(|| OktaError::ASSERTION_KID.plain())
}

fn check_audience(call: &ServerCall<'_>, jwt: &Jwt<'_>) -> Result<(), Refusal> {
    let endpoints = call.endpoints();
    let is_right = jwt.audiences().any(|audience| endpoints.iter().any(|endpoint| endpoint == audience));
    refuse_unless(is_right, &OktaError::ASSERTION_AUDIENCE)
}

/// When the assertion expires, if now is its time. `nbf` is a promise of the same
/// kind as `iat` (RFC 7523, section 3).
fn check_times(call: &ServerCall<'_>, jwt: &Jwt<'_>) -> Result<i64, Refusal> {
    let now = call.now();
    let expiry = jwt.time("exp").ok_or_else(|| OktaError::ASSERTION_WITHOUT_EXPIRY.plain())?;
    refuse_unless(expiry > now, &OktaError::ASSERTION_EXPIRED)?;
    refuse_unless(expiry <= now.saturating_add(LONGEST_LIFETIME), &OktaError::ASSERTION_EXPIRES_TOO_LATE)?;
    for name in ["iat", "nbf"].into_iter().filter(|name| jwt.has(name)) {
        let time = jwt.time(name).ok_or_else(|| OktaError::ASSERTION_UNREADABLE.plain())?;
        refuse_unless(time <= now, &OktaError::ASSERTION_ISSUED_IN_FUTURE)?;
    }
    Ok(expiry)
}

fn id(jwt: &Jwt<'_>) -> Result<Option<String>, Refusal> {
    let has_other = jwt.has("jti") && jwt.text("jti").is_none();
    refuse_unless(!has_other, &OktaError::ASSERTION_UNREADABLE)?;
    Ok(jwt.text("jti").map(str::to_owned))
}
