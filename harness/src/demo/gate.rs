use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use mock_idp::clock::Clock;
use mock_idp::keys::Algorithm;

use super::answer::Refusal;
use super::bearer::bearer_token;
use super::claims::{Rules, Subject};
use super::keys::{KeyCache, NoKey};
use super::token::UnverifiedToken;
use super::verifying_key::VerifyingKey;

/// Decides who gets in.
pub(super) struct Gate {
    rules: Rules,
    keys: Keys,
    clock: Clock,
}

/// What tokens are verified with, of one algorithm.
pub(super) struct Keys {
    pub(super) algorithm: Algorithm,
    pub(super) origin: Origin,
}

/// Where the keys come from.
pub(super) enum Origin {
    /// The issuer's key set, by the `kid` of the token.
    Fetched(Arc<KeyCache>),
    /// The settings: one key, whatever `kid` a token names.
    Handed(Box<VerifyingKey>),
}

impl Keys {
    async fn find(&self, kid: &str) -> Result<VerifyingKey, NoKey> {
        match &self.origin {
            Origin::Fetched(cache) => cache.find(kid).await,
            Origin::Handed(key) => Ok((**key).clone()),
        }
    }
}

impl Gate {
    pub(super) fn new(rules: Rules, keys: Keys, clock: Clock) -> Self {
        Self { rules, keys, clock }
    }

    /// Who asks, if they may: each step sees only what the one before let through.
    pub(super) async fn admit(&self, headers: &HeaderMap) -> Result<Subject, Refusal> {
        let token = UnverifiedToken::parse(bearer_token(headers)?, &self.rules.dialect, self.keys.algorithm)?;
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
