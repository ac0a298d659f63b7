//! `POST /v1/par` (RFC 9126): a client pushes its authorization request, and names it at
//! the authorization endpoint.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hyper::StatusCode;

use super::form::Form;
use super::token::{recognize, uncached};
use super::{OktaError, Refusal, ServerCall, authorize, cors, dpop};
use crate::issuer::Response;
use crate::json::Object;
use crate::session::PUSHED_LIFETIME;

/// What is of the client's authentication, and no part of the request.
const CREDENTIALS: [&str; 3] = ["client_secret", "client_assertion", "client_assertion_type"];

pub(super) fn answer(call: &ServerCall<'_>) -> Response {
    uncached(try_answer(call).unwrap_or_else(|refusal| dpop::refusal(call, &refusal)))
}

fn try_answer(call: &ServerCall<'_>) -> Result<Response, Refusal> {
    authorize::refuse_long(call.request)?;
    let form = Form::of_body(call.request)?;
    let proven = recognize(call, &form)?;
    let client = proven.client;
    cors::check(call, client)?;
    if form.has("request_uri") {
        return Err(OktaError::PUSHED_REQUEST_URI.plain());
    }
    let held = dpop::at_endpoint(call, false)?;
    proven.spend(call)?;
    let fields = pushed(form, &client.id, held.jkt.as_deref())?;
    authorize::check(call, &Form::of_fields(fields.clone()))?;
    let uri = name(call);
    call.server.pushed.push(&uri, &client.id, fields, call.now());
    let body = Object::new().with("request_uri", uri).with("expires_in", PUSHED_LIFETIME);
    Ok(held.renew(Response::json(StatusCode::CREATED, body.to_text())))
}

/// The request itself. It is the client's that has proven itself, and for the key that it
/// has proven to hold (RFC 9449, section 10.1).
fn pushed(form: Form, client: &str, jkt: Option<&str>) -> Result<Vec<(String, String)>, Refusal> {
    if jkt.is_some() && form.has("dpop_jkt") && form.get("dpop_jkt") != jkt {
        return Err(OktaError::DPOP_PROOF_INVALID.plain());
    }
    let mut fields = form.into_fields();
    let told = [("client_id", Some(client)), ("dpop_jkt", jkt)];
    let told = told.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())));
    let told: Vec<_> = told.collect();
    fields.retain(|(name, _)| !CREDENTIALS.contains(&name.as_str()) && !told.iter().any(|(known, _)| known == name));
    fields.extend(told);
    Ok(fields)
}

/// As Okta's: 43 random characters and a colon, once more in base64url.
fn name(call: &ServerCall<'_>) -> String {
    let drawn = call.server.streams.proofs.base64url(43);
    format!("urn:okta:{}", URL_SAFE_NO_PAD.encode(format!("{drawn}:")))
}
