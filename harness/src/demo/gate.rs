use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use mock_idp::clock::Clock;

use super::answer::Refusal;
use super::bearer::bearer_token;
use super::claims::{Rules, Subject};
use super::keys::KeyCache;
use super::token::UnverifiedToken;

/// Decides who gets in.
pub(super) struct Gate {
    rules: Rules,
    keys: Arc<KeyCache>,
    clock: Clock,
}

impl Gate {
    pub(super) fn new(rules: Rules, keys: KeyCache, clock: Clock) -> Self {
        Self { rules, keys: Arc::new(keys), clock }
    }

    /// Who asks, if they may: each step sees only what the one before let through.
    pub(super) async fn admit(&self, headers: &HeaderMap) -> Result<Subject, Refusal> {
        let token = UnverifiedToken::parse(bearer_token(headers)?, self.rules.shape)?;
        let key = self.keys.find(token.kid()).await?;
        let claims = token.verify(&key)?;
        self.rules.admit(&claims, self.clock.now())
    }
}

/// Stands before every route; what it lets through knows its [`Subject`].
pub(super) async fn guard(State(gate): State<Arc<Gate>>, mut request: Request, next: Next) -> Response {
    let mut answer = match gate.admit(request.headers()).await {
        Ok(subject) => {
            request.extensions_mut().insert(subject);
            next.run(request).await
        }
        Err(refusal) => refusal.into_response(),
    };
    // No cache may serve one caller's answer to another (RFC 9111, section 3.5).
    answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}
