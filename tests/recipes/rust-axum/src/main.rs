//! An API behind OAuth 2.0: axum, jsonwebtoken and reqwest.

mod keys;
mod token;

use std::env;
use std::error::Error;
use std::net::Ipv4Addr;
use std::sync::Arc;

use axum::extract::{FromRequestParts, State};
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL, WWW_AUTHENTICATE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::json;
use tokio::net::TcpListener;

use crate::keys::Keys;
use crate::token::{Caller, Verifier};

struct Api {
    verifier: Verifier,
    scope: String,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let issuer = env::var("ISSUER")?;
    let rfc9068 = env::var("TOKEN_SHAPE").is_ok_and(|shape| shape == "rfc9068");
    let keys = Keys::of(&issuer, env::var("JWKS_URI").ok()).await?;
    let verifier = Verifier::new(keys, &issuer, &env::var("AUDIENCE")?, rfc9068);
    let api = Api { verifier, scope: env::var("SCOPE")? };

    let app = Router::new().route("/", get(whoami)).with_state(Arc::new(api));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, env::var("SERVER_PORT")?.parse()?)).await?;
    Ok(axum::serve(listener, app).await?)
}

async fn whoami(State(api): State<Arc<Api>>, caller: Caller) -> Result<impl IntoResponse, Refusal> {
    caller.may(&api.scope)?;
    Ok(([(CACHE_CONTROL, "private")], Json(json!({ "sub": caller.sub }))))
}

/// A handler that takes a `Caller` is only called with a token that was verified.
impl FromRequestParts<Arc<Api>> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, api: &Arc<Api>) -> Result<Self, Refusal> {
        api.verifier.verify(bearer(&parts.headers)?).await
    }
}

/// The token of the one `Authorization` line (RFC 6750 section 2.1).
fn bearer(headers: &HeaderMap) -> Result<&str, Refusal> {
    let mut lines = headers.get_all(AUTHORIZATION).iter();
    let line = lines.next().ok_or(Refusal::NoToken)?.to_str().map_err(|_| Refusal::InvalidRequest)?;
    let (scheme, token) = line.split_once(' ').unwrap_or((line, ""));
    if !scheme.eq_ignore_ascii_case("Bearer") {
        return Err(Refusal::NoToken);
    }
    let token = token.trim_start_matches(' ');
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte);
    let one = lines.next().is_none() && !token.is_empty() && token.bytes().all(allowed);
    if one { Ok(token) } else { Err(Refusal::InvalidRequest) }
}

pub enum Refusal {
    NoToken,
    InvalidRequest,
    InvalidToken,
    InsufficientScope(String),
    /// 401 would tell the caller to throw a good token away.
    KeysUnavailable,
}

/// RFC 6750 section 3.
impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, parameters) = match self {
            Self::NoToken => (StatusCode::UNAUTHORIZED, String::new()),
            Self::InvalidRequest => (StatusCode::BAD_REQUEST, r#", error="invalid_request""#.to_owned()),
            Self::InvalidToken => (StatusCode::UNAUTHORIZED, r#", error="invalid_token""#.to_owned()),
            Self::InsufficientScope(scope) => {
                (StatusCode::FORBIDDEN, format!(r#", error="insufficient_scope", scope="{scope}""#))
            }
            Self::KeysUnavailable => return StatusCode::SERVICE_UNAVAILABLE.into_response(),
        };
        (status, [(WWW_AUTHENTICATE, format!(r#"Bearer realm="api"{parameters}"#))]).into_response()
    }
}
