//! Answers that any endpoint can give.

use hyper::StatusCode;
use hyper::header::{CACHE_CONTROL, LOCATION, RETRY_AFTER};

use super::super::form::Form;
use super::super::token::uncached;
use super::super::{OktaError, Refusal, ServerCall, dpop, page};
use crate::answer::{Answer, Effect, Instead, Place};
use crate::issuer::{Delivery, Response};

/// The parameter of who comes from a redirect.
const BEHIND: &str = "behind";

/// What is answered in place of all else.
pub(super) fn instead(call: &ServerCall<'_>, place: Place) -> Option<Response> {
    call.answers.at(place).find_map(|asked| match asked.effect() {
        // That goes back to the client, once it is known who that is.
        Effect::Instead(Instead::Error) if place == Place::Authorize => None,
        Effect::Instead(kind) => another(call, kind, asked.used()),
        Effect::Redirected => redirected(call).inspect(|_| asked.mark()),
        _ => None,
    })
}

fn another(call: &ServerCall<'_>, kind: Instead, answer: &Answer) -> Option<Response> {
    Some(match kind {
        Instead::Error => uncached(dpop::refusal(call, &error(answer)?)),
        Instead::OktaError => uncached(OktaError::UNKNOWN_CLIENT_IN_FORM.plain().response(call.issuer)),
        Instead::TooMany => uncached(OktaError::RATE_LIMITED.plain().response(call.issuer)).with(RETRY_AFTER, "1"),
        Instead::Unavailable => {
            let text = "The service is down for a moment. Please try again later.";
            page::message(StatusCode::SERVICE_UNAVAILABLE, "Service unavailable", text)
        }
    })
}

/// The error that an answer names.
pub(super) fn error(answer: &Answer) -> Option<Refusal> {
    OktaError::named(&answer.error()?).map(|row| row.about(String::new()))
}

/// Sends who asks to the same document at the same address, once.
fn redirected(call: &ServerCall<'_>) -> Option<Response> {
    if Form::of_query(call.request).has(BEHIND) {
        return None;
    }
    let rest = call.request.query.as_deref().map(|query| format!("{query}&")).unwrap_or_default();
    let to = format!("{}{}?{rest}{BEHIND}=302", call.request.origin(), call.request.path);
    Some(Response::empty(StatusCode::FOUND).with_text(LOCATION, to).with(CACHE_CONTROL, "no-store"))
}

/// How the answer is sent.
pub(super) fn delivered(call: &ServerCall<'_>, place: Place, mut response: Response) -> Response {
    for asked in call.answers.at(place) {
        let delivery = match asked.effect() {
            Effect::Delayed => asked.used().delay().map(Delivery::After),
            Effect::Cut => Some(Delivery::CutAfter(response.body.len() / 2)),
            Effect::Closed => Some(Delivery::Refused),
            Effect::Garbled => {
                response.body = response.body.iter().rev().copied().collect::<Vec<u8>>().into();
                None
            }
            _ => continue,
        };
        asked.mark();
        response.delivery = delivery.unwrap_or(response.delivery);
    }
    response
}
