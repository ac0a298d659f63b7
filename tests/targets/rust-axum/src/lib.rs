//! A sound resource server on axum: the target in which Badpenny must find nothing.
//!
//! It protects `/` with access tokens of one issuer, in the shape that Okta gives them: reading
//! needs one scope, writing another, and `GET /both` needs both. `GET /public` is for everybody.
//! `jsonwebtoken` does what it can at its strictest; what it leaves open is added by hand, and each
//! such line names the scenario that asks for it.
//!
//! [`router`] is the service for a test in process, [`serve`] runs it on a listener of the
//! caller, and the binary `rust-axum` reads its [`Settings`] from the environment.

mod bearer;
mod challenge;
mod edge;
mod jwk;
mod jwks;
mod settings;
mod strict;
mod verify;

use std::io;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Extension, Json, Router};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::challenge::Refusal;
use crate::verify::{Caller, Verifier};

pub use crate::jwks::JwksError;
pub use crate::settings::{JwksSource, Settings, SettingsError, http_client, port_from_env};

/// The service, for whoever holds a good access token with what the route needs.
pub fn router(settings: Settings) -> Router {
    let (reading, writing) = (settings.scope.clone(), settings.other_scope.clone());
    let verifier = Arc::new(Verifier::new(settings));
    let needs = |scopes: &[&String]| {
        let required = scopes.iter().map(|scope| (*scope).clone()).collect();
        from_fn_with_state(Guard { verifier: Arc::clone(&verifier), required }, guard)
    };
    // scope/per-method, http/methods: each method has a guard of its own, HEAD that of GET, and
    // any other is answered with 405 and nothing else.
    let read = get(protected).route_layer(needs(&[&reading]));
    let write = post(protected).route_layer(needs(&[&writing]));
    Router::new()
        .route("/", read.merge(write))
        .route("/both", get(protected).route_layer(needs(&[&reading, &writing])))
        .route("/public", get(public))
        .layer(from_fn(edge::edge))
}

/// Serves [`router`] on `listener` until the future is dropped.
///
/// # Errors
/// Those of [`axum::serve()`]: none in practice, since failed connections don't end it.
pub async fn serve(listener: TcpListener, settings: Settings) -> io::Result<()> {
    axum::serve(listener, router(settings)).await
}

/// Who stands before a route, and what must be granted to pass.
#[derive(Clone)]
struct Guard {
    verifier: Arc<Verifier>,
    required: Vec<String>,
}

async fn guard(State(guard): State<Guard>, mut request: Request, next: Next) -> Result<Response, Refusal> {
    let caller = guard.verifier.verify(bearer::token(request.headers())?).await?;
    caller.may(&guard.required)?;
    request.extensions_mut().insert(caller);
    Ok(next.run(request).await)
}

/// Without its guard this would answer 500, since nobody would say who calls.
async fn protected(Extension(caller): Extension<Caller>) -> Json<Value> {
    Json(json!({ "message": "Hello, world!", "sub": caller.sub }))
}

async fn public() -> Json<Value> {
    Json(json!({ "message": "Hello, everybody!" }))
}
