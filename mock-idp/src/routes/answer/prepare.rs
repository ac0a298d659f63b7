//! What an answer needs beforehand: keys that are published for it.

use super::super::{OktaError, Refusal};
use super::asked::{Answers, Asked};
use crate::answer::{Answer, Effect, Place};
use crate::issuer::{Inner, ServerState};

/// Publishes the keys that this request's answers are signed with. Before a document is
/// fetched it does so for all answers that the server is set to give.
pub(in super::super) fn prepare(
    issuer: &Inner,
    server: &ServerState,
    answers: &Answers,
    route: &str,
) -> Result<(), Refusal> {
    let Some(place) = Place::of_route(route) else { return Ok(()) };
    let known = if place.is_of_nobody() { known_effects(server) } else { Vec::new() };
    let all = answers.all().map(Asked::effect).chain(known);
    for (key, is_new) in all.filter_map(Effect::key) {
        let is_there = || server.published().keys().find(key).is_some();
        // One that is new each time comes with its token.
        let is_needed = if is_new { place == Place::Token } else { !is_there() };
        if is_needed && issuer.is_exposed() {
            // The documents are those of all clients: they stay as they are.
            if place.is_of_nobody() {
                continue;
            }
            return Err(OktaError::IMPOSSIBLE_ANSWER.about(EXPOSED));
        }
        if is_needed {
            let published = issuer.publish_besides(&server.config.id, key);
            published.map_err(|error| OktaError::IMPOSSIBLE_ANSWER.about(error.to_string()))?;
        }
    }
    Ok(())
}

const EXPOSED: &str = "This answer is signed with a key that everybody has: it is for issuers on loopback.";

/// Whether the server is set to do anything of that.
pub(super) fn knows_any(server: &ServerState) -> bool {
    server.config.clients.iter().any(|client| !client.answers.is_empty()) || !server.answers.is_idle()
}

/// What the server is set to do for any client, now or later.
pub(super) fn known_effects(server: &ServerState) -> Vec<Effect> {
    let configured = server.config.clients.iter().flat_map(|client| &client.answers).map(Answer::effect);
    let ordered = server.answers.all();
    configured.chain(ordered.iter().map(|(answer, ..)| answer.effect())).collect()
}
