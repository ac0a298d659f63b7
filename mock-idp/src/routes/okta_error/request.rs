//! What is wrong with a request, whichever it is.

use hyper::StatusCode;

use super::{BAD, oauth, okta};

rows! {
    PATH_NOT_FOUND = okta(StatusCode::NOT_FOUND, "E0000008", "The requested path was not found");
    UNKNOWN_SERVER = okta(StatusCode::NOT_FOUND, "E0000007", "Not found: Resource not found: {} (AuthorizationServer)");
    WRONG_METHOD = okta(StatusCode::METHOD_NOT_ALLOWED, "E0000022", "The endpoint does not support the provided HTTP method");
    WRONG_CONTENT_TYPE = okta(BAD, "E0000021", "Bad request.  Accept and/or Content-Type headers likely do not match supported values.");
    QUERY_CREDENTIALS = oauth(BAD, "invalid_request", "Client credentials cannot be supplied via query parameters.");
    DUPLICATE_PARAMETER = oauth(BAD, "invalid_request", "The request contained multiple parameters with the same name.");
    ORIGIN_OF_NO_REDIRECT = oauth(BAD, "invalid_request", "Browser requests to the token endpoint must be part of at least one whitelisted redirect_uri.");
    UNTRUSTED_ORIGIN = oauth(BAD, "invalid_request", "Browser requests to the token endpoint must be made from one of the registered Trusted Origins.");
    RATE_LIMITED = okta(StatusCode::TOO_MANY_REQUESTS, "E0000047", "API call exceeded rate limit due to too many requests.");
    SERVER_ERROR = oauth(StatusCode::INTERNAL_SERVER_ERROR, "server_error", "The authorization server encountered an unexpected condition that prevented it from fulfilling the request.");
    /// Of a fault, with any status.
    FAULT = okta(StatusCode::INTERNAL_SERVER_ERROR, "E0000009", "Internal Server Error");
}
