//! Refusals about scopes.

use super::{BAD, oauth};

rows! {
    NO_SCOPES = oauth(BAD, "invalid_scope", "No scopes were requested.");
    NO_SCOPE_OF_ORG_GRANTED = oauth(BAD, "consent_required", "You are not allowed any of the requested scopes.");
    OPENID_REQUIRED = oauth(BAD, "invalid_scope", "Requests for ID tokens or access tokens with OpenID scopes require the 'openid' scope.");
    NO_DEFAULT_SCOPES = oauth(BAD, "invalid_scope", "The authorization server resource does not have any configured default scopes, 'scope' must be provided.");
    UNKNOWN_SCOPE = oauth(BAD, "invalid_scope", "One or more scopes are not configured for the authorization server resource.");
    OPENID_SCOPE = oauth(BAD, "invalid_scope", "Cannot request 'openid' scopes using client credentials.");
    CONSENT_REQUIRED = oauth(BAD, "consent_required", "The following scopes require user consent: [{}].");
    CONSENT_SCOPES = oauth(BAD, "consent_required", "The following scopes require user consent and cannot be granted for the client credentials grant type: [{}].");
    CONSENT_SCOPES_FOR_PASSWORD = oauth(BAD, "consent_required", "The following scopes require user consent: [{}]. To access protected scopes using the resource owner password grant type, please uncheck 'Require consent' in the app settings or set the 'consent_method' to 'TRUSTED' through the apps API.");
    CONSENT_SCOPES_FOR_EXCHANGE = oauth(BAD, "consent_required", "The following scopes require user consent: [{}]. To access protected scopes using the token_exchange password grant type, please uncheck 'Require consent' in the app settings or set the apps 'consent_method' to 'TRUSTED'.");
    OPENID_SCOPE_IN_EXCHANGE = oauth(BAD, "invalid_scope", "Can't request 'openid' scopes using the Token Exchange flow for a service app.");
    ILLEGAL_SCOPES = oauth(BAD, "invalid_scope", "The following scopes are not allowed for this request: [{}].");
    EVERY_SCOPE_REJECTED = oauth(BAD, "access_denied", "Policy evaluation succeeded, but all the requested scopes were rejected.");
    SOME_SCOPES_DENIED = oauth(BAD, "access_denied", "Some of the requested scopes were denied by the policy. Denied scopes: [{}].");
}
