//! Refusals of the management API and of dynamic registration.

use hyper::StatusCode;

use super::{BAD, Refusal, UNAUTHORIZED, oauth, okta};
use crate::issuer::{AddServerError, ChangeServerError};

const FORBIDDEN: StatusCode = StatusCode::FORBIDDEN;

rows! {
    INVALID_SESSION = okta(FORBIDDEN, "E0000005", "Invalid session");
    INVALID_API_TOKEN = okta(UNAUTHORIZED, "E0000011", "Invalid token provided");
    NOT_PERMITTED = okta(FORBIDDEN, "E0000006", "You do not have permission to perform the requested action");
    INVALID = okta(BAD, "E0000001", "Api validation failed: {}");
    MALFORMED_BODY = okta(BAD, "E0000003", "The request body was not well-formed.");
    RESOURCE_NOT_FOUND = okta(StatusCode::NOT_FOUND, "E0000007", "Not found: Resource not found: {}");
    ACTIVE_APP = okta(FORBIDDEN, "E0000056", "Delete application forbidden.");
    SEARCH = okta(BAD, "E0000031", "Invalid search criteria.");
    CLIENT_METADATA = oauth(BAD, "invalid_client_metadata", "{}");
    REDIRECT_URI_METADATA = oauth(BAD, "invalid_redirect_uri", "{}");
}

/// A field that is wrong, and how.
pub(in crate::routes) fn invalid(field: &str, detail: impl std::fmt::Display) -> Refusal {
    super::OktaError::INVALID.about(field).because(format!("{field}: {detail}"))
}

/// What the check of the configuration finds, by the field that Okta calls so.
impl From<ChangeServerError> for Refusal {
    fn from(error: ChangeServerError) -> Self {
        match error {
            ChangeServerError::Config(error) => {
                let field = field(&error.path);
                invalid(field, error.message)
            }
            ChangeServerError::UnknownServer { server, .. } => super::OktaError::UNKNOWN_SERVER.about(server),
            ChangeServerError::Fixed { field, .. } => invalid(field, error),
        }
    }
}

impl From<AddServerError> for Refusal {
    fn from(error: AddServerError) -> Self {
        match error {
            AddServerError::Config(error) => ChangeServerError::Config(error).into(),
            other => invalid("authorizationServer", other),
        }
    }
}

/// The last name of a path of the configuration, as the management API calls it.
fn field(path: &str) -> &str {
    let last = path.rsplit('.').next().unwrap_or_default();
    match last.split('[').next().unwrap_or_default() {
        "scopes" | "claim" | "client" => "name",
        "user" => "login",
        "audience" => "audiences",
        "refresh_leeway" => "leeway",
        other => other,
    }
}
