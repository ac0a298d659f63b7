//! An API behind OAuth 2.0: actix-web, jsonwebtoken and reqwest.

mod keys;
mod token;

use std::env;
use std::error::Error;
use std::net::Ipv4Addr;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::{AUTHORIZATION, CACHE_CONTROL, HeaderMap, WWW_AUTHENTICATE};
use actix_web::{App, FromRequest, HttpRequest, HttpResponse, HttpServer, ResponseError, get, web};
use serde_json::json;

use crate::keys::Keys;
use crate::token::{Caller, Verifier};

struct Api {
    verifier: Verifier,
    scope: String,
}

#[actix_web::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let issuer = env::var("ISSUER")?;
    let rfc9068 = env::var("TOKEN_SHAPE").is_ok_and(|shape| shape == "rfc9068");
    let keys = Keys::of(&issuer, env::var("JWKS_URI").ok()).await?;
    let verifier = Verifier::new(keys, &issuer, &env::var("AUDIENCE")?, rfc9068);
    let api = web::Data::new(Api { verifier, scope: env::var("SCOPE")? });

    let address = (Ipv4Addr::LOCALHOST, env::var("SERVER_PORT")?.parse()?);
    let server = HttpServer::new(move || App::new().app_data(api.clone()).service(whoami)).bind(address)?;
    Ok(server.run().await?)
}

#[get("/")]
async fn whoami(api: web::Data<Api>, caller: Caller) -> Result<HttpResponse, Refusal> {
    caller.may(&api.scope)?;
    Ok(HttpResponse::Ok().insert_header((CACHE_CONTROL, "private")).json(json!({ "sub": caller.sub })))
}

/// A handler that takes a `Caller` is only called with a token that was verified.
impl FromRequest for Caller {
    type Error = actix_web::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Self::Error>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let api = web::Data::<Api>::extract(&request).await?;
            Ok(api.verifier.verify(bearer(request.headers())?).await?)
        })
    }
}

/// The token of the one `Authorization` line (RFC 6750 section 2.1).
fn bearer(headers: &HeaderMap) -> Result<&str, Refusal> {
    let mut lines = headers.get_all(AUTHORIZATION);
    let line = lines.next().ok_or(Refusal::NoToken)?.to_str().map_err(|_| Refusal::InvalidRequest)?;
    let (scheme, token) = line.split_once(' ').unwrap_or((line, ""));
    if !scheme.eq_ignore_ascii_case("Bearer") {
        return Err(Refusal::NoToken);
    }
    let token = token.trim_start_matches(' ');
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte);
    let one = lines.next().is_none() && !token.is_empty() && token.bytes().all(allowed);
    if one { Ok(token) } else { Err(Refusal::InvalidRequest) }
}

#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    #[error("send a bearer token")]
    NoToken,
    #[error("send one bearer token")]
    InvalidRequest,
    #[error("the token is not valid here")]
    InvalidToken,
    #[error("the token does not grant {0}")]
    InsufficientScope(String),
    /// 401 would tell the caller to throw a good token away.
    #[error("try again later")]
    KeysUnavailable,
}

/// RFC 6750 section 3.
impl ResponseError for Refusal {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::NoToken | Self::InvalidToken => StatusCode::UNAUTHORIZED,
            Self::InvalidRequest => StatusCode::BAD_REQUEST,
            Self::InsufficientScope(_) => StatusCode::FORBIDDEN,
            Self::KeysUnavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    fn error_response(&self) -> HttpResponse {
        let parameters = match self {
            Self::NoToken => String::new(),
            Self::InvalidRequest => r#", error="invalid_request""#.to_owned(),
            Self::InvalidToken => r#", error="invalid_token""#.to_owned(),
            Self::InsufficientScope(scope) => format!(r#", error="insufficient_scope", scope="{scope}""#),
            Self::KeysUnavailable => return HttpResponse::new(self.status_code()),
        };
        let challenge = format!(r#"Bearer realm="api"{parameters}"#);
        HttpResponse::build(self.status_code()).insert_header((WWW_AUTHENTICATE, challenge)).finish()
    }
}
