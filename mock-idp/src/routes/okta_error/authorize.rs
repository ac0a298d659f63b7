//! Refusals of the authorization and the logout endpoint.

use hyper::StatusCode;

use super::{BAD, oauth};

rows! {
    NO_REDIRECT_URI = oauth(BAD, "missing_redirect_uri", "redirect_uri is missing.");
    WRONG_REDIRECT_URI = oauth(BAD, "invalid_request", "The 'redirect_uri' parameter must be a Login redirect URI in the client app settings.");
    INVALID_STATE = oauth(BAD, "invalid_request", "The authentication request has an invalid 'state' parameter.");
    WRONG_RESPONSE_TYPE = oauth(BAD, "unsupported_response_type", "The response type is not supported by the authorization server. Configured response types: [{}].");
    /// Both full stops are Okta's.
    NO_NONCE = oauth(BAD, "invalid_request", "The 'nonce' parameter is required for authorize requests with either the 'id_token' or 'token' response types..");
    CODE_REQUIRED = oauth(BAD, "invalid_request", "The response type code is required when requesting scope {}.");
    QUERY_WITH_TOKENS = oauth(BAD, "unsupported_response_mode", "'query' response mode cannot be used with either the 'id_token' or 'token' response types.");
    WRONG_RESPONSE_MODE = oauth(BAD, "unsupported_response_mode", "The response mode is not supported by the authorization server. Valid response modes: [query, fragment, form_post, okta_post_message].");
    POST_MESSAGE_WITH_CODE = oauth(BAD, "unsupported_response_mode", "'okta_post_message' response mode cannot be used with the 'code' response type.");
    NO_CHALLENGE = oauth(BAD, "invalid_request", "PKCE code challenge is required by the application.");
    WRONG_CHALLENGE = oauth(BAD, "invalid_request", "PKCE code challenge contains illegal characters.");
    WRONG_CHALLENGE_METHOD = oauth(BAD, "invalid_request", "PKCE code challenge method is not supported. Valid values: [S256]");
    WRONG_PROMPT = oauth(BAD, "invalid_request", "Invalid value for 'prompt' parameter. Supported values: [none, login, consent]");
    WRONG_MAX_AGE = oauth(BAD, "invalid_request", "Invalid value for 'max_age' parameter. It should be within range 0 - 2^31-1.");
    PROMPT_NONE_AT_AGE_ZERO = oauth(BAD, "invalid_request", "'prompt' parameter must not have the value 'none' for request with 'zero' as max_age.");
    /// This issuer's own.
    LONG_REQUEST = oauth(BAD, "invalid_request", "The authorization request is too long.");
    REQUEST_OBJECT = oauth(BAD, "request_not_supported", "The authorize request object is not supported by this client.");
    REQUEST_URI = oauth(BAD, "request_uri_not_supported", "The authorize request uri is not supported by this client.");
    LOGIN_REQUIRED = oauth(BAD, "login_required", "The client specified not to prompt, but the user is not logged in.");
    DENIED_BY_USER = oauth(StatusCode::FORBIDDEN, "access_denied", "The resource owner or authorization server denied the request.");
    WRONG_POST_LOGOUT_URI = oauth(BAD, "invalid_request", "The 'post_logout_redirect_uri' parameter must be a Logout redirect URI in the client app settings.");
}
