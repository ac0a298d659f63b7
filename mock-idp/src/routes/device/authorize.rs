//! `POST /v1/device/authorize` (RFC 8628, section 3.1).

use hyper::StatusCode;

use super::super::form::Form;
use super::super::token::{authenticate, granted, uncached};
use super::super::{OktaError, Refusal, ServerCall, interaction, network, scopes};
use super::{ACTIVATE, waiting};
use crate::config::{GrantType, User};
use crate::issuer::Response;
use crate::json::Object;
use crate::session::{Device, Purpose, SignIn};

/// How long a device waits for its user, in seconds: as at Okta.
const LIFETIME: i64 = 600;
/// How long it waits between two questions, in seconds: as at Okta.
const INTERVAL: i64 = 5;

pub(in super::super) fn answer(call: &ServerCall<'_>) -> Response {
    uncached(try_answer(call).unwrap_or_else(|refusal| refusal.response(call.issuer)))
}

fn try_answer(call: &ServerCall<'_>) -> Result<Response, Refusal> {
    let form = Form::of_body(call.request)?;
    let client = authenticate(call, &form)?.client;
    network::check(call, client)?;
    let grant = granted(call, client, GrantType::DEVICE_CODE.name())?;
    let policy = call.server.config.policy(&client.id, grant).ok_or_else(|| OktaError::NO_POLICY.plain())?;
    let scopes = scopes::of_user(&call.server.config, client, policy, &form)?;
    let (device_code, user_code) = (call.server.streams.grants.uuid(), free_user_code(call));
    let device = Device {
        client: client.id.clone(),
        scopes: scopes.into_iter().map(str::to_owned).collect(),
        user_code: user_code.clone(),
        // A longer one is nobody's, and would be kept.
        login_hint: form.get("login_hint").filter(|hint| hint.len() <= User::LONGEST_LOGIN).map(str::to_owned),
        lifetime: LIFETIME,
        interval: INTERVAL,
    };
    call.server.sessions.start_device(&device_code, device, call.now());
    approve_headless(call, &form, &user_code);
    Ok(told(call, &device_code, &user_code))
}

/// The members in Okta's order.
fn told(call: &ServerCall<'_>, device_code: &str, user_code: &str) -> Response {
    let uri = format!("{}{ACTIVATE}", call.base());
    let body = Object::new()
        .with("user_code", user_code)
        .with("device_code", device_code)
        .with("interval", INTERVAL)
        .with("verification_uri_complete", format!("{uri}?user_code={user_code}"))
        .with("verification_uri", uri)
        .with("expires_in", LIFETIME);
    Response::json(StatusCode::OK, body.to_text())
}

/// One that no other device shows, of whatever server.
fn free_user_code(call: &ServerCall<'_>) -> String {
    loop {
        let code = call.server.streams.grants.consonants(8);
        if waiting(call.issuer, &code).is_none() {
            return code;
        }
    }
}

/// A user who signs in without a page decides at once where the request names one. This
/// issuer's own, so that a test needs no browser.
fn approve_headless(call: &ServerCall<'_>, form: &Form, user_code: &str) {
    let login = form.get("login_hint").filter(|login| interaction::is_headless(call, login));
    let activation = call.server.sessions.activation(user_code, call.now());
    if let (Some(login), Some(activation)) = (login, activation) {
        let user = SignIn { login: login.to_owned(), auth_time: call.now() };
        interaction::go_on(call, Purpose::Activate(activation), user, true);
    }
}
