//! `GET /_mock/journal` and `POST /_mock/reset`.

use hyper::StatusCode;
use serde::Serialize;

use super::super::Problem;
use super::super::form::Form;
use crate::issuer::{Inner, Request, Response};
use crate::journal::{CAPACITY, Counters, Entry};

#[derive(Debug, Serialize)]
struct Seen {
    /// For each authorization server.
    capacity: usize,
    counters: Counters,
    last_number: u64,
    entries: Vec<Entry>,
}

/// The kept requests, oldest first, and the counts. The query narrows the
/// requests: `server`, `route`, and `after` with the number of an entry.
pub(in super::super) fn journal(issuer: &Inner, request: &Request) -> Response {
    let query = Form::parse(request.query.as_deref().unwrap_or_default().as_bytes());
    let after = match query.get("after").map(str::parse::<u64>) {
        Some(Err(_)) => return Problem::field("#/after", "expected the number of an entry").response(),
        Some(Ok(number)) => number,
        None => 0,
    };
    let mut entries = match query.get("server") {
        Some(server) => issuer.journal.entries_of(server, after),
        None => issuer.journal.entries_after(after),
    };
    entries.retain(|entry| query.get("route").is_none_or(|route| entry.route == route));
    let (counters, last_number) = (issuer.journal.counters(), issuer.journal.last_number());
    let body = Seen { capacity: CAPACITY, counters, last_number, entries };
    Response::json(StatusCode::OK, serde_json::to_vec(&body).unwrap_or_default())
}

/// Empties the journal.
pub(in super::super) fn reset(issuer: &Inner, _: &Request) -> Response {
    issuer.journal.clear();
    Response::empty(StatusCode::NO_CONTENT)
}
