//! `/v1/authorize` (RFC 6749, section 4.1.1; OpenID Connect Core, section 3.1.2): who
//! signs in, and the code that goes back for it.

mod back;
mod pushed;
mod request;
mod sign_in;

pub(super) use sign_in::answer as sign_in;

use hyper::Method;

use super::browser::{SESSION, cookie, with_cookie};
use super::form::Form;
use super::page;
use super::token::uncached;
use super::{OktaError, Refusal, ServerCall};
use crate::issuer::{Request, Response};
use crate::session::{Asked, Code, Grant, ReturnTo, SignIn};

use pushed::Parameters;
use request::{How, Prompt};

/// The longest request that is taken, in bytes: it is kept while its page is shown.
const LONGEST: usize = 16 * 1024;

/// A request that is refused: on a page where nobody knows that the client is who it
/// says, else at the client.
enum Refused {
    OnPage(Refusal),
    AtClient(ReturnTo, Refusal),
}

/// Who is to be asked.
enum Who {
    /// Nobody: this user is signed in already.
    Known(SignIn),
    /// Nobody: the hint names a user who signs in without a page.
    Headless(String),
    /// The person in front of the browser.
    Person,
}

pub(super) fn answer(call: &ServerCall<'_>) -> Response {
    try_answer(call).unwrap_or_else(|refused| match refused {
        Refused::OnPage(refusal) => page::refusal(&refusal),
        Refused::AtClient(back, refusal) => back::with_refusal(&back, &refusal),
    })
}

fn try_answer(call: &ServerCall<'_>) -> Result<Response, Refused> {
    let sent = parameters(call).map_err(Refused::OnPage)?;
    let Parameters { form, is_pushed } = pushed::resolved(call, sent).map_err(Refused::OnPage)?;
    let (asked, how) = request::read(call, &form)?;
    let client = call.server.config.client(&asked.client);
    if !is_pushed && client.is_some_and(|client| client.require_pushed_authorization_requests) {
        return Err(Refused::AtClient(asked.back, OktaError::PUSH_REQUIRED.plain()));
    }
    match who(call, &how) {
        Who::Known(user) => Ok(granted(call, asked, user)),
        _ if how.prompt == Prompt::None => Err(Refused::AtClient(asked.back, OktaError::LOGIN_REQUIRED.plain())),
        Who::Headless(login) => Ok(signed_in(call, asked, login)),
        Who::Person => Ok(sign_in::show(call, asked, how.login_hint.unwrap_or_default(), false)),
    }
}

/// What is wrong with a request that is pushed, if anything is: told to the client itself.
pub(super) fn check(call: &ServerCall<'_>, form: &Form) -> Result<(), Refusal> {
    request::read(call, form).map(drop).map_err(|refused| match refused {
        Refused::OnPage(refusal) | Refused::AtClient(_, refusal) => refusal,
    })
}

/// Refuses a request that is too long to be kept.
pub(super) fn refuse_long(request: &Request) -> Result<(), Refusal> {
    let length = request.query.as_ref().map_or(0, String::len).max(request.body.len());
    if length > LONGEST { Err(OktaError::LONG_REQUEST.plain()) } else { Ok(()) }
}

/// The parameters, in the query or in the body.
fn parameters(call: &ServerCall<'_>) -> Result<Form, Refusal> {
    let request = call.request;
    refuse_long(request)?;
    if request.method == Method::POST {
        return Form::of_body(request);
    }
    let form = Form::of_query(request);
    if form.has_duplicate() { Err(OktaError::DUPLICATE_PARAMETER.plain()) } else { Ok(form) }
}

fn who(call: &ServerCall<'_>, how: &How<'_>) -> Who {
    let config = &call.server.config;
    let session = cookie(call, SESSION).and_then(|cookie| call.server.sessions.signed_in(cookie, call.now()));
    let is_hinted = |user: &SignIn| how.login_hint.is_none_or(|hint| hint == user.login);
    let session = session.filter(|user| config.user(&user.login).is_some() && is_hinted(user));
    if let Some(user) = session.filter(|user| how.takes(user, call.now())) {
        return Who::Known(user);
    }
    match how.login_hint.and_then(|hint| config.user(hint)).filter(|user| user.headless) {
        Some(user) => Who::Headless(user.login.clone()),
        None => Who::Person,
    }
}

/// Signs a user in with this browser, and goes back to the client.
fn signed_in(call: &ServerCall<'_>, asked: Asked, login: String) -> Response {
    let user = SignIn { login, auth_time: call.now() };
    let session = call.server.streams.grants.base64url(43);
    call.server.sessions.sign_in(&session, user.clone(), call.now());
    with_cookie(call, granted(call, asked, user), SESSION, &session)
}

/// Goes back to the client with a code.
fn granted(call: &ServerCall<'_>, asked: Asked, user: SignIn) -> Response {
    let draw = &call.server.streams.grants;
    let (code, id) = (draw.base64url(43), format!("oar{}", draw.alphanumeric(17)));
    let Asked { client, scopes, nonce, challenge, jkt, back } = asked;
    let redirect_uri = back.redirect_uri.clone();
    let grant = Grant { id, client, user, scopes };
    call.server.sessions.issue(&code, Code { grant, redirect_uri, challenge, nonce, jkt }, call.now());
    uncached(back::with_code(&back, &code))
}
