//! Answers that any endpoint can give.

use super::super::{Effect, Instead, Owed, Row};
use Owed::{Refuse, Survive};

const fn row(name: &'static str, client: Owed, effect: Effect, does: &'static str, by: &'static str) -> Row {
    Row { name, place: None, client, does, by, effect }
}

pub(super) const ROWS: &[Row] = &[
    row(
        "error",
        Survive,
        Effect::Instead(Instead::Error),
        "an error of Okta by its name; the endpoint does nothing, and at `authorize` it goes back to the client",
        "RFC 6749 5.2, 4.1.2.1",
    ),
    row(
        "okta-error",
        Survive,
        Effect::Instead(Instead::OktaError),
        "400 in the style of Okta's other APIs, without `error`; the endpoint does nothing",
        "Okta",
    ),
    row(
        "status-429",
        Survive,
        Effect::Instead(Instead::TooMany),
        "429 with `Retry-After: 1`; the endpoint does nothing",
        "RFC 6585 4",
    ),
    row(
        "status-503",
        Survive,
        Effect::Instead(Instead::Unavailable),
        "503 with a page of HTML; the endpoint does nothing",
        "RFC 9110 15.6.4",
    ),
    row("delay", Survive, Effect::Delayed, "the answer comes so many seconds late, at most 600", "RFC 9110 9.2.2"),
    row("cut", Refuse, Effect::Cut, "half of the body arrives, then the connection is closed", "RFC 9112 8"),
    row("closed", Survive, Effect::Closed, "the connection is closed without an answer", "RFC 9112 9.6"),
    row("garbled", Refuse, Effect::Garbled, "the body's bytes in reverse order", "RFC 8259 2"),
];
