//! Okta's refusals, as data: status, style of the body, code and text.

use hyper::StatusCode;

use crate::issuer::{Inner, Response};
use crate::json::quote;

/// A refusal as Okta words it; `{}` in its text stands for the particulars.
#[derive(Debug)]
pub(super) struct OktaError {
    status: StatusCode,
    style: Style,
    code: &'static str,
    text: &'static str,
}

#[derive(Debug)]
enum Style {
    /// RFC 6749, section 5.2.
    OAuth,
    /// Of Okta's own APIs.
    Okta,
}

/// A refusal with its particulars.
#[derive(Debug)]
pub(super) struct Refusal {
    error: &'static OktaError,
    particulars: String,
}

const fn oauth(status: StatusCode, code: &'static str, text: &'static str) -> OktaError {
    OktaError { status, style: Style::OAuth, code, text }
}

const fn okta(status: StatusCode, code: &'static str, text: &'static str) -> OktaError {
    OktaError { status, style: Style::Okta, code, text }
}

const BAD: StatusCode = StatusCode::BAD_REQUEST;
const UNAUTHORIZED: StatusCode = StatusCode::UNAUTHORIZED;

#[rustfmt::skip]
impl OktaError {
    // The request.
    pub(super) const PATH_NOT_FOUND: Self = okta(StatusCode::NOT_FOUND, "E0000008", "The requested path was not found");
    pub(super) const UNKNOWN_SERVER: Self = okta(StatusCode::NOT_FOUND, "E0000007", "Not found: Resource not found: {} (AuthorizationServer)");
    pub(super) const WRONG_METHOD: Self = okta(StatusCode::METHOD_NOT_ALLOWED, "E0000022", "The endpoint does not support the provided HTTP method");
    pub(super) const WRONG_CONTENT_TYPE: Self = okta(BAD, "E0000021", "Bad request.  Accept and/or Content-Type headers likely do not match supported values.");
    pub(super) const QUERY_CREDENTIALS: Self = oauth(BAD, "invalid_request", "Client credentials cannot be supplied via query parameters.");
    pub(super) const DUPLICATE_PARAMETER: Self = oauth(BAD, "invalid_request", "The request contained multiple parameters with the same name.");
    pub(super) const SERVER_ERROR: Self = oauth(StatusCode::INTERNAL_SERVER_ERROR, "server_error", "The authorization server encountered an unexpected condition that prevented it from fulfilling the request.");
    /// Of a fault, with any status.
    pub(super) const FAULT: Self = okta(StatusCode::INTERNAL_SERVER_ERROR, "E0000009", "Internal Server Error");

    // The client. A client that nobody knows is told in Okta's own style.
    pub(super) const UNKNOWN_CLIENT: Self = okta(UNAUTHORIZED, "invalid_client", "Invalid value for 'client_id' parameter.");
    pub(super) const UNKNOWN_CLIENT_IN_FORM: Self = okta(BAD, "invalid_client", "Invalid value for 'client_id' parameter.");
    pub(super) const NO_CREDENTIALS: Self = oauth(UNAUTHORIZED, "invalid_client", "No client credentials found.");
    pub(super) const MALFORMED_AUTHORIZATION: Self = oauth(UNAUTHORIZED, "invalid_client", "Found Authentication header but was not valid client credentials.");
    pub(super) const SEVERAL_CREDENTIALS: Self = oauth(UNAUTHORIZED, "invalid_request", "Cannot supply multiple client credentials. Use one of the following: credentials in the Authorization header, credentials in the post body, or a client_assertion in the post body.");
    pub(super) const WRONG_SECRET: Self = oauth(UNAUTHORIZED, "invalid_client", "The client secret supplied for a confidential client is invalid.");
    pub(super) const WRONG_AUTH_METHOD: Self = oauth(UNAUTHORIZED, "invalid_client", "Client authentication failed. Either the client or the client credentials are invalid.");
    pub(super) const WRONG_ASSERTION_TYPE: Self = oauth(BAD, "invalid_request", "The client_assertion_type is invalid.");

