//! What goes back to the redirection URI.

use super::super::{Change, Effect, Owed, Place, Promise, Row};

const fn row(name: &'static str, client: Owed, effect: Effect, does: &'static str, by: &'static str) -> Row {
    Row { name, place: Some(Place::Authorize), client, does, by, effect }
}

pub(super) const ROWS: &[Row] = &[
    row(
        "wrong-state",
        Owed::Refuse,
        Effect::Field("state", Change::To("another-state-than-was-sent")),
        "another `state` than was sent",
        "RFC 6749 10.12",
    ),
    row("no-state", Owed::Refuse, Effect::Field("state", Change::Gone), "no `state`", "RFC 6749 4.1.2, 10.12"),
    row(
        "no-code",
        Owed::Refuse,
        Effect::Field("code", Change::Gone),
        "neither a `code` nor an `error`",
        "RFC 6749 4.1.2",
    ),
    row(
        "iss",
        Owed::Take,
        Effect::Iss(Promise::Kept),
        "`iss` in every answer, and metadata that promise it",
        "RFC 9207 2, 3",
    ),
    row("no-iss", Owed::Refuse, Effect::Iss(Promise::Broken), "no `iss`, though metadata promise it", "RFC 9207 2.4"),
    row(
        "wrong-iss",
        Owed::Refuse,
        Effect::Iss(Promise::Wrong),
        "another issuer's `iss`; metadata promise one",
        "RFC 9207 2.4, RFC 9700 4.4.2.1",
    ),
    row(
        "unknown-field",
        Owed::Take,
        Effect::Field("session_state", Change::To("odd.but-legal")),
        "a field that no standard for this flow has",
        "RFC 6749 4.1.2",
    ),
];
