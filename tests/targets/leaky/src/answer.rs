//! The route, and how a refusal is told (RFC 6750 3).

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::defect::{Defect, Switch};
use crate::service::Service;

/// Why a request isn't served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// No bearer token was sent: 401.
    NoCredentials,
    /// The token was sent in a form that has no single meaning: 400.
    InvalidRequest,
    /// The token failed a check: 401.
    InvalidToken,
    /// The token grants too little: 403.
    InsufficientScope,
    /// There are no keys to judge by: 503.
    KeysUnavailable,
    /// What a defect answers instead.
    Wrong(StatusCode),
}

/// `GET /`, protected.
pub(crate) fn router(service: Arc<Service>) -> Router {
    Router::new().route("/", get(hello)).with_state(service)
}

async fn hello(State(service): State<Arc<Service>>, headers: HeaderMap) -> Response {
    match service.admit(&headers).await {
        Ok(sub) => answer(StatusCode::OK, &json!({ "message": "Hello, world!", "sub": sub })),
        Err(refusal) => refuse(refusal, &service.settings.scope, service.defect),
    }
}

fn refuse(refusal: Refusal, scope: &str, defect: Switch) -> Response {
    let status = refusal.status();
    let mut response = answer(status, &json!({ "error": refusal.code() }));
    let challenge = refusal.challenge(scope).filter(|_| !unchallenged(refusal, defect));
    let challenge = challenge.map(|challenge| match defect.0 {
        Some(Defect::BareChallenge) => "Bearer".to_owned(),
        Some(Defect::BasicChallenge) => "Basic realm=\"leaky\"".to_owned(),
        _ => challenge,
    });
    if let Some(value) = challenge.and_then(|text| HeaderValue::try_from(text).ok()) {
        response.headers_mut().insert(WWW_AUTHENTICATE, value);
    }
    response
}

fn unchallenged(refusal: Refusal, defect: Switch) -> bool {
    defect.has(Defect::NoChallenge) || defect.has(Defect::NoChallengeForTokens) && refusal == Refusal::InvalidToken
}

fn answer(status: StatusCode, body: &Value) -> Response {
    (status, [(CACHE_CONTROL, "no-store")], Json(body)).into_response()
}

impl Refusal {
    fn status(self) -> StatusCode {
        match self {
            Self::NoCredentials | Self::InvalidToken => StatusCode::UNAUTHORIZED,
            Self::InvalidRequest => StatusCode::BAD_REQUEST,
            Self::InsufficientScope => StatusCode::FORBIDDEN,
            Self::KeysUnavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Wrong(status) => status,
        }
    }

    fn code(self) -> &'static str {
        match self {
            Self::NoCredentials => "unauthorized",
            Self::InvalidRequest => "invalid_request",
            Self::InvalidToken => "invalid_token",
            Self::InsufficientScope => "insufficient_scope",
            Self::KeysUnavailable => "temporarily_unavailable",
            Self::Wrong(_) => "wrong",
        }
    }

    fn challenge(self, scope: &str) -> Option<String> {
        let realm = "Bearer realm=\"leaky\"";
        let error = format!("{realm}, error=\"{}\"", self.code());
        match self {
            Self::NoCredentials => Some(realm.to_owned()),
            Self::InvalidRequest | Self::InvalidToken => Some(error),
            Self::InsufficientScope => Some(format!("{error}, scope=\"{scope}\"")),
            Self::KeysUnavailable | Self::Wrong(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn challenge(refusal: Refusal, defect: Option<Defect>) -> Option<String> {
        let response = refuse(refusal, "a", Switch(defect));
        let value = response.headers().get(WWW_AUTHENTICATE)?;
        Some(value.to_str().expect("ASCII").to_owned())
    }

    #[test]
    fn each_refusal_has_the_challenge_of_the_rfc() {
        let text = |refusal| challenge(refusal, None).unwrap_or_default();
        assert_eq!(text(Refusal::NoCredentials), "Bearer realm=\"leaky\"");
        assert_eq!(text(Refusal::InvalidToken), "Bearer realm=\"leaky\", error=\"invalid_token\"");
        assert_eq!(
            text(Refusal::InsufficientScope),
            "Bearer realm=\"leaky\", error=\"insufficient_scope\", scope=\"a\""
        );
        assert_eq!(text(Refusal::KeysUnavailable), "");
    }

    #[test]
    fn the_defects_of_the_challenge_are_as_described() {
        let bad = |defect| challenge(Refusal::InvalidToken, Some(defect));
        assert_eq!(bad(Defect::NoChallenge), None);
        assert_eq!(bad(Defect::NoChallengeForTokens), None);
        assert_eq!(bad(Defect::BareChallenge).as_deref(), Some("Bearer"));
        assert_eq!(bad(Defect::BasicChallenge).as_deref(), Some("Basic realm=\"leaky\""));
        let none = challenge(Refusal::NoCredentials, Some(Defect::NoChallengeForTokens));
        assert!(none.is_some());
    }
}
