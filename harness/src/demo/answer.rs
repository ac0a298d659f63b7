use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::defect::Defect;
use super::keys::NoKey;
use super::source::FetchError;

/// The challenge of every refusal begins with this.
const SCHEME_AND_REALM: &str = r#"Bearer realm="badpenny-demo""#;

/// Why a request is not served (RFC 6750, section 3.1). As a response it is the
/// answer that says so; nothing of the request is repeated in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refusal {
    /// No token, or another scheme: 401 without an error code.
    NoCredentials,
    /// The `Authorization` line is malformed or stands twice: 400.
    MalformedRequest,
    /// The token is not good: 401.
    InvalidToken(Defect),
    /// The token is good and lacks the scope: 403.
    InsufficientScope {
        /// The scope that the route needs.
        needed: String,
    },
    /// Whether the token is good can't be told now: 503.
    KeysUnavailable {
        /// Why there are no keys.
        why: FetchError,
        /// When to ask again.
        retry_after: Duration,
    },
}

impl From<Defect> for Refusal {
    fn from(defect: Defect) -> Self {
        Self::InvalidToken(defect)
    }
}

impl From<NoKey> for Refusal {
    fn from(no_key: NoKey) -> Self {
        match no_key {
            NoKey::Unknown => Self::InvalidToken(Defect::Key),
            NoKey::Unavailable { why, retry_after } => Self::KeysUnavailable { why, retry_after },
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self {
            Self::NoCredentials => challenge(StatusCode::UNAUTHORIZED, ""),
            Self::MalformedRequest => challenge(StatusCode::BAD_REQUEST, r#", error="invalid_request""#),
            Self::InvalidToken(defect) => {
                let parameters = format!(r#", error="invalid_token", error_description="{defect}""#);
                challenge(StatusCode::UNAUTHORIZED, &parameters)
            }
            Self::InsufficientScope { needed } => {
                let parameters = format!(r#", error="insufficient_scope", scope="{needed}""#);
                challenge(StatusCode::FORBIDDEN, &parameters)
            }
            Self::KeysUnavailable { why, retry_after } => unavailable(why, retry_after),
        }
    }
}

fn challenge(status: StatusCode, parameters: &str) -> Response {
    // Phrases and scope are of visible ASCII, so the bare challenge is never needed.
    let value = HeaderValue::try_from(format!("{SCHEME_AND_REALM}{parameters}"))
        .unwrap_or(HeaderValue::from_static(SCHEME_AND_REALM));
    (status, [(header::WWW_AUTHENTICATE, value)]).into_response()
}

fn unavailable(why: FetchError, retry_after: Duration) -> Response {
    // Whole seconds (RFC 9110, section 10.2.3), and never "at once".
    let seconds = retry_after.as_secs() + 1;
    (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, HeaderValue::from(seconds))], format!("{why}\n"))
        .into_response()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::http::{Challenges, bearer_violations};

    fn line(refusal: Refusal) -> (u16, String) {
        let response = refusal.into_response();
        let line = response.headers()[header::WWW_AUTHENTICATE].to_str().unwrap().to_owned();
        (response.status().as_u16(), line)
    }

    #[rstest]
    #[case(Refusal::NoCredentials, 401, r#"Bearer realm="badpenny-demo""#)]
    #[case(Refusal::MalformedRequest, 400, r#"Bearer realm="badpenny-demo", error="invalid_request""#)]
    #[case(
        Refusal::InvalidToken(Defect::Expired),
        401,
        r#"Bearer realm="badpenny-demo", error="invalid_token", error_description="the token has expired""#
    )]
    #[case(
        Refusal::InsufficientScope { needed: "a:b".into() },
        403,
        r#"Bearer realm="badpenny-demo", error="insufficient_scope", scope="a:b""#
    )]
    fn a_refusal_is_a_status_and_a_challenge(#[case] refusal: Refusal, #[case] status: u16, #[case] expected: &str) {
        assert_eq!(line(refusal), (status, expected.to_owned()));
    }

    #[test]
    fn every_phrase_makes_a_challenge_as_the_standard_wants_it() {
        for defect in Defect::ALL {
            let (_, line) = line(Refusal::InvalidToken(defect));
            let challenges = Challenges::parse([line.as_bytes()]);
            assert!(challenges.errors.is_empty(), "{line}");
            assert_eq!(bearer_violations(&challenges.list[0]), [], "{line}");
            assert!(line.contains("error_description"), "{line}");
        }
    }

    #[rstest]
    #[case(Duration::ZERO, "1")]
    #[case(Duration::from_millis(4300), "5")]
    fn missing_keys_are_503_with_the_seconds_to_wait(#[case] retry_after: Duration, #[case] expected: &str) {
        let response = Refusal::KeysUnavailable { why: FetchError::NoAnswer, retry_after }.into_response();
        assert_eq!(response.status(), 503);
        assert_eq!(response.headers()[header::RETRY_AFTER], expected);
    }
}
