//! The extractor that protects a handler.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header::{AUTHORIZATION, HeaderMap};
use actix_web::{FromRequest, HttpRequest, web};
use jsonwebtoken::get_current_timestamp;

use crate::keys::Keys;
use crate::refusal::Refusal;
use crate::token::Token;

/// What a caller has to bring; the application holds it as data.
pub(crate) struct Guard {
    /// The keys of the issuer.
    pub(crate) keys: Keys,
    /// Whose tokens are taken.
    pub(crate) issuer: String,
    /// The name of this API.
    pub(crate) audience: String,
    /// What the token must grant.
    pub(crate) scope: String,
}

/// Who calls. A handler that takes one is reached with a good token only.
pub(crate) struct Caller {
    /// The `sub` of the token.
    pub(crate) sub: String,
}

impl FromRequest for Caller {
    type Error = Refusal;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Refusal>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let guard = request.app_data::<web::Data<Guard>>().cloned();
        let token = bearer(request.headers()).map(str::to_owned);
        Box::pin(async move { guard.ok_or(Refusal::KeysUnavailable)?.admit(&token?).await })
    }
}

impl Guard {
    async fn admit(&self, token: &str) -> Result<Caller, Refusal> {
        let token = Token::parse(token).ok_or(Refusal::InvalidToken)?;
        let key = self.keys.find(&token.kid).await?;
        let claims = token.claims(&key).ok_or(Refusal::InvalidToken)?;
        let now = get_current_timestamp() as f64;
        if !claims.hold(&self.issuer, &self.audience, now) {
            return Err(Refusal::InvalidToken);
        }
        if !claims.grant(&self.scope) {
            return Err(Refusal::InsufficientScope(self.scope.clone()));
        }
        Ok(Caller { sub: claims.sub })
    }
}

/// The token of the one `Authorization` line there may be (RFC 6750 2.1).
fn bearer(headers: &HeaderMap) -> Result<&str, Refusal> {
    let mut lines = headers.get_all(AUTHORIZATION);
    // transport/two-authorization-headers: `get` would take the first in silence.
    let line = match (lines.next(), lines.next()) {
        (None, _) => return Err(Refusal::NoCredentials),
        (Some(line), None) => line.to_str().map_err(|_| Refusal::InvalidRequest)?,
        (Some(_), Some(_)) => return Err(Refusal::InvalidRequest),
    };
    // transport/scheme-case: `actix-web-httpauth` takes only the spelling `Bearer`.
    match line.split_once(' ') {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("Bearer") => b64token(rest),
        None if line.eq_ignore_ascii_case("Bearer") => Err(Refusal::InvalidRequest),
        _ => Err(Refusal::NoCredentials),
    }
}

/// `1*SP b64token`, of which the first space is gone.
fn b64token(rest: &str) -> Result<&str, Refusal> {
    let token = rest.trim_start_matches(' ');
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte);
    if !token.is_empty() && token.bytes().all(allowed) { Ok(token) } else { Err(Refusal::InvalidRequest) }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn parse(lines: &[&'static [u8]]) -> Result<String, Refusal> {
        let mut headers = HeaderMap::new();
        for line in lines {
            let value = HeaderValue::from_bytes(line).expect("a legal field value");
            headers.append(AUTHORIZATION, value);
        }
        bearer(&headers).map(str::to_owned)
    }

    #[test]
    fn the_scheme_is_taken_in_any_case() {
        for line in [&b"Bearer a.b.c"[..], b"bearer a.b.c", b"BEARER  a.b.c"] {
            assert_eq!(parse(&[line]), Ok("a.b.c".to_owned()));
        }
    }

    #[test]
    fn another_scheme_is_no_credentials() {
        for lines in [&[][..], &[&b"Basic a"[..]], &[b"BearerX a"], &[b"a.b.c"]] {
            assert_eq!(parse(lines), Err(Refusal::NoCredentials));
        }
    }

    #[test]
    fn what_is_not_one_token_is_an_invalid_request() {
        for lines in [
            &[&b"Bearer"[..]][..],
            &[b"Bearer a b"],
            &[b"Bearer \"a\""],
            &[b"Bearer \xff"],
            &[b"Bearer a", b"Bearer a"],
        ] {
            assert_eq!(parse(lines), Err(Refusal::InvalidRequest));
        }
    }
}
