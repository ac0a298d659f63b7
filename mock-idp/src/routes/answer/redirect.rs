//! What goes back to the redirection URI.

use super::super::ServerCall;
use super::prepare::known_effects;
use crate::answer::{Change, Effect, Place, Promise};

/// A field by its name.
type Field = (&'static str, String);

/// The fields that go back, changed as the request asks.
pub(in super::super) fn fields(call: &ServerCall<'_>, mut fields: Vec<Field>) -> Vec<Field> {
    if is_iss_promised(call) {
        fields.push(("iss", call.server.config.identifier(&call.base())));
    }
    let is_refusal = fields.iter().any(|(name, _)| *name == "error");
    for asked in call.answers.at(Place::Authorize) {
        match asked.effect() {
            // A refusal has none.
            Effect::Field("code", _) if is_refusal => continue,
            Effect::Field(name, change) => put(&mut fields, name, change),
            Effect::Iss(Promise::Kept) => {}
            Effect::Iss(Promise::Broken) => put(&mut fields, "iss", Change::Gone),
            Effect::Iss(Promise::Wrong) => put(&mut fields, "iss", Change::To("https://other-issuer.example")),
            _ => continue,
        }
        asked.mark();
    }
    fields
}

fn put(fields: &mut Vec<Field>, name: &'static str, change: Change) {
    fields.retain(|(known, _)| *known != name);
    if let Change::To(text) = change {
        fields.push((name, text.to_owned()));
    }
}

/// Whether metadata promise `iss` in every answer (RFC 9207, section 3): where any answer
/// is about it.
pub(super) fn is_iss_promised(call: &ServerCall<'_>) -> bool {
    let is_about_iss = |effect: Effect| matches!(effect, Effect::Iss(_));
    call.answers.all().any(|asked| is_about_iss(asked.effect()))
        || known_effects(call.server).into_iter().any(is_about_iss)
}
