//! Refusals of the token endpoint: the grant, the code, the refresh token.

use super::{BAD, UNAUTHORIZED, oauth};

rows! {
    NO_GRANT_TYPE = oauth(BAD, "invalid_request", "The token request must specify a 'grant_type'. Valid values: [{}]");
    UNSUPPORTED_GRANT = oauth(BAD, "unsupported_grant_type", "The authorization grant type is not supported by the authorization server. Configured grant types: [{}].");
    GRANT_NOT_OF_CLIENT = oauth(BAD, "unauthorized_client", "The client is not authorized to use the provided grant type. Configured grant types: [{}].");
    NO_POLICY = oauth(UNAUTHORIZED, "access_denied", "Policy evaluation failed for this request, please check the policy configurations.");
    INVALID_CODE = oauth(BAD, "invalid_grant", "The authorization code is invalid or has expired.");
    OTHER_CLIENTS_GRANT = oauth(BAD, "invalid_grant", "The grant was issued to another client. Please make sure the 'client_id' matches the one used at the authorize request.");
    OTHER_SERVERS_GRANT = oauth(BAD, "invalid_request", "The grant was issued for another authorization server.");
    OTHER_REDIRECT_URI = oauth(BAD, "invalid_grant", "The 'redirect_uri' does not match the redirection URI used in the authorization request.");
    NO_VERIFIER = oauth(BAD, "invalid_request", "PKCE code verifier is required by the application.");
    VERIFIER_WITHOUT_CHALLENGE = oauth(BAD, "invalid_request", "PKCE code challenge should be specified in the authorize request for code verification.");
    WRONG_VERIFIER = oauth(BAD, "invalid_grant", "PKCE verification failed.");
    INVALID_REFRESH_TOKEN = oauth(BAD, "invalid_grant", "The refresh token is invalid or expired.");
    WIDER_REFRESH = oauth(BAD, "access_denied", "Some of the scopes requested for the refresh request were not granted in the original authorize request. Denied scopes: {}.");
}
