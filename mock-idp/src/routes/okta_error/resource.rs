//! Refusals about what a token is for and who may ask: `resource`, assignments, networks.

use super::{BAD, FORBIDDEN, oauth};

rows! {
    UNSUPPORTED_RESOURCE = oauth(BAD, "invalid_target", "The authorization server has rejected the 'resource' parameter: {}");
    TOO_MANY_RESOURCES = oauth(BAD, "invalid_target", "Too many 'resource' parameters in the request; maximum allowed is {}.");
    OTHER_RESOURCE = oauth(BAD, "invalid_request", "The 'resource' parameter does not match the resource used in the authorization request.");
    USER_NOT_ASSIGNED = oauth(BAD, "access_denied", "User is not assigned to the client application.");
    OUTSIDE_NETWORK = oauth(FORBIDDEN, "access_denied", "The request is made from outside the client's permitted network zones.");
}
