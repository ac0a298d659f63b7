//! Who asks: client authentication (RFC 6749, section 2.3).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hyper::header::AUTHORIZATION;

use super::super::form::{Form, decode};
use super::{OktaError, Refusal, ServerCall, assertion, refuse_unless};
use crate::config::{AuthMethod, Client};

/// A client that proved itself, and how.
pub(in super::super) struct Proven<'a> {
    pub(in super::super) client: &'a Client,
    pub(super) method: AuthMethod,
    /// That of its assertion, where it has one.
    pub(super) assertion_id: Option<AssertionId>,
}

/// By what an assertion is good once.
pub(super) struct AssertionId {
    pub(super) text: String,
    /// When the assertion is over anyway.
    pub(super) expiry: i64,
}

impl Proven<'_> {
    /// Takes note that the assertion was used. Endpoints that may ask for a nonce do this
    /// afterwards: the client repeats its request with one (RFC 9449, section 8).
    pub(in super::super) fn spend(&self, call: &ServerCall<'_>) -> Result<(), Refusal> {
        let Some(AssertionId { text, expiry }) = &self.assertion_id else { return Ok(()) };
        let is_new = call.server.spend_assertion(&self.client.id, text, *expiry, call.now());
        refuse_unless(is_new, &OktaError::ASSERTION_USED)
    }
}

/// What a request shows for a proof.
enum Presented<'a> {
    Secret(Credentials),
    Assertion(&'a str),
}

/// A client id and a secret, and how they came. A `client_id` alone is the method
/// `none`, which no confidential client has.
struct Credentials {
    method: AuthMethod,
    id: String,
    secret: String,
}

impl Credentials {
    /// An id alone.
    fn of_public(id: &str) -> Self {
        Self { method: AuthMethod::None, id: id.to_owned(), secret: String::new() }
    }

    /// RFC 6749, section 2.3.1, wants id and secret in the header form-encoded,
    /// and many clients send them as they are: either is taken.
    fn prove(&self, client: &Client) -> bool {
        if self.method == AuthMethod::None {
            return client.is_public();
        }
        let encoded = self.method == AuthMethod::ClientSecretBasic;
        client.secret.matches(&self.secret) || (encoded && client.secret.matches(&decode(self.secret.as_bytes())))
    }
}

/// The client, if its credentials are right.
pub(in super::super) fn authenticate<'a>(call: &ServerCall<'a>, form: &Form) -> Result<Proven<'a>, Refusal> {
    let proven = recognize(call, form)?;
    proven.spend(call)?;
    Ok(proven)
}

/// The same with an assertion that may have been used before: [`Proven::spend`] tells.
pub(in super::super) fn recognize<'a>(call: &ServerCall<'a>, form: &Form) -> Result<Proven<'a>, Refusal> {
    refuse_query_credentials(call, &["client_id", "client_secret", "client_assertion"])?;
    authenticated(call, form, &presented(call, form)?)
}

/// The same where a token is asked about or revoked: a public client may send its id in
/// the query there, or in the header without a colon, as Okta's browser library does.
pub(in super::super) fn authenticate_for_token<'a>(call: &ServerCall<'a>, form: &Form) -> Result<Proven<'a>, Refusal> {
    refuse_query_credentials(call, &["client_secret", "client_assertion"])?;
    let presented = match id_alone(call).filter(|_| !form.has("client_id")) {
        Some(id) => Presented::Secret(Credentials::of_public(&id)),
        None => presented(call, form)?,
    };
    let proven = authenticated(call, form, &presented)?;
    proven.spend(call)?;
    Ok(proven)
}

fn id_alone(call: &ServerCall<'_>) -> Option<String> {
    let in_query = || Form::of_query(call.request).get("client_id").map(str::to_owned);
    match call.request.header(AUTHORIZATION) {
        Some(line) => basic_text(line).filter(|text| !text.contains(':')),
        None => in_query(),
    }
}

fn authenticated<'a>(call: &ServerCall<'a>, form: &Form, presented: &Presented<'_>) -> Result<Proven<'a>, Refusal> {
    match presented {
        Presented::Secret(credentials) => by_secret(call, credentials),
        Presented::Assertion(text) => assertion::authenticate(call, form, text),
    }
}

fn by_secret<'a>(call: &ServerCall<'a>, credentials: &Credentials) -> Result<Proven<'a>, Refusal> {
    let method = credentials.method;
    let unknown = match method {
        AuthMethod::ClientSecretBasic => &OktaError::UNKNOWN_CLIENT,
        _ => &OktaError::UNKNOWN_CLIENT_IN_FORM,
    };
    let client = call.server.config.client(&credentials.id).ok_or_else(|| unknown.plain())?;
    if !client.auth_methods.contains(&method) {
        return Err(OktaError::WRONG_AUTH_METHOD.plain());
    }
    if credentials.prove(client) {
        Ok(Proven { client, method, assertion_id: None })
    } else {
        Err(OktaError::WRONG_SECRET.plain())
    }
}

fn refuse_query_credentials(call: &ServerCall<'_>, names: &[&str]) -> Result<(), Refusal> {
    let query = Form::of_query(call.request);
    if names.iter().any(|name| query.has(name)) { Err(OktaError::QUERY_CREDENTIALS.plain()) } else { Ok(()) }
}

fn presented<'a>(call: &ServerCall<'_>, form: &'a Form) -> Result<Presented<'a>, Refusal> {
    let in_header = call.request.headers.contains_key(AUTHORIZATION);
    let ways = [in_header, form.has("client_secret"), form.has("client_assertion")];
    if ways.iter().filter(|used| **used).count() > 1 {
        return Err(OktaError::SEVERAL_CREDENTIALS.plain());
    }
    if in_header {
        return basic(call, form).map(Presented::Secret);
    }
    if let Some(assertion) = form.get("client_assertion") {
        return Ok(Presented::Assertion(assertion));
    }
    match (form.get("client_id"), form.get("client_secret")) {
        (Some(id), Some(secret)) => {
            let method = AuthMethod::ClientSecretPost;
            Ok(Presented::Secret(Credentials { method, id: id.to_owned(), secret: secret.to_owned() }))
        }
        (Some(id), None) => Ok(Presented::Secret(Credentials::of_public(id))),
        (None, _) => Err(OktaError::NO_CREDENTIALS.plain()),
    }
}

/// `Authorization: Basic` (RFC 7617), once, and no other client in the form.
fn basic(call: &ServerCall<'_>, form: &Form) -> Result<Credentials, Refusal> {
    let mut lines = call.request.headers.get_all(AUTHORIZATION).iter();
    let (line, second) = (lines.next(), lines.next());
    let pair = line.filter(|_| second.is_none()).and_then(|value| value.to_str().ok()).and_then(basic_pair);
    let (id, secret) = pair.ok_or_else(|| OktaError::MALFORMED_AUTHORIZATION.plain())?;
    let id = if call.server.config.client(&id).is_some() { id } else { decode(id.as_bytes()) };
    if form.get("client_id").is_some_and(|other| other != id) {
        return Err(OktaError::SEVERAL_CREDENTIALS.plain());
    }
    Ok(Credentials { method: AuthMethod::ClientSecretBasic, id, secret })
}

/// Id and secret, as they stand there.
pub(in super::super) fn basic_pair(value: &str) -> Option<(String, String)> {
    let text = basic_text(value)?;
    let (id, secret) = text.split_once(':')?;
    Some((id.to_owned(), secret.to_owned()))
}

fn basic_text(value: &str) -> Option<String> {
    let (scheme, credentials) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    String::from_utf8(STANDARD.decode(credentials.trim()).ok()?).ok()
}
