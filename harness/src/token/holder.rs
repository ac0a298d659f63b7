use std::sync::Arc;
use std::time::Duration;

use mock_idp::clock::Clock;
use mock_idp::forge::{GivenToken, GivenTokenError};
use tokio::sync::Mutex;

use super::facts::TokenFacts;
use super::grant::{ClientCredentials, GrantError};
use super::source::{SecretError, SecretSource};
use super::web::Web;
use crate::withheld::Withheld;

/// Where a token comes from.
#[derive(Debug, Clone)]
pub enum Origin {
    /// A place where somebody puts it.
    Place(SecretSource),
    /// The token endpoint of its issuer.
    Grant(Box<ClientCredentials>),
}

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// Its place can't be read.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// What stands there is no token.
    #[error("{place}: {source}")]
    NoToken {
        /// Where.
        place: String,
        /// What is wrong with it.
        source: GivenTokenError,
    },
    /// The client gets none.
    #[error(transparent)]
    Grant(#[from] GrantError),
    /// It has expired, and can't be renewed.
    #[error("the token from {place} has expired, and there is no fresh one{renewal}")]
    Expired {
        /// Where it came from.
        place: String,
        /// Why it was not renewed, in parentheses; empty where nobody tried.
        renewal: String,
    },
}

/// A real token that is kept fresh; a handle that is cheap to clone.
#[derive(Debug, Clone)]
pub struct RealToken(Arc<Holder>);

/// The real token, and a second one where there is one.
#[derive(Debug, Clone)]
pub struct RealTokens {
    /// The control.
    pub first: RealToken,
    /// Another one of the same issuer, of another identity or with a lesser scope.
    pub second: Option<RealToken>,
}

impl RealTokens {
    /// The control as it is now, with the second one beside it.
    ///
    /// # Errors
    ///
    /// [`TokenError`] when one has expired and there is no other.
    pub async fn given(&self) -> Result<GivenToken, TokenError> {
        let first = self.first.current().await?;
        match &self.second {
            Some(second) => Ok(first.with_second(&second.current().await?)),
            None => Ok(first),
        }
    }

    /// Whether both are the same token.
    ///
    /// # Errors
    ///
    /// [`TokenError`] when one has expired and there is no other.
    pub async fn are_alike(&self) -> Result<bool, TokenError> {
        let Some(second) = &self.second else { return Ok(false) };
        Ok(self.first.current().await?.token() == second.current().await?.token())
    }

    /// For how long both can be used; `None`: there is no end.
    pub async fn ends_in(&self) -> Option<Duration> {
        let second = match &self.second {
            Some(second) => second.ends_in().await,
            None => None,
        };
        self.first.ends_in().await.into_iter().chain(second).min()
    }
}

#[derive(Debug)]
struct Holder {
    origin: Origin,
    web: Web,
    clock: Clock,
    /// What no command which is asked for a token inherits; learns each token.
    withheld: Withheld,
    current: Mutex<Current>,
}

#[derive(Debug, Clone)]
struct Current {
    token: GivenToken,
    /// In seconds since the Unix epoch; `None`: nobody says.
    expires: Option<i64>,
    /// With less than so many seconds left it is renewed.
    margin: i64,
    /// When it could not be renewed, and why.
    failed: Option<(i64, String)>,
}

/// A token that has less than that left is renewed, or less than a third of its life.
const MARGIN: i64 = 30;
/// So many seconds pass between two tries.
const PAUSE: i64 = 5;

impl RealToken {
    /// Gets the first token.
    ///
    /// # Errors
    ///
    /// [`TokenError`] when there is none, or it has expired.
    pub async fn obtain(origin: Origin, web: Web, clock: Clock, withheld: Withheld) -> Result<Self, TokenError> {
        let current = obtain(&origin, &web, &clock, &withheld).await?;
        if current.expires.is_some_and(|expires| expires <= clock.now()) {
            return Err(TokenError::Expired { place: origin.place(), renewal: String::new() });
        }
        Ok(Self(Arc::new(Holder { origin, web, clock, withheld, current: Mutex::new(current) })))
    }

