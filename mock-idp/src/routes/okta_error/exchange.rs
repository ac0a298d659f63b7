//! Refusals of a token exchange, of an assertion, and of a resource owner's password.

use super::{BAD, FORBIDDEN, UNAUTHORIZED, oauth};

rows! {
    MISSING_PARAMETER = oauth(BAD, "invalid_request", "The required parameter '{}' is missing.");
    INVALID_GRANT = oauth(BAD, "invalid_grant", "Invalid grant");
    WRONG_PASSWORD = oauth(BAD, "invalid_grant", "The credentials provided were invalid.");
    PASSWORD_WITH_MFA = oauth(BAD, "invalid_grant", "Resource owner password credentials cannot be used with MFA enabled.");
    INVALID_SUBJECT_TOKEN = oauth(BAD, "invalid_request", "'subject_token' is invalid.");
    INVALID_SUBJECT_TOKEN_TYPE = oauth(BAD, "invalid_request", "'subject_token_type' is invalid or not supported.");
    INVALID_ACTOR_TOKEN = oauth(BAD, "invalid_request", "'actor_token' is invalid.");
    INVALID_ACTOR_TOKEN_TYPE = oauth(BAD, "invalid_request", "'actor_token_type' is invalid or not supported.");
    INVALID_REQUESTED_TOKEN_TYPE = oauth(BAD, "invalid_request", "'requested_token_type' is invalid or not supported.");
    TOO_MANY_ACTORS = oauth(BAD, "invalid_request", "The 'subject_token' 'act' claim contains too many nested actors.");
    MALFORMED_ACTORS = oauth(BAD, "invalid_request", "The 'subject_token' 'act' claim is malformed.");
    NO_DELEGATION = oauth(BAD, "invalid_request", "'subject_token' is invalid: no delegation policy authorizes this token.");
    SUBJECT_NOT_ASSIGNED = oauth(BAD, "invalid_request", "'subject_token' is invalid: the user is not assigned to the client application.");
    SUBJECT_USER_INACTIVE = oauth(BAD, "invalid_request", "'subject_token' is invalid: the user account is not active.");
    SUBJECT_CLIENT_INACTIVE = oauth(BAD, "invalid_request", "'subject_token' is invalid: the client application referenced in the token is not active.");
    SUBJECT_TOKEN_EXPIRED = oauth(BAD, "invalid_grant", "The 'subject_token' either expired or the session associated with it was terminated.");
    SERVER_NOT_TRUSTED = oauth(FORBIDDEN, "access_denied", "The 'subject_token' issuer isn't a trusted authorization server.");
    EXCHANGE_WANTS_SERVICE = oauth(BAD, "invalid_request", "Only service clients may use on-behalf token exchange.");
    EXCHANGE_AUDIENCE = oauth(BAD, "invalid_target", "Token Exchange requests must include a valid audience of the authorization server.");
    EXCHANGE_RESOURCE = oauth(BAD, "invalid_target", "'resource' is invalid or not supported.");
    JWT_BEARER_ISSUER = oauth(UNAUTHORIZED, "invalid_token", "The issuer of the token is not permitted to use the JWT Bearer Grant.");
    JWT_BEARER_AUDIENCE = oauth(BAD, "invalid_grant", "The audience of the JWT Bearer Grant must match the the issuer of the authorization server.");
    JWT_BEARER_USED = oauth(BAD, "invalid_grant", "The jti of the JWT Bearer Grant was already used.");
    /// This issuer's own, as the next four.
    JWT_BEARER_UNREADABLE = oauth(BAD, "invalid_grant", "The JWT Bearer Grant can't be read as a JWT.");
    JWT_BEARER_SIGNATURE = oauth(BAD, "invalid_grant", "The signature of the JWT Bearer Grant is invalid.");
    JWT_BEARER_EXPIRED = oauth(BAD, "invalid_grant", "The JWT Bearer Grant is expired.");
    JWT_BEARER_IN_FUTURE = oauth(BAD, "invalid_grant", "The JWT Bearer Grant is issued in the future.");
    JWT_BEARER_SUBJECT = oauth(BAD, "invalid_grant", "The 'sub' claim in the JWT Bearer Grant is no user of the authorization server.");
}
