//! Refusals about a token that is shown.

use super::{BAD, UNAUTHORIZED, oauth};

rows! {
    NO_TOKEN = oauth(BAD, "invalid_request", "The 'token' parameter is required.");
    ACCESS_TOKEN_MISSING = oauth(UNAUTHORIZED, "invalid_request", "The access token is missing.");
    ACCESS_TOKEN_IN_QUERY = oauth(BAD, "invalid_request", "The access token cannot be presented in a query string.");
}
