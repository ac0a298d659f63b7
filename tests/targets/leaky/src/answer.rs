//! How the outcome is told (RFC 6750 3).

use serde_json::{Value, json};

use crate::challenge;
use crate::defect::{Defect, Switch};
use crate::http::{Response, status};
use crate::token::{JoseHeader, decode};

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
    Wrong(u16),
}

impl Refusal {
    /// Something was not as the author thought.
    pub(crate) const CRASH: Self = Self::Wrong(status::INTERNAL_SERVER_ERROR);
    /// The wrong status where a token is bad.
    pub(crate) const FORBIDDEN: Self = Self::Wrong(status::FORBIDDEN);

    fn status(self) -> u16 {
        match self {
            Self::NoCredentials | Self::InvalidToken => status::UNAUTHORIZED,
            Self::InvalidRequest => status::BAD_REQUEST,
            Self::InsufficientScope => status::FORBIDDEN,
            Self::KeysUnavailable => status::SERVICE_UNAVAILABLE,
            Self::Wrong(status) => status,
        }
    }

    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::NoCredentials => "unauthorized",
            Self::InvalidRequest => "invalid_request",
            Self::InvalidToken => "invalid_token",
            Self::InsufficientScope => "insufficient_scope",
            Self::KeysUnavailable => "temporarily_unavailable",
            Self::Wrong(_) => "wrong",
        }
    }
}

/// The resource, for whoever may have it.
pub(crate) fn serve(sub: Option<&str>, defect: Switch) -> Response {
    let body = json!({ "message": "Hello, world!", "sub": sub });
    let response = Response::json(status::OK, &body);
    if defect.has(Defect::CacheableSuccess) {
        return response.with("Cache-Control", "public, max-age=60");
    }
    response.with("Cache-Control", "no-store")
}

/// A refusal, with the challenge that is due. `token` and `scope` are what was sent and asked for.
pub(crate) fn refuse(refusal: Refusal, token: Option<&str>, scope: &str, defect: Switch) -> Response {
    let mut response = match token.filter(|_| defect.has(Defect::ReflectsIssuerInBody)) {
        Some(token) => Response::html(refusal.status(), unknown_issuer(token)),
        None => Response::json(refusal.status(), &body(refusal, token, defect)),
    };
    if let Some(kid) = token.and_then(|token| kid(token, defect)) {
        // A line break in it ends the line, and begins another.
        response = response.with("X-Key-Id", kid);
    }
    if let Some(challenge) = challenge::of(refusal, token, scope, defect) {
        response = response.with("WWW-Authenticate", challenge);
    }
    match (defect.0, token) {
        (Some(Defect::CacheableRefusal), _) => response.with("Cache-Control", "public, max-age=60"),
        (Some(Defect::EchoesTokenInHeader), Some(token)) => {
            response.with("X-Refused-Token", token).with("Cache-Control", "no-store")
        }
        _ => response.with("Cache-Control", "no-store"),
    }
}

fn body(refusal: Refusal, token: Option<&str>, defect: Switch) -> Value {
    let code = refusal.code();
    match (defect.0, token) {
        (Some(Defect::EchoesTokenInBody), Some(token)) => json!({ "error": code, "token": token }),
        (Some(Defect::ShowsStackTrace), Some(_)) => json!({ "error": code, "trace": STACK_TRACE }),
        (Some(Defect::ShowsLibraryName), Some(_)) => {
            json!({ "error": code, "detail": "JsonWebTokenError: jwt malformed" })
        }
        _ => json!({ "error": code }),
    }
}

const STACK_TRACE: &str = "Traceback (most recent call last):\n  File \"/app/auth.py\", line 12, in verify\n    \
     raise InvalidTokenError()\njwt.exceptions.InvalidTokenError";

/// A page with the issuer of a token, whatever that holds.
fn unknown_issuer(token: &str) -> String {
    let payload = token.split('.').nth(1).and_then(decode).unwrap_or_default();
    let claims: Value = serde_json::from_slice(&payload).unwrap_or_default();
    format!("<p>unknown issuer {}</p>", claims["iss"].as_str().unwrap_or("none"))
}

/// The `kid` of a token that was refused, where a defect tells it.
fn kid(token: &str, defect: Switch) -> Option<String> {
    if !defect.has(Defect::ReflectsKidInHeader) {
        return None;
    }
    let header = JoseHeader::read(token.split('.').next()?, defect)?;
    header.kid().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token::encode;

    fn refused(defect: Option<Defect>) -> (Response, String) {
        let token = format!("{}.{}.c2ln", encode("{\"kid\":\"<b>\\r\\nX: y\"}"), encode("{\"iss\":\"<i>\"}"));
        let response = refuse(Refusal::InvalidToken, Some(&token), "a", Switch(defect));
        let text = String::from_utf8(response.bytes(false, false, 0)).expect("text");
        (response, text)
    }

    #[test]
    fn a_refusal_tells_nothing_but_its_code() {
        let (response, _) = refused(None);
        assert_eq!(response.body, b"{\"error\":\"invalid_token\"}");
        assert_eq!(response.header("Cache-Control"), Some("no-store"));
        assert_eq!(serve(Some("s"), Switch(None)).header("Cache-Control"), Some("no-store"));
    }

    #[test]
    fn each_defect_tells_too_much_in_its_own_way() {
        for (text, defect) in [
            ("\"token\":\"eyJ", Defect::EchoesTokenInBody),
            ("X-Refused-Token: eyJ", Defect::EchoesTokenInHeader),
            ("\r\nX: y\r\n", Defect::ReflectsKidInHeader),
            ("unknown issuer <i>", Defect::ReflectsIssuerInBody),
            ("Traceback", Defect::ShowsStackTrace),
            ("JsonWebTokenError", Defect::ShowsLibraryName),
            ("Cache-Control: public", Defect::CacheableRefusal),
        ] {
            assert!(!refused(None).1.contains(text), "{text}");
            assert!(refused(Some(defect)).1.contains(text), "{defect}");
        }
        let cacheable = serve(None, Switch(Some(Defect::CacheableSuccess)));
        assert_eq!(cacheable.header("Cache-Control"), Some("public, max-age=60"));
    }
}
