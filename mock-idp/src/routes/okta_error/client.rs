//! Who asks: refusals of client authentication. A client that nobody knows is told in Okta's own style.

use super::{BAD, UNAUTHORIZED, oauth, okta};

rows! {
    UNKNOWN_CLIENT = okta(UNAUTHORIZED, "invalid_client", "Invalid value for 'client_id' parameter.");
    UNKNOWN_CLIENT_IN_FORM = okta(BAD, "invalid_client", "Invalid value for 'client_id' parameter.");
    NO_CREDENTIALS = oauth(UNAUTHORIZED, "invalid_client", "No client credentials found.");
    MALFORMED_AUTHORIZATION = oauth(UNAUTHORIZED, "invalid_client", "Found Authentication header but was not valid client credentials.");
    SEVERAL_CREDENTIALS = oauth(UNAUTHORIZED, "invalid_request", "Cannot supply multiple client credentials. Use one of the following: credentials in the Authorization header, credentials in the post body, or a client_assertion in the post body.");
    WRONG_SECRET = oauth(UNAUTHORIZED, "invalid_client", "The client secret supplied for a confidential client is invalid.");
    WRONG_AUTH_METHOD = oauth(UNAUTHORIZED, "invalid_client", "Client authentication failed. Either the client or the client credentials are invalid.");
    WRONG_ASSERTION_TYPE = oauth(BAD, "invalid_request", "The client_assertion_type is invalid.");
    ASSERTION_UNREADABLE = oauth(UNAUTHORIZED, "invalid_client", "The parsing of the client_assertion failed.");
    ASSERTION_ISSUER = oauth(UNAUTHORIZED, "invalid_client", "The issuer claim for client_assertion is not a valid client_id.");
    ASSERTION_SUBJECT = oauth(UNAUTHORIZED, "invalid_client", "The subject claim for client_assertion is not a valid client_id.");
    ASSERTION_ALGORITHM = oauth(UNAUTHORIZED, "invalid_client", "The client_assertion JWT signature algorithm is invalid.");
    ASSERTION_KID = oauth(UNAUTHORIZED, "invalid_client", "The client_assertion JWT kid is invalid.");
    ASSERTION_SIGNATURE = oauth(UNAUTHORIZED, "invalid_client", "The client_assertion signature is invalid.");
    ASSERTION_AUDIENCE = oauth(UNAUTHORIZED, "invalid_client", "The audience claim for client_assertion must be the endpoint invoked for the request.");
    ASSERTION_WITHOUT_EXPIRY = oauth(UNAUTHORIZED, "invalid_client", "The client_assertion must contain the 'exp' claim as seconds since epoch.");
    ASSERTION_EXPIRED = oauth(UNAUTHORIZED, "invalid_client", "The client_assertion token is expired.");
    ASSERTION_EXPIRES_TOO_LATE = oauth(UNAUTHORIZED, "invalid_client", "The client_assertion token has an expiration too far into the future.");
    ASSERTION_ISSUED_IN_FUTURE = oauth(UNAUTHORIZED, "invalid_client", "The client_assertion token must be issued before the current time.");
    ASSERTION_USED = oauth(UNAUTHORIZED, "invalid_client", "The client_assertion token has already been used.");
    JWKS_URI_UNAVAILABLE = oauth(UNAUTHORIZED, "invalid_client", "Error retrieving the client JWKSet from jwks_uri.");
    JWKS_URI_WITHOUT_KEYS = oauth(UNAUTHORIZED, "invalid_client", "The client JWKSet from jwks_uri must contain at least one key.");
    JWKS_URI_AMBIGUOUS = oauth(UNAUTHORIZED, "invalid_client", "All keys in the client JWKSet from jwks_uri must have a unique kid.");
    ORG_WANTS_PRIVATE_KEY_JWT = oauth(UNAUTHORIZED, "invalid_client", "Client Credentials requests to the Org Authorization Server must use the private_key_jwt token_endpoint_auth_method.");
    ORG_WANTS_SERVICE = oauth(UNAUTHORIZED, "invalid_client", "Only clients with 'application_type' of 'service' may use the client_credentials 'grant_type' with the Org Authorization Server.");
}
