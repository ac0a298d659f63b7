//! The extractor that protects a handler.

use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use jsonwebtoken::get_current_timestamp;

use crate::bearer;
use crate::claims::Demands;
use crate::keys::Keys;
use crate::refusal::Refusal;
use crate::token::Token;

/// What a caller has to bring; the application holds it as data.
pub(crate) struct Guard {
    /// Whose tokens are taken, each by its own keys.
    pub(crate) issuers: Vec<Issuer>,
    /// What is asked of every token.
    pub(crate) demands: Demands,
    /// The scope that reading needs.
    pub(crate) scope: String,
    /// The scope that writing needs.
    pub(crate) other_scope: String,
}

/// An issuer whose tokens are taken.
pub(crate) struct Issuer {
    /// Its `iss`.
    pub(crate) id: String,
    /// Its keys, which are good for its own tokens only.
    pub(crate) keys: Keys,
}

/// What a handler needs of its caller.
pub(crate) trait Right {
    /// The scopes that give it, all of them.
    fn scopes(guard: &Guard) -> Vec<&str>;
}

/// To read.
pub(crate) struct Read;
/// To write.
pub(crate) struct Write;
/// To read and to write (scope/conjunction).
pub(crate) struct Both;

impl Right for Read {
    fn scopes(guard: &Guard) -> Vec<&str> {
        vec![&guard.scope]
    }
}

impl Right for Write {
    fn scopes(guard: &Guard) -> Vec<&str> {
        vec![&guard.other_scope]
    }
}

impl Right for Both {
    fn scopes(guard: &Guard) -> Vec<&str> {
        vec![&guard.scope, &guard.other_scope]
    }
}

/// Who calls. A handler that takes one is reached only with a good token that gives the right.
pub(crate) struct Caller<R> {
    /// The `sub` of the token.
    pub(crate) sub: String,
    right: PhantomData<R>,
}

impl<R: Right> FromRequest for Caller<R> {
    type Error = Refusal;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Refusal>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let guard = request.app_data::<web::Data<Guard>>().cloned();
        let token = bearer::token(request.headers()).map(str::to_owned);
        Box::pin(async move {
            let guard = guard.ok_or(Refusal::KeysUnavailable)?;
            let sub = guard.admit(&token?, &R::scopes(&guard)).await?;
            Ok(Self { sub, right: PhantomData })
        })
    }
}

impl Guard {
    /// The `sub` of a good token that grants `required`.
    async fn admit(&self, token: &str, required: &[&str]) -> Result<String, Refusal> {
        let token = Token::parse(token, self.demands.shape).ok_or(Refusal::InvalidToken)?;
        // issuer/cross-issuer-key, issuer/second-as-own-key: a key is asked for by issuer and id.
        // Whose token it is isn't decided here: an unknown issuer's goes to the first, and fails.
        let claimed = |issuer: &&Issuer| token.claimed_issuer() == Some(&issuer.id);
        let issuer = self.issuers.iter().find(claimed).or(self.issuers.first()).ok_or(Refusal::InvalidToken)?;
        let key = issuer.keys.find(&token.kid).await?;
        let claims = token.claims(&key).ok_or(Refusal::InvalidToken)?;
        if !self.demands.are_met(claims, &issuer.id, get_current_timestamp() as f64) {
            return Err(Refusal::InvalidToken);
        }
        // scope/authn-before-authz: only now. scope/partial-match: compared as a whole.
        let granted = self.demands.shape.granted(claims);
        if !required.iter().all(|scope| granted.iter().any(|one| one == scope)) {
            return Err(Refusal::InsufficientScope(required.join(" ")));
        }
        let sub = claims.get("sub").and_then(|sub| sub.as_str());
        sub.map(str::to_owned).ok_or(Refusal::InvalidToken)
    }
}
