//! Refusals that only answers on request bring ([`crate::answer`]). They are this issuer's own.

use hyper::StatusCode;

use super::{BAD, oauth};

rows! {
    UNKNOWN_ANSWER = oauth(BAD, "invalid_request", "{}");
    IMPOSSIBLE_ANSWER = oauth(StatusCode::INTERNAL_SERVER_ERROR, "server_error", "{}");
}