    // The client's assertion, where it has one.
    pub(super) const ASSERTION_UNREADABLE: Self = oauth(UNAUTHORIZED, "invalid_client", "The parsing of the client_assertion failed.");
    pub(super) const ASSERTION_ISSUER: Self = oauth(UNAUTHORIZED, "invalid_client", "The issuer claim for client_assertion is not a valid client_id.");
    pub(super) const ASSERTION_SUBJECT: Self = oauth(UNAUTHORIZED, "invalid_client", "The subject claim for client_assertion is not a valid client_id.");
    pub(super) const ASSERTION_ALGORITHM: Self = oauth(UNAUTHORIZED, "invalid_client", "The client_assertion JWT signature algorithm is invalid.");
    pub(super) const ASSERTION_KID: Self = oauth(UNAUTHORIZED, "invalid_client", "The client_assertion JWT kid is invalid.");
    pub(super) const ASSERTION_SIGNATURE: Self = oauth(UNAUTHORIZED, "invalid_client", "The client_assertion signature is invalid.");
    pub(super) const ASSERTION_AUDIENCE: Self = oauth(UNAUTHORIZED, "invalid_client", "The audience claim for client_assertion must be the endpoint invoked for the request.");
    pub(super) const ASSERTION_WITHOUT_EXPIRY: Self = oauth(UNAUTHORIZED, "invalid_client", "The client_assertion must contain the 'exp' claim as seconds since epoch.");
    pub(super) const ASSERTION_EXPIRED: Self = oauth(UNAUTHORIZED, "invalid_client", "The client_assertion token is expired.");
    pub(super) const ASSERTION_EXPIRES_TOO_LATE: Self = oauth(UNAUTHORIZED, "invalid_client", "The client_assertion token has an expiration too far into the future.");
    pub(super) const ASSERTION_ISSUED_IN_FUTURE: Self = oauth(UNAUTHORIZED, "invalid_client", "The client_assertion token must be issued before the current time.");
    pub(super) const ASSERTION_USED: Self = oauth(UNAUTHORIZED, "invalid_client", "The client_assertion token has already been used.");

    // Of the org authorization server.
    pub(super) const ORG_WANTS_PRIVATE_KEY_JWT: Self = oauth(UNAUTHORIZED, "invalid_client", "Client Credentials requests to the Org Authorization Server must use the private_key_jwt token_endpoint_auth_method.");
    pub(super) const ORG_WANTS_SERVICE: Self = oauth(UNAUTHORIZED, "invalid_client", "Only clients with 'application_type' of 'service' may use the client_credentials 'grant_type' with the Org Authorization Server.");
    pub(super) const NO_SCOPES: Self = oauth(BAD, "invalid_scope", "No scopes were requested.");
    pub(super) const NO_SCOPE_OF_ORG_GRANTED: Self = oauth(BAD, "consent_required", "You are not allowed any of the requested scopes.");

    // The grant.
    pub(super) const NO_GRANT_TYPE: Self = oauth(BAD, "invalid_request", "The token request must specify a 'grant_type'. Valid values: [{}]");
    pub(super) const UNSUPPORTED_GRANT: Self = oauth(BAD, "unsupported_grant_type", "The authorization grant type is not supported by the authorization server. Configured grant types: [{}].");
    pub(super) const GRANT_NOT_OF_CLIENT: Self = oauth(BAD, "unauthorized_client", "The client is not authorized to use the provided grant type. Configured grant types: [{}].");

    pub(super) const NO_POLICY: Self = oauth(UNAUTHORIZED, "access_denied", "Policy evaluation failed for this request, please check the policy configurations.");

    pub(super) const INVALID_CODE: Self = oauth(BAD, "invalid_grant", "The authorization code is invalid or has expired.");
    pub(super) const OTHER_CLIENTS_GRANT: Self = oauth(BAD, "invalid_grant", "The grant was issued to another client. Please make sure the 'client_id' matches the one used at the authorize request.");
    pub(super) const OTHER_SERVERS_GRANT: Self = oauth(BAD, "invalid_request", "The grant was issued for another authorization server.");
    pub(super) const OTHER_REDIRECT_URI: Self = oauth(BAD, "invalid_grant", "The 'redirect_uri' does not match the redirection URI used in the authorization request.");
    pub(super) const NO_VERIFIER: Self = oauth(BAD, "invalid_request", "PKCE code verifier is required by the application.");
    pub(super) const VERIFIER_WITHOUT_CHALLENGE: Self = oauth(BAD, "invalid_request", "PKCE code challenge should be specified in the authorize request for code verification.");
    pub(super) const WRONG_VERIFIER: Self = oauth(BAD, "invalid_grant", "PKCE verification failed.");
    pub(super) const INVALID_REFRESH_TOKEN: Self = oauth(BAD, "invalid_grant", "The refresh token is invalid or expired.");
    pub(super) const WIDER_REFRESH: Self = oauth(BAD, "access_denied", "Some of the scopes requested for the refresh request were not granted in the original authorize request. Denied scopes: {}.");

