//! A sound resource server on axum: the target in which Badpenny must find nothing.
//!
//! It protects `GET /` with access tokens of one issuer. `jsonwebtoken` does what it can at its
//! strictest; what it leaves open is added by hand, and each such line names the scenario that
//! asks for it.
//!
//! [`router`] is the service for a test in process, [`serve`] runs it on a listener of the
//! caller, and the binary `rust-axum` reads its [`Settings`] from the environment.

mod bearer;
mod challenge;
mod jwks;
mod settings;
mod verify;

use std::io;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header::CACHE_CONTROL;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::json;
use tokio::net::TcpListener;

use crate::challenge::Refusal;
use crate::verify::Verifier;

pub use crate::jwks::JwksError;
pub use crate::settings::{JwksSource, Settings, SettingsError, http_client, port_from_env};

/// The service: `GET /` for whoever holds a good access token with the required scope.
pub fn router(settings: Settings) -> Router {
    Router::new().route("/", get(hello)).with_state(Arc::new(Verifier::new(settings)))
}

/// Serves [`router`] on `listener` until the future is dropped.
///
/// # Errors
/// Those of [`axum::serve()`]: none in practice, since failed connections don't end it.
pub async fn serve(listener: TcpListener, settings: Settings) -> io::Result<()> {
    axum::serve(listener, router(settings)).await
}

async fn hello(caller: Caller) -> Response {
    let body = json!({ "message": "Hello, world!", "sub": caller.sub });
    ([(CACHE_CONTROL, "no-store")], Json(body)).into_response()
}

/// Who calls, known by a token that passed every check. A handler that takes it is protected.
struct Caller {
    sub: String,
}

impl FromRequestParts<Arc<Verifier>> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, verifier: &Arc<Verifier>) -> Result<Self, Refusal> {
        let claims = verifier.verify(bearer::token(&parts.headers)?).await?;
        verifier.authorise(&claims)?;
        Ok(Self { sub: claims.sub })
    }
}
