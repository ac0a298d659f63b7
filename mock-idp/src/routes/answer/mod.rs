//! Answers that are otherwise on request ([`crate::answer`]): which of them a request
//! asks for, and how each is carried out. An endpoint's honest answer is made first and
//! changed afterwards, so that no endpoint knows of them.

mod asked;
mod caller;
mod documents;
mod gather;
mod prepare;
mod redirect;
mod token;
mod wire;

pub(super) use asked::Answers;
pub(super) use gather::{gather, is_answer_scope};
use prepare::knows_any;
pub(super) use prepare::prepare;
pub(super) use redirect::fields;

use super::{Refusal, ServerCall};
use crate::answer::{Effect, Instead, Place};
use crate::issuer::Response;

/// The answer of an endpoint, changed as the request asks; `honest` makes it.
pub(super) fn carry_out(call: &ServerCall<'_>, route: &str, honest: impl FnOnce() -> Response) -> Response {
    // A document may speak of what other requests ask for.
    let is_asked = |place: &Place| !call.answers.is_empty() || (place.is_of_nobody() && knows_any(call.server));
    let Some(place) = Place::of_route(route).filter(is_asked) else { return honest() };
    let response = match wire::instead(call, place) {
        Some(response) => response,
        None => changed(call, place, honest()).unwrap_or_else(|refusal| refusal.response(call.issuer)),
    };
    let response = wire::delivered(call, place, response);
    call.server.answers.settle(&call.answers.unused_orders());
    Response { note: response.note.or_else(|| call.answers.first_used()), ..response }
}

fn changed(call: &ServerCall<'_>, place: Place, response: Response) -> Result<Response, Refusal> {
    match place {
        Place::Token => token::changed(call, response),
        Place::Userinfo => Ok(documents::userinfo(call, response)),
        Place::Keys => Ok(documents::keys(call, response)),
        Place::Metadata => Ok(documents::metadata(call, response)),
        Place::Par | Place::Device => {
            token::carry_on(call, &response);
            Ok(response)
        }
        Place::Authorize | Place::Introspect | Place::Revoke | Place::Logout => Ok(response),
    }
}

/// The error that goes back to the client in place of a code.
pub(super) fn refusal_at_client(call: &ServerCall<'_>) -> Option<Refusal> {
    let errors = call.answers.at(Place::Authorize).filter(|asked| asked.effect() == Effect::Instead(Instead::Error));
    errors.map(asked::Asked::used).find_map(wire::error)
}

/// Whether a refresh brings a new refresh token; the client is set to `usual`.
pub(super) fn rotates(call: &ServerCall<'_>, usual: bool) -> bool {
    let asked = call.answers.at(Place::Token).filter_map(|asked| match asked.effect() {
        Effect::Rotates(rotates) => {
            asked.mark();
            Some(rotates)
        }
        _ => None,
    });
    asked.last().unwrap_or(usual)
}

/// What a sign-in was asked for travels on with a ticket or a code.
pub(super) fn carry(call: &ServerCall<'_>, secret: &str) {
    call.server.answers.carry(secret, call.answers.to_carry(), call.now());
}
