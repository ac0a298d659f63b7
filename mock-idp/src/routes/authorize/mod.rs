//! `/v1/authorize` (RFC 6749, section 4.1.1; OpenID Connect Core, section 3.1.2): who
//! is asked, and what goes back for it.

mod back;
mod granted;
mod pushed;
mod request;
mod response_type;

pub(super) use granted::granted;

use hyper::Method;

use super::form::Form;
use super::{OktaError, Refusal, ServerCall, answer as answers, interaction, page, users};
use crate::issuer::{Request, Response};
use crate::session::{Asked, Purpose, ReturnTo, SignIn};

use pushed::Parameters;
use request::How;

/// The longest request that is taken, in bytes: it is kept while its page is shown.
const LONGEST: usize = 16 * 1024;

/// A request that is refused: on a page where nobody knows that the client is who it
/// says, else at the client.
enum Refused {
    OnPage(Refusal),
    AtClient(ReturnTo, Refusal),
}

pub(super) fn answer(call: &ServerCall<'_>) -> Response {
    try_answer(call).unwrap_or_else(|refused| match refused {
        Refused::OnPage(refusal) => page::refusal(&refusal),
        Refused::AtClient(back, refusal) => back::with_refusal(call, &back, &refusal),
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
    if let Some(refusal) = answers::refusal_at_client(call) {
        return Err(Refused::AtClient(asked.back, refusal));
    }
    let is_headless = how.login_hint.is_some_and(|hint| interaction::is_headless(call, hint));
    match who(call, &how) {
        Some(user) if how.prompt.none => silent(call, asked, user),
        None if how.prompt.none => Err(Refused::AtClient(asked.back, OktaError::LOGIN_REQUIRED.plain())),
        Some(user) => Ok(interaction::go_on(call, Purpose::Authorize(asked), user, is_headless)),
        None => {
            let login = how.login_hint.unwrap_or_default();
            Ok(interaction::begin(call, Purpose::Authorize(asked), login, is_headless))
        }
    }
}

/// Goes back with a code, if no page has to be shown.
fn silent(call: &ServerCall<'_>, asked: Asked, user: SignIn) -> Result<Response, Refused> {
    if !users::is_assigned(call, &user.login, &asked.client) {
        return Ok(granted(call, asked, user));
    }
    let purpose = Purpose::Authorize(asked.clone());
    match interaction::missing_consents(call, &purpose, &user) {
        missing if missing.is_empty() => Ok(granted(call, asked, user)),
        missing => Err(Refused::AtClient(asked.back, OktaError::CONSENT_REQUIRED.about(missing.join(", ")))),
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

/// Who is signed in already, as the request wants it.
fn who(call: &ServerCall<'_>, how: &How<'_>) -> Option<SignIn> {
    let is_hinted = |user: &SignIn| how.login_hint.is_none_or(|hint| hint == user.login);
    interaction::session(call).filter(|user| is_hinted(user) && how.takes(user, call.now()))
}

/// Goes back to the client with nothing: the user does not want it.
pub(super) fn denied(call: &ServerCall<'_>, asked: &Asked) -> Response {
    back::with_refusal(call, &asked.back, &OktaError::DENIED_BY_USER.plain())
}
