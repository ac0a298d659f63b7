//! Refusals about an ID-JAG, of Cross App Access.

use hyper::StatusCode;

use super::{BAD, oauth};

rows! {
    ID_JAG_SCOPES_IN_REQUEST = oauth(BAD, "invalid_request", "The id-jag request must not include a 'scope' parameter.");
    ID_JAG_CLIENT = oauth(BAD, "invalid_grant", "The 'client_id' in the JWT Bearer Grant must match the 'client_id' used to authenticate the client.");
    ID_JAG_UNTRUSTED_ISSUER = oauth(BAD, "invalid_grant", "The issuer of the id-jag is not a trusted authorization server.");
    ID_JAG_EXPIRED = oauth(BAD, "invalid_grant", "The id-jag is expired.");
    ID_JAG_IN_FUTURE = oauth(BAD, "invalid_grant", "The id-jag is issued in the future.");
    ID_JAG_LIFETIME = oauth(BAD, "invalid_grant", "The lifetime of the id-jag must not exceed 5 minutes.");
    ID_JAG_SIGNATURE = oauth(BAD, "invalid_grant", "The signature of the id-jag is invalid.");
    ID_JAG_USED = oauth(BAD, "invalid_grant", "The id-jag was already used.");
    ID_JAG_SUBJECT = oauth(BAD, "invalid_grant", "The 'sub' claim in the id-jag is invalid.");
    ID_JAG_WITHOUT_SCOPES = oauth(BAD, "invalid_grant", "The id-jag must include at least one scope.");
    ID_JAG_OTHER_RESOURCE = oauth(BAD, "invalid_grant", "The 'resource' claim in the id-jag does not match the 'resource' parameter in the request.");
    ID_JAG_RESOURCE = oauth(BAD, "invalid_grant", "The 'resource' claim in the id-jag is not valid for this authorization server.");
    ID_JAG_NOT_MADE = oauth(StatusCode::INTERNAL_SERVER_ERROR, "server_error", "Failed to create the id assertion authorization grant.");
}
