//! `POST /v1/token` (RFC 6749, section 3.2), with Okta's checks and words.

mod assertion;
mod authorization_code;
mod client_credentials;
mod client_keys;
mod credentials;
mod device_code;
mod id_jag;
mod id_jag_request;
mod jwt_bearer;
mod org;
mod password;
mod refresh_token;
mod request;
mod subject_token;
mod token_exchange;
mod token_type;
mod trusted;
mod user_answer;

use hyper::StatusCode;
use hyper::header::{CACHE_CONTROL, EXPIRES, HeaderName, PRAGMA};

pub(crate) use client_keys::wanted as wanted_keys;
pub(super) use credentials::{authenticate, authenticate_for_token, basic_pair, recognize};
use request::TokenRequest;

use super::form::Form;
use super::{OktaError, Refusal, ServerCall, cors, dpop, network, refuse_unless};
use crate::config::{Client, GrantType};
use crate::issuer::Response;
use crate::session::Rate;

const X_RATE_LIMIT_LIMIT: HeaderName = HeaderName::from_static("x-rate-limit-limit");
const X_RATE_LIMIT_REMAINING: HeaderName = HeaderName::from_static("x-rate-limit-remaining");
const X_RATE_LIMIT_RESET: HeaderName = HeaderName::from_static("x-rate-limit-reset");
const X_ROBOTS_TAG: HeaderName = HeaderName::from_static("x-robots-tag");

pub(super) fn answer(call: &ServerCall<'_>) -> Response {
    let (limit, rate) = rate(call);
    let granted = if rate.is_exceeded { Err(OktaError::RATE_LIMITED.plain()) } else { grant(call) };
    let response = granted.unwrap_or_else(|refusal| dpop::refusal(call, &refusal));
    uncached(response)
        .with_text(X_RATE_LIMIT_LIMIT, limit.to_string())
        .with_text(X_RATE_LIMIT_REMAINING, rate.remaining.to_string())
        .with_text(X_RATE_LIMIT_RESET, rate.reset.to_string())
        .with(X_ROBOTS_TAG, "noindex,nofollow")
}

/// The limit, and the window that this call falls into. Where there is none, a window is
/// told as at Okta, and nobody is limited.
fn rate(call: &ServerCall<'_>) -> (u32, Rate) {
    match call.server.config.rate_limit {
        Some(limit) => (limit, call.server.rate.count(limit, call.now())),
        None => (1000, Rate { remaining: 999, reset: call.now().saturating_add(60), is_exceeded: false }),
    }
}

/// An answer that nobody may keep.
pub(super) fn uncached(response: Response) -> Response {
    response.with(CACHE_CONTROL, "no-cache, no-store").with(PRAGMA, "no-cache").with(EXPIRES, "0")
}

fn grant(call: &ServerCall<'_>) -> Result<Response, Refusal> {
    let form = Form::of_body(call.request)?;
    let grant_type = form.get("grant_type").ok_or_else(|| OktaError::NO_GRANT_TYPE.about(list(&GrantType::ALL)))?;
    let refused = |_: &Refusal| authorization_code::refuse(call, &form);
    let proven = recognize(call, &form).inspect_err(refused)?;
    let client = proven.client;
    cors::check(call, client)?;
    network::check(call, client)?;
    let grant = granted(call, client, grant_type)?;
    let policy = call.server.config.policy(&client.id, grant).ok_or_else(|| OktaError::NO_POLICY.plain())?;
    let held = dpop::at_endpoint(call, client.dpop_bound_access_tokens)?;
    proven.spend(call).inspect_err(refused)?;
    let call = &call.with_key(held.jkt.clone());
    let request = TokenRequest { call, client, method: proven.method, policy, form: &form };
    let response = match grant {
        GrantType::CLIENT_CREDENTIALS => client_credentials::answer(&request),
        GrantType::AUTHORIZATION_CODE => authorization_code::answer(&request),
        GrantType::DEVICE_CODE => device_code::answer(&request),
        GrantType::REFRESH_TOKEN => refresh_token::answer(&request),
        GrantType::PASSWORD => password::answer(&request),
        GrantType::JWT_BEARER => jwt_bearer::answer(&request),
        GrantType::TOKEN_EXCHANGE => token_exchange::answer(&request),
        _ => Err(unsupported(call)),
    };
    response.map(|response| held.renew(response))
}

/// The grant of that name, if server and client have it.
pub(super) fn granted(call: &ServerCall<'_>, client: &Client, name: &str) -> Result<GrantType, Refusal> {
    let configured = &call.server.config.grants;
    let grant = GrantType::find(name).filter(|grant| configured.contains(grant)).ok_or_else(|| unsupported(call))?;
    if client.grants.contains(&grant) {
        Ok(grant)
    } else {
        Err(OktaError::GRANT_NOT_OF_CLIENT.about(list(&client.grants)))
    }
}

fn unsupported(call: &ServerCall<'_>) -> Refusal {
    OktaError::UNSUPPORTED_GRANT.about(list(&call.server.config.grants))
}

fn list(grants: &[GrantType]) -> String {
    grants.iter().map(|grant| grant.name()).collect::<Vec<_>>().join(", ")
}

fn success(body: String) -> Response {
    Response::json(StatusCode::OK, body)
}