    // The authorization request.
    pub(super) const NO_REDIRECT_URI: Self = oauth(BAD, "missing_redirect_uri", "redirect_uri is missing.");
    pub(super) const WRONG_REDIRECT_URI: Self = oauth(BAD, "invalid_request", "The 'redirect_uri' parameter must be a Login redirect URI in the client app settings.");
    pub(super) const INVALID_STATE: Self = oauth(BAD, "invalid_request", "The authentication request has an invalid 'state' parameter.");
    pub(super) const WRONG_RESPONSE_TYPE: Self = oauth(BAD, "unsupported_response_type", "The response type is not supported by the authorization server. Configured response types: [code].");
    pub(super) const WRONG_RESPONSE_MODE: Self = oauth(BAD, "unsupported_response_mode", "The response mode is not supported by the authorization server. Valid response modes: [query, fragment, form_post, okta_post_message].");
    pub(super) const POST_MESSAGE_WITH_CODE: Self = oauth(BAD, "unsupported_response_mode", "'okta_post_message' response mode cannot be used with the 'code' response type.");
    pub(super) const NO_CHALLENGE: Self = oauth(BAD, "invalid_request", "PKCE code challenge is required by the application.");
    pub(super) const WRONG_CHALLENGE: Self = oauth(BAD, "invalid_request", "PKCE code challenge contains illegal characters.");
    pub(super) const WRONG_CHALLENGE_METHOD: Self = oauth(BAD, "invalid_request", "PKCE code challenge method is not supported. Valid values: [S256]");
    pub(super) const WRONG_PROMPT: Self = oauth(BAD, "invalid_request", "Invalid value for 'prompt' parameter. Supported values: [none, login, consent]");
    pub(super) const WRONG_MAX_AGE: Self = oauth(BAD, "invalid_request", "Invalid value for 'max_age' parameter. It should be within range 0 - 2^31-1.");
    pub(super) const PROMPT_NONE_AT_AGE_ZERO: Self = oauth(BAD, "invalid_request", "'prompt' parameter must not have the value 'none' for request with 'zero' as max_age.");
    /// This issuer's own.
    pub(super) const LONG_REQUEST: Self = oauth(BAD, "invalid_request", "The authorization request is too long.");
    pub(super) const REQUEST_OBJECT: Self = oauth(BAD, "request_not_supported", "The authorize request object is not supported by this client.");
    pub(super) const REQUEST_URI: Self = oauth(BAD, "request_uri_not_supported", "The authorize request uri is not supported by this client.");
    pub(super) const LOGIN_REQUIRED: Self = oauth(BAD, "login_required", "The client specified not to prompt, but the user is not logged in.");
    pub(super) const WRONG_POST_LOGOUT_URI: Self = oauth(BAD, "invalid_request", "The 'post_logout_redirect_uri' parameter must be a Logout redirect URI in the client app settings.");

    // A token that is shown.
    pub(super) const NO_TOKEN: Self = oauth(BAD, "invalid_request", "The 'token' parameter is required.");
    pub(super) const ACCESS_TOKEN_MISSING: Self = oauth(UNAUTHORIZED, "invalid_request", "The access token is missing.");
    pub(super) const ACCESS_TOKEN_IN_QUERY: Self = oauth(BAD, "invalid_request", "The access token cannot be presented in a query string.");

    // The scopes.
    pub(super) const OPENID_REQUIRED: Self = oauth(BAD, "invalid_scope", "Requests for ID tokens or access tokens with OpenID scopes require the 'openid' scope.");
    pub(super) const NO_DEFAULT_SCOPES: Self = oauth(BAD, "invalid_scope", "The authorization server resource does not have any configured default scopes, 'scope' must be provided.");
    pub(super) const UNKNOWN_SCOPE: Self = oauth(BAD, "invalid_scope", "One or more scopes are not configured for the authorization server resource.");
    pub(super) const OPENID_SCOPE: Self = oauth(BAD, "invalid_scope", "Cannot request 'openid' scopes using client credentials.");
    pub(super) const CONSENT_SCOPES: Self = oauth(BAD, "consent_required", "The following scopes require user consent and cannot be granted for the client credentials grant type: [{}].");
    pub(super) const EVERY_SCOPE_REJECTED: Self = oauth(BAD, "access_denied", "Policy evaluation succeeded, but all the requested scopes were rejected.");
    pub(super) const SOME_SCOPES_DENIED: Self = oauth(BAD, "access_denied", "Some of the requested scopes were denied by the policy. Denied scopes: [{}].");
}

impl OktaError {
    /// The refusal as it is.
    pub(super) fn plain(&'static self) -> Refusal {
        Refusal { error: self, particulars: String::new() }
    }

    /// The refusal about something.
    pub(super) fn about(&'static self, particulars: impl Into<String>) -> Refusal {
        Refusal { error: self, particulars: particulars.into() }
    }
}

impl Refusal {
    /// The value of `error`.
    pub(super) fn code(&self) -> &'static str {
        self.error.code
    }

    /// The text, with its particulars.
    pub(super) fn text(&self) -> String {
        self.error.text.replacen("{}", &self.particulars, 1)
    }

    pub(super) fn response(&self, issuer: &Inner) -> Response {
        let code = quote(self.error.code);
        let text = quote(&self.text());
        let body = match self.error.style {
            Style::OAuth => format!(r#"{{"error":{code},"error_description":{text}}}"#),
            Style::Okta => {
                let id = quote(&issuer.error_id());
                format!(
                    r#"{{"errorCode":{code},"errorSummary":{text},"errorLink":{code},"errorId":{id},"errorCauses":[]}}"#
                )
            }
        };
        Response::json(self.error.status, body)
    }
}
