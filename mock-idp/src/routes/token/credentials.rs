//! Who asks: client authentication (RFC 6749, section 2.3).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hyper::header::AUTHORIZATION;

use super::super::form::{Form, decode};
use super::{OktaError, Refusal, ServerCall};
use crate::config::{AuthMethod, Client};

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A client id and a secret, and how they came. A `client_id` alone is the method
/// `none`, which no confidential client has.
struct Presented {
    method: AuthMethod,
    id: String,
    secret: String,
}

impl Presented {
    /// An id alone.
    fn of_public(id: &str) -> Self {
        Self { method: AuthMethod::None, id: id.to_owned(), secret: String::new() }
    }

    /// RFC 6749, section 2.3.1, wants id and secret in the header form-encoded,
    /// and many clients send them as they are: either is taken.
    fn proves(&self, client: &Client) -> bool {
        if self.method == AuthMethod::None {
            return client.is_public();
        }
        let encoded = self.method == AuthMethod::ClientSecretBasic;
        client.secret.matches(&self.secret) || (encoded && client.secret.matches(&decode(self.secret.as_bytes())))
    }
}

/// The client, if its credentials are right.
pub(in super::super) fn authenticate<'a>(call: &ServerCall<'a>, form: &Form) -> Result<&'a Client, Refusal> {
    refuse_query_credentials(call, &["client_id", "client_secret", "client_assertion"])?;
    authenticated(call, &presented(call, form)?)
}

/// The same where a public client may send its id in the query, as Okta's do for
/// introspection.
pub(in super::super) fn authenticate_with_id_in_query<'a>(
    call: &ServerCall<'a>,
    form: &Form,
) -> Result<&'a Client, Refusal> {
    refuse_query_credentials(call, &["client_secret", "client_assertion"])?;
    let presented = match Form::of_query(call.request).get("client_id") {
        Some(id) if !form.has("client_id") => Presented::of_public(id),
        _ => presented(call, form)?,
    };
    authenticated(call, &presented)
}

fn authenticated<'a>(call: &ServerCall<'a>, presented: &Presented) -> Result<&'a Client, Refusal> {
    let unknown = match presented.method {
        AuthMethod::ClientSecretBasic => &OktaError::UNKNOWN_CLIENT,
        AuthMethod::ClientSecretPost | AuthMethod::None => &OktaError::UNKNOWN_CLIENT_IN_FORM,
    };
    let client = call.server.config.client(&presented.id).ok_or_else(|| unknown.plain())?;
    if !client.auth_methods.contains(&presented.method) {
        return Err(OktaError::WRONG_AUTH_METHOD.plain());
    }
    if presented.proves(client) { Ok(client) } else { Err(OktaError::WRONG_SECRET.plain()) }
}

fn refuse_query_credentials(call: &ServerCall<'_>, names: &[&str]) -> Result<(), Refusal> {
    let query = Form::of_query(call.request);
    if names.iter().any(|name| query.has(name)) { Err(OktaError::QUERY_CREDENTIALS.plain()) } else { Ok(()) }
}

fn presented(call: &ServerCall<'_>, form: &Form) -> Result<Presented, Refusal> {
    let in_header = call.request.headers.contains_key(AUTHORIZATION);
    let ways = [in_header, form.has("client_secret"), form.has("client_assertion")];
    if ways.iter().filter(|used| **used).count() > 1 {
        return Err(OktaError::SEVERAL_CREDENTIALS.plain());
    }
    if in_header {
        return basic(call, form);
    }
    if form.has("client_assertion") {
        return Err(assertion(form));
    }
    match (form.get("client_id"), form.get("client_secret")) {
        (Some(id), Some(secret)) => {
            Ok(Presented { method: AuthMethod::ClientSecretPost, id: id.to_owned(), secret: secret.to_owned() })
        }
        (Some(id), None) => Ok(Presented::of_public(id)),
        (None, _) => Err(OktaError::NO_CREDENTIALS.plain()),
    }
}

/// `Authorization: Basic` (RFC 7617), once, and no other client in the form.
fn basic(call: &ServerCall<'_>, form: &Form) -> Result<Presented, Refusal> {
    let mut lines = call.request.headers.get_all(AUTHORIZATION).iter();
    let (line, second) = (lines.next(), lines.next());
    let pair = line.filter(|_| second.is_none()).and_then(|value| value.to_str().ok()).and_then(basic_pair);
    let (id, secret) = pair.ok_or_else(|| OktaError::MALFORMED_AUTHORIZATION.plain())?;
    let id = if call.server.config.client(&id).is_some() { id } else { decode(id.as_bytes()) };
    if form.get("client_id").is_some_and(|other| other != id) {
        return Err(OktaError::SEVERAL_CREDENTIALS.plain());
    }
    Ok(Presented { method: AuthMethod::ClientSecretBasic, id, secret })
}

fn basic_pair(value: &str) -> Option<(String, String)> {
    let (scheme, credentials) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(credentials.trim()).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    Some((id.to_owned(), secret.to_owned()))
}

/// No client of this issuer is set up for assertions.
fn assertion(form: &Form) -> Refusal {
    if form.get("client_assertion_type") == Some(ASSERTION_TYPE) {
        OktaError::WRONG_AUTH_METHOD.plain()
    } else {
        OktaError::WRONG_ASSERTION_TYPE.plain()
    }
}
