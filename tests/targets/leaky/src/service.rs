//! The steps in their order, and what the server remembers between requests.

use std::future::pending;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::http::{HeaderMap, StatusCode};
use jsonwebtoken::get_current_timestamp;
use tokio::sync::Notify;

use crate::answer::Refusal;
use crate::bearer;
use crate::claims::Claims;
use crate::compact::Compact;
use crate::defect::{Defect, Switch};
use crate::header::JoseHeader;
use crate::jwks::{Jwk, KeyCache};
use crate::scope;
use crate::settings::Settings;
use crate::signature::Method;

/// The resource server, without its connections.
pub(crate) struct Service {
    pub(crate) settings: Settings,
    pub(crate) defect: Switch,
    keys: KeyCache,
    /// Set by a defect: nobody gets in any more.
    locked: AtomicBool,
    /// Notified by a defect: the server is to end.
    death: Notify,
}

/// The caller's `sub`, where there is one.
type Subject = Option<String>;

impl Service {
    pub(crate) fn new(settings: Settings, defect: Option<Defect>) -> Self {
        Self {
            settings,
            defect: Switch(defect),
            keys: KeyCache::default(),
            locked: AtomicBool::new(false),
            death: Notify::new(),
        }
    }

    /// Resolves when a defect has killed the server.
    pub(crate) async fn died(&self) {
        self.death.notified().await;
    }

    /// Lets a request in, or says why not.
    pub(crate) async fn admit(&self, headers: &HeaderMap) -> Result<Subject, Refusal> {
        let Some(token) = bearer::token(headers, self.defect)? else {
            return self.admit_anonymous();
        };
        if self.locked.load(Ordering::Relaxed) {
            return Err(Refusal::InvalidToken);
        }
        if self.defect.has(Defect::AcceptsOpaque) && !token.contains('.') {
            return Ok(None);
        }
        let claims = self.verify(token).await?;
        Ok(claims.subject().map(str::to_owned))
    }

    fn admit_anonymous(&self) -> Result<Subject, Refusal> {
        match self.defect.0 {
            Some(Defect::ServesAnonymous) => Ok(None),
            Some(Defect::ForbidsAnonymous) => Err(Refusal::Wrong(StatusCode::FORBIDDEN)),
            _ => Err(Refusal::NoCredentials),
        }
    }

    async fn verify(&self, token: &str) -> Result<Claims, Refusal> {
        self.notice(token)?;
        let token = Compact::parse(token, self.defect)?;
        self.authenticate(&token).await?;
        let claims = Claims::read(token.payload).ok_or(Refusal::InvalidToken)?;
        if self.defect.has(Defect::AcceptsIdTokens) && claims.is_id_token() {
            return Ok(claims);
        }
        claims.check(&self.settings, get_current_timestamp() as f64, self.defect)?;
        if scope::grants(claims.scope(), &self.settings.scope, self.defect) {
            return Ok(claims);
        }
        let as_401 = self.defect.has(Defect::ScopeAs401);
        Err(if as_401 { Refusal::InvalidToken } else { Refusal::InsufficientScope })
    }

    /// Where a token that is text and no JWT goes wrong, if it does.
    fn notice(&self, token: &str) -> Result<(), Refusal> {
        let header = token.split('.').next().unwrap_or_default();
        if header.is_empty() || JoseHeader::read(header).is_some() {
            return Ok(());
        }
        if self.defect.has(Defect::CrashesOnText) {
            return Err(Refusal::Wrong(StatusCode::INTERNAL_SERVER_ERROR));
        }
        if self.defect.has(Defect::LocksOut) {
            self.locked.store(true, Ordering::Relaxed);
        }
        Ok(())
    }

    async fn authenticate(&self, token: &Compact<'_>) -> Result<(), Refusal> {
        if self.defect.has(Defect::AcceptsEmptyHeader) && token.header.is_empty() {
            return Ok(());
        }
        let header = JoseHeader::read(token.header).ok_or(Refusal::InvalidToken)?;
        let method = Method::of(header.algorithm(), self.defect).ok_or(Refusal::InvalidToken)?;
        if !header.is_understood(self.defect) {
            return Err(Refusal::InvalidToken);
        }
        let key = self.key(&header).await?;
        if self.defect.has(Defect::DiesOfNoSignature) && token.signature == Some("") {
            self.death.notify_one();
            return pending().await;
        }
        let genuine = method.verifies(token, &key, self.defect);
        if genuine { Ok(()) } else { Err(Refusal::InvalidToken) }
    }

    async fn key(&self, header: &JoseHeader) -> Result<Jwk, Refusal> {
        if self.defect.has(Defect::TrustsEmbeddedJwk)
            && let Some(key) = header.embedded_key()
        {
            return Ok(key);
        }
        let found = self.published_key(header.kid()).await;
        if self.defect.has(Defect::FallsBackToEmbeddedJwk) && found.is_err() {
            return header.embedded_key().ok_or(Refusal::InvalidToken);
        }
        found
    }

    async fn published_key(&self, kid: Option<&str>) -> Result<Jwk, Refusal> {
        let kid = kid.ok_or(Refusal::InvalidToken)?;
        let found = self.keys.find(kid, &self.settings).await;
        let is_unknown = matches!(found, Err(Refusal::InvalidToken));
        if self.defect.has(Defect::PoisonsKeys) && is_unknown {
            self.locked.store(true, Ordering::Relaxed);
        }
        found
    }
}
