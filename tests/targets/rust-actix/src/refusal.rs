//! How a request is refused (RFC 6750 3), as an error that actix-web answers by itself.

use actix_web::http::StatusCode;
use actix_web::http::header::WWW_AUTHENTICATE;
use actix_web::{HttpResponse, ResponseError};
use serde_json::json;

/// Why a request isn't served. `Display` is the description that the caller reads.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    /// No bearer token: 401, and no error code in the challenge.
    #[error("send a bearer token")]
    NoCredentials,
    /// No single token can be told from the header field: 400.
    #[error("send exactly one bearer token")]
    InvalidRequest,
    /// The token failed a check: 401.
    #[error("the access token is not valid here")]
    InvalidToken,
    /// The token is good but doesn't grant these scopes, with spaces between them: 403.
    #[error("the access token does not grant the scope")]
    InsufficientScope(String),
    /// There are no keys to judge by: 503.
    #[error("try again later")]
    KeysUnavailable,
}

impl Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NoCredentials => "unauthorized",
            Self::InvalidRequest => "invalid_request",
            Self::InvalidToken => "invalid_token",
            Self::InsufficientScope(_) => "insufficient_scope",
            Self::KeysUnavailable => "temporarily_unavailable",
        }
    }

    fn challenge(&self) -> Option<String> {
        const REALM: &str = "Bearer realm=\"rust-actix\"";
        let error = format!("{REALM}, error=\"{}\", error_description=\"{self}\"", self.code());
        match self {
            Self::NoCredentials => Some(REALM.to_owned()),
            Self::InvalidRequest | Self::InvalidToken => Some(error),
            Self::InsufficientScope(scope) => Some(format!("{error}, scope=\"{scope}\"")),
            Self::KeysUnavailable => None,
        }
    }
}

impl ResponseError for Refusal {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::NoCredentials | Self::InvalidToken => StatusCode::UNAUTHORIZED,
            Self::InvalidRequest => StatusCode::BAD_REQUEST,
            Self::InsufficientScope(_) => StatusCode::FORBIDDEN,
            Self::KeysUnavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status_code());
        if let Some(challenge) = self.challenge() {
            response.insert_header((WWW_AUTHENTICATE, challenge));
        }
        response.json(json!({ "error": self.code(), "error_description": self.to_string() }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_token_that_was_sent_is_answered_with_an_error_code() {
        let bare = Refusal::NoCredentials.challenge();
        assert_eq!(bare.as_deref(), Some("Bearer realm=\"rust-actix\""));
        let invalid = Refusal::InvalidToken.challenge().unwrap_or_default();
        assert!(invalid.contains(", error=\"invalid_token\""), "{invalid}");
    }

    #[test]
    fn the_scope_that_is_missing_is_named() {
        let challenge = Refusal::InsufficientScope("a".to_owned()).challenge().unwrap_or_default();
        assert!(challenge.contains("error=\"insufficient_scope\""), "{challenge}");
        assert!(challenge.ends_with(", scope=\"a\""), "{challenge}");
    }

    #[test]
    fn missing_keys_are_no_fault_of_the_credentials() {
        assert_eq!(Refusal::KeysUnavailable.status_code(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(Refusal::KeysUnavailable.challenge(), None);
    }
}
