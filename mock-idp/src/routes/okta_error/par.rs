//! Refusals about authorization requests that are pushed (RFC 9126).

use super::{BAD, UNAUTHORIZED, oauth};

rows! {
    PUSHED_REQUEST_URI = oauth(BAD, "invalid_request", "The 'request_uri' parameter must not be present in the request.");
    INVALID_REQUEST_URI = oauth(BAD, "invalid_request_uri", "The authorize request_uri is invalid.");
    OTHER_SERVERS_REQUEST_URI = oauth(BAD, "invalid_request_uri", "The request_uri was issued for another authorization server.");
    OTHER_CLIENTS_REQUEST_URI = oauth(UNAUTHORIZED, "invalid_client", "The 'client_id' parameter does not match the expected value for the provided request_uri.");
    REQUEST_AND_REQUEST_URI = oauth(BAD, "invalid_request", "The authorize request must not contain both a request object and a request uri.");
    /// This issuer's own: Okta has no such setting.
    PUSH_REQUIRED = oauth(BAD, "invalid_request", "A pushed authorization request is required by the application.");
}
