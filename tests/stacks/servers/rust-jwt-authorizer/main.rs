//! jwt-authorizer for Axum.

use std::env::var;
use std::error::Error;

use axum::routing::get;
use axum::{Json, Router};
use jwt_authorizer::{Authorizer, IntoLayer, JwtAuthorizer, JwtClaims, Validation};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::TcpListener;

#[derive(Clone, Deserialize)]
struct Claims {
    sub: String,
    #[serde(default)]
    scp: Vec<String>,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let (issuer, audience, scope) = (var("ISSUER")?, var("AUDIENCE")?, var("SCOPE")?);
    let authorizer: Authorizer<Claims> = JwtAuthorizer::from_jwks_url(&format!("{issuer}/v1/keys"))
        .validation(Validation::new().iss(&[issuer]).aud(&[audience]))
        .check(move |claims: &Claims| claims.scp.contains(&scope))
        .build()
        .await?;
    let app = Router::new().route("/", get(answer)).layer(authorizer.into_layer());
    let listener = TcpListener::bind(format!("127.0.0.1:{}", var("SERVER_PORT")?)).await?;
    Ok(axum::serve(listener, app).await?)
}

async fn answer(JwtClaims(claims): JwtClaims<Claims>) -> Json<Value> {
    Json(json!({ "sub": claims.sub }))
}
