//! From a request to its answer: the steps in their order.

use std::future::pending;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::answer::{Refusal, refuse, serve};
use crate::claims::Claims;
use crate::defect::{Defect, Switch};
use crate::http::{Login, Request, Response, status};
use crate::keys::{Fetcher, KeyCache, KeySet};
use crate::limit::Limit;
use crate::memory::Memory;
use crate::quirk::Quirk;
use crate::route::{Resource, Route};
use crate::settings::Settings;
use crate::token::decode;
use crate::{burden, cors, credentials, lockout, log};

/// Who some fronts say is calling. A sound server asks the token.
const USER_HEADERS: [&str; 5] = ["X-User", "X-Forwarded-User", "X-Remote-User", "X-Auth-User", "X-Auth-Request-User"];

/// The resource server, without its connections.
pub(crate) struct Service {
    pub(crate) settings: Settings,
    pub(crate) defect: Switch,
    pub(crate) keys: KeyCache,
    /// The keys of the second issuer, used where it is trusted.
    pub(crate) second: KeyCache,
    pub(crate) fetcher: Fetcher,
    pub(crate) memory: Memory,
    limit: Limit,
    /// How many were refused so far.
    refusals: AtomicUsize,
}

/// The caller's `sub`, where there is one.
pub(crate) type Subject = Option<String>;

impl Service {
    pub(crate) fn new(settings: Settings, defect: Option<Defect>) -> Self {
        let defect = Switch(defect);
        let fetcher = Fetcher::new(settings.client.clone(), settings.accepts(), defect);
        let keys = match &settings.jwks {
            Some(document) => {
                let keys = KeySet::read(document, settings.accepts(), defect).unwrap_or_default();
                KeyCache::handed(settings.issuer.clone(), fetcher.clone(), keys)
            }
            None => KeyCache::new(settings.issuer.clone(), fetcher.clone()),
        };
        Self {
            keys,
            second: KeyCache::new(settings.second_issuer(), fetcher.clone()),
            settings,
            defect,
            fetcher,
            memory: Memory::default(),
            limit: Limit::default(),
            refusals: AtomicUsize::new(0),
        }
    }

    /// Resolves when a defect has killed the server.
    pub(crate) async fn died(&self) {
        self.memory.died().await;
    }

    /// Ends the server: a defect's way to say that it crashed.
    pub(crate) fn die(&self) {
        self.memory.die();
    }

    /// Ends the server in the midst of a request, which is never answered.
    pub(crate) async fn dead<T>(&self) -> T {
        self.die();
        pending().await
    }

    /// Answers one request. `login` is what a defect knows about its connection.
    pub(crate) async fn respond(&self, request: &Request, login: &mut Login) -> Response {
        if self.settings.quirks.has(Quirk::LimitsRate) && !self.limit.admits() {
            let response = Response::empty(status::TOO_MANY_REQUESTS).with("Retry-After", "1");
            return response.with("Cache-Control", "no-store");
        }
        let preflight = self.settings.cors && cors::is_preflight(request);
        if preflight && !self.defect.has(Defect::PreflightNeedsToken) {
            return cors::allow();
        }
        burden::of_request(request, self.defect);
        let route = Route::of(request, &self.settings, self.defect);
        let response = self.answer(request, route, login).await;
        if self.settings.cors { cors::open(response, request, self.defect) } else { response }
    }

    async fn answer(&self, request: &Request, route: Route, login: &mut Login) -> Response {
        let required: Vec<&str> = match &route.resource {
            Resource::Protected(scopes) => scopes.iter().map(String::as_str).collect(),
            _ => Vec::new(),
        };
        let admitted = if route.is_guarded { self.guard(request, &required, login).await } else { Ok(None) };
        let sub = match admitted {
            Ok(sub) => sub,
            Err((refusal, token)) => return self.refuse(refusal, token.as_deref(), &required.join(" ")),
        };
        match route.resource {
            Resource::Public | Resource::Protected(_) => serve(self.whose(sub).await.as_deref(), self.defect),
            Resource::Nothing => Response::empty(status::NOT_FOUND).with("Cache-Control", "no-store"),
            Resource::WrongMethod => {
                let response = Response::empty(status::METHOD_NOT_ALLOWED).with("Allow", "GET, HEAD, POST");
                response.with("Cache-Control", "no-store")
            }
        }
    }

