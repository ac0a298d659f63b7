//! How a request is refused: status, `WWW-Authenticate` challenge and body (RFC 6750 3).

use axum::Json;
use axum::http::header::WWW_AUTHENTICATE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// Why a request isn't served. None of them tells which check failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// No bearer token was sent: 401, and no error code (RFC 6750 3.1).
    NoCredentials,
    /// The token was sent in a form that has no single meaning: 400.
    InvalidRequest,
    /// The token failed a check: 401.
    InvalidToken,
    /// The token is good, and grants too little: 403.
    InsufficientScope {
        /// What it would have to grant, with spaces between several.
        required: String,
    },
    /// The issuer's keys were never obtained, so that nothing can be judged: 503.
    KeysUnavailable,
}

impl Refusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::NoCredentials | Self::InvalidToken => StatusCode::UNAUTHORIZED,
            Self::InvalidRequest => StatusCode::BAD_REQUEST,
            Self::InsufficientScope { .. } => StatusCode::FORBIDDEN,
            Self::KeysUnavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// The code and its description.
    fn error(&self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::NoCredentials => None,
            Self::InvalidRequest => Some(("invalid_request", "send exactly one bearer token")),
            Self::InvalidToken => Some(("invalid_token", "the access token is not valid here")),
            Self::InsufficientScope { .. } => Some(("insufficient_scope", "the access token does not grant the scope")),
            Self::KeysUnavailable => Some(("temporarily_unavailable", "try again later")),
        }
    }

    /// The challenge. A 503 says nothing about the credentials, so it has none.
    fn challenge(&self) -> Option<String> {
        if *self == Self::KeysUnavailable {
            return None;
        }
        let mut challenge = "Bearer realm=\"rust-axum\"".to_owned();
        if let Some((code, description)) = self.error() {
            challenge += &format!(", error=\"{code}\", error_description=\"{description}\"");
        }
        if let Self::InsufficientScope { required } = self {
            challenge += &format!(", scope=\"{required}\"");
        }
        Some(challenge)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (error, description) = self.error().unwrap_or(("unauthorized", "send a bearer token"));
        let body = json!({ "error": error, "error_description": description });
        let mut response = (self.status(), Json(body)).into_response();
        let challenge = self.challenge().and_then(|text| HeaderValue::try_from(text).ok());
        if let Some(challenge) = challenge {
            response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn challenge(refusal: Refusal) -> (u16, Option<String>) {
        let response = refusal.into_response();
        let challenge = response.headers().get(WWW_AUTHENTICATE);
        let challenge = challenge.map(|value| value.to_str().expect("ASCII").to_owned());
        (response.status().as_u16(), challenge)
    }

    #[test]
    fn no_credentials_are_challenged_without_an_error_code() {
        let expected = (401, Some("Bearer realm=\"rust-axum\"".to_owned()));
        assert_eq!(challenge(Refusal::NoCredentials), expected);
    }

    #[test]
    fn a_bad_token_is_named_invalid_token() {
        let (status, challenge) = challenge(Refusal::InvalidToken);
        assert_eq!(status, 401);
        assert!(challenge.is_some_and(|text| text.contains(", error=\"invalid_token\"")));
    }

    #[test]
    fn too_little_scope_is_named_with_what_is_needed() {
        let (status, challenge) = challenge(Refusal::InsufficientScope { required: "a".to_owned() });
        assert_eq!(status, 403);
        let challenge = challenge.expect("a challenge");
        assert!(challenge.contains("error=\"insufficient_scope\""), "{challenge}");
        assert!(challenge.ends_with(", scope=\"a\""), "{challenge}");
    }

    #[test]
    fn missing_keys_are_no_fault_of_the_credentials() {
        assert_eq!(challenge(Refusal::KeysUnavailable), (503, None));
    }
}
