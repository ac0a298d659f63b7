//! What goes back to the redirection URI.

use super::super::ServerCall;
use super::prepare::known_effects;
use crate::answer::{Change, Effect, Place, Promise};

/// A field by its name.
pub(in super::super) type Field = (&'static str, String);

/// The fields that go back, changed as the request asks.
pub(in super::super) fn fields(call: &ServerCall<'_>, mut fields: Vec<Field>) -> Vec<Field> {
    if is_iss_promised(call) {
        fields.push(("iss", call.server.config.identifier(&call.base())));
    }
    for asked in call.answers.at(Place::Authorize) {
        let (name, change) = match asked.effect() {
            Effect::Field(name, change) => (name, change),
            Effect::Iss(Promise::Kept) => {
                asked.mark();
                continue;
            }
            Effect::Iss(Promise::Broken) => ("iss", Change::Gone),
            Effect::Iss(Promise::Wrong) => ("iss", Change::To("https://other-issuer.example")),
            _ => continue,
        };
        asked.mark();
        // What is not there anyway stays away, but for what nobody knows.
        let is_error = fields.iter().any(|(known, _)| *known == "error");
        if name == "code" && is_error {
            continue;
        }
        fields.retain(|(known, _)| *known != name);
        if let Change::To(text) = change {
            fields.push((name, text.to_owned()));
        }
    }
    fields
}

/// Whether metadata promise `iss` in every answer (RFC 9207, section 3): where any answer
/// is about it.
pub(super) fn is_iss_promised(call: &ServerCall<'_>) -> bool {
    let is_about_iss = |effect: Effect| matches!(effect, Effect::Iss(_));
    call.answers.all().any(|asked| is_about_iss(asked.effect()))
        || known_effects(call.server).into_iter().any(is_about_iss)
}