    /// Lets a request in, or says why not, and with what token.
    async fn guard(&self, request: &Request, required: &[&str], login: &mut Login) -> Result<Subject, Refused> {
        if self.defect.has(Defect::AuthenticatesPipelines) && login.0.is_some() {
            return Ok(login.0.clone());
        }
        let token =
            credentials::token(request, self.settings.quirks, self.defect).map_err(|refusal| (refusal, None))?;
        let admitted = match &token {
            Some(token) => self.admit(request, token, required).await,
            None => self.admit_anonymous(request),
        };
        if let Ok(Some(sub)) = &admitted {
            login.0 = Some(sub.clone());
        }
        admitted.map_err(|refusal| (refusal, token))
    }

    async fn admit(&self, request: &Request, token: &str, required: &[&str]) -> Result<Subject, Refusal> {
        if self.memory.is_locked() || lockout::is_shut(self.settings.lockout.as_deref()) {
            return Err(Refusal::InvalidToken);
        }
        if self.defect.has(Defect::AcceptsOpaque) && !token.contains('.') {
            return Ok(None);
        }
        let names_authorization = |line: &str| line.to_ascii_lowercase().contains("authorization");
        if self.defect.has(Defect::DropsHopByHopLines) && request.text("Connection").is_some_and(names_authorization) {
            return Err(Refusal::CRASH);
        }
        if let Some(sub) = self.memory.recall(token).filter(|_| self.defect.has(Defect::RemembersGoodTokens)) {
            return Ok(sub);
        }
        if burden::kills(token, self.defect) {
            return self.dead().await;
        }
        burden::of_token(token, self.defect).await;
        let outcome = self.verify(token, required).await;
        log::outcome(token, outcome.is_ok(), self.defect);
        let sub = self.subject(request, &outcome?);
        let is_known = sub.as_deref().is_some_and(|sub| sub.starts_with(OF_CLIENTS));
        if self.settings.quirks.has(Quirk::KnowsItsUsers) && !is_known {
            return Err(Refusal::FORBIDDEN);
        }
        self.memory.remember(token, sub.as_deref());
        Ok(sub)
    }

    /// Whom the token names, or by a defect whom a token names that nobody verified.
    fn subject(&self, request: &Request, claims: &Claims) -> Subject {
        let other = credentials::overlooked(request, self.defect);
        let unverified = other.and_then(|token| decode(token.split('.').nth(1)?));
        let believed = unverified.and_then(|payload| Claims::read(&payload, self.defect).ok());
        believed.as_ref().unwrap_or(claims).subject().map(str::to_owned)
    }

    fn admit_anonymous(&self, request: &Request) -> Result<Subject, Refusal> {
        match self.defect.0 {
            Some(Defect::ServesAnonymous) => Ok(None),
            Some(Defect::ForbidsAnonymous) => Err(Refusal::FORBIDDEN),
            Some(Defect::RedirectsAnonymous) => Err(Refusal::Wrong(status::FOUND)),
            Some(Defect::BelievesUserHeaders) => {
                let user = USER_HEADERS.iter().find_map(|name| request.text(name));
                user.map(|user| Some(user.to_owned())).ok_or(Refusal::NoCredentials)
            }
            _ => Err(Refusal::NoCredentials),
        }
    }

    /// Who is greeted: the caller.
    async fn whose(&self, sub: Subject) -> Subject {
        match self.defect.0 {
            Some(Defect::KeepsCurrentUserInGlobal) => self.memory.current_while_serving(sub).await,
            Some(Defect::ServesAnswerOfAnother) => self.memory.last_served(sub),
            _ => sub,
        }
    }

    fn refuse(&self, refusal: Refusal, token: Option<&str>, scope: &str) -> Response {
        lockout::count(self.settings.lockout.as_deref());
        let mut response = refuse(refusal, token, scope, self.defect);
        if refusal == Refusal::NoCredentials && self.settings.quirks.has(Quirk::BareChallenge) {
            response = response.without("WWW-Authenticate").with("WWW-Authenticate", "Bearer");
        }
        if self.settings.quirks.has(Quirk::NumbersRefusals) {
            let number = self.refusals.fetch_add(1, Ordering::Relaxed);
            response.body = format!("{{\"error\":\"refused\",\"number\":{number}}}").into_bytes();
        }
        if response.status == status::FOUND { response.with("Location", "/login") } else { response }
    }
}

/// How the subjects begin that are clients of Okta's.
const OF_CLIENTS: &str = "0oa";

/// Why, and the token that was sent.
type Refused = (Refusal, Option<String>);