    /// The token as it is now: renewed where it is near its end and can be.
    ///
    /// # Errors
    ///
    /// [`TokenError`] when it has expired and there is no other.
    pub async fn current(&self) -> Result<GivenToken, TokenError> {
        let holder = &self.0;
        let mut current = holder.current.lock().await;
        let ends_within = |current: &Current, seconds: i64| {
            current.expires.is_some_and(|expires| expires.saturating_sub(holder.clock.now()) <= seconds)
        };
        let now = holder.clock.now();
        let may_try = current.failed.as_ref().is_none_or(|(when, _)| now - when >= PAUSE);
        if ends_within(&current, current.margin) && holder.origin.can_renew() && may_try {
            match obtain(&holder.origin, &holder.web, &holder.clock, &holder.withheld).await {
                Ok(renewed) => *current = renewed,
                Err(error) => current.failed = Some((now, error.to_string())),
            }
        }
        if !ends_within(&current, 0) {
            return Ok(current.token.clone());
        }
        let renewal = current.failed.as_ref().map(|(_, why)| format!(" ({why})")).unwrap_or_default();
        Err(TokenError::Expired { place: holder.origin.place(), renewal })
    }

    /// For how long it can be used where it can't be renewed; `None`: there is no end.
    pub async fn ends_in(&self) -> Option<Duration> {
        if self.0.origin.can_renew() {
            return None;
        }
        let expires = self.0.current.lock().await.expires?;
        Some(Duration::from_secs(u64::try_from(expires - self.0.clock.now()).unwrap_or_default()))
    }
}

impl Origin {
    fn can_renew(&self) -> bool {
        match self {
            Self::Place(source) => source.can_renew(),
            Self::Grant(_) => true,
        }
    }

    fn place(&self) -> String {
        match self {
            Self::Place(source) => source.to_string(),
            Self::Grant(client) => format!("the client {}", client.client_id),
        }
    }
}

async fn obtain(origin: &Origin, web: &Web, clock: &Clock, withheld: &Withheld) -> Result<Current, TokenError> {
    let (token, lifetime) = match origin {
        Origin::Place(source) => {
            let text = source.read(withheld.variables()).await?;
            let token = GivenToken::new(text.expose())
                .map_err(|source| TokenError::NoToken { place: origin.place(), source })?;
            (token, None)
        }
        Origin::Grant(client) => client.ask(web, withheld).await?,
    };
    let by_answer = lifetime.map(|lifetime| clock.now().saturating_add_unsigned(lifetime.as_secs()));
    withheld.add(token.token().expose());
    let expires = TokenFacts::of(&token).and_then(|facts| facts.expires).or(by_answer);
    let life = expires.map_or(i64::MAX, |expires| expires.saturating_sub(clock.now()));
    Ok(Current { token, expires, margin: MARGIN.min(life / 3), failed: None })
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;

    fn token(exp: i64) -> String {
        let part = |text: String| URL_SAFE_NO_PAD.encode(text);
        format!("{}.{}.c2ln", part("{\"alg\":\"RS256\"}".to_owned()), part(format!("{{\"exp\":{exp}}}")))
    }

    async fn held(source: &str, clock: &Clock) -> Result<RealToken, TokenError> {
        let origin = Origin::Place(source.parse().unwrap());
        RealToken::obtain(origin, Web::new(None).unwrap(), clock.clone(), Withheld::default()).await
    }

    #[tokio::test]
    async fn a_token_near_its_end_is_read_again_where_another_may_be_by_then() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("token");
        let clock = Clock::system();
        std::fs::write(&file, token(clock.now() + 1)).unwrap();
        let held = held(&format!("file:{}", file.display()), &clock).await.unwrap();
        assert_eq!(held.ends_in().await, None);
        tokio::time::sleep(Duration::from_millis(1100)).await;
        let fresh = token(clock.now() + 3600);
        std::fs::write(&file, &fresh).unwrap();
        assert_eq!(held.current().await.unwrap().token().expose(), fresh.as_bytes());
    }

    #[tokio::test]
    async fn no_panic_shows_a_token() {
        let text = token(Clock::system().now() + 3600);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("token");
        std::fs::write(&file, &text).unwrap();
        let first = held(&format!("file:{}", file.display()), &Clock::system()).await.unwrap();
        let shown = format!("{:?}", RealTokens { second: Some(first.clone()), first });
        assert!(text.split('.').all(|segment| !shown.contains(segment)), "{shown}");
    }

    #[tokio::test]
    async fn what_has_expired_is_told_with_its_place() {
        let clock = Clock::system();
        let text = token(clock.now() - 1);
        let error = held(&format!("cmd:echo {text}"), &clock).await.unwrap_err().to_string();
        assert!(error.starts_with("the token from a command has expired"), "{error}");
    }
}
