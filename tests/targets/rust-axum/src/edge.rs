//! What every answer has, and the question that browsers ask first.

use axum::extract::Request;
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, CACHE_CONTROL, ORIGIN,
};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// response/cacheability: nothing here is for two users. http/cors-expose-challenge: a page of
/// another origin may read it, the challenge too; any origin, since no cookie opens anything.
const EVERYWHERE: [(HeaderName, &str); 3] = [
    (CACHE_CONTROL, "no-store"),
    (ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    (ACCESS_CONTROL_EXPOSE_HEADERS, "WWW-Authenticate"),
];

/// What a page of another origin may send.
const PREFLIGHT: [(HeaderName, &str); 2] =
    [(ACCESS_CONTROL_ALLOW_METHODS, "GET, POST"), (ACCESS_CONTROL_ALLOW_HEADERS, "authorization, content-type")];

/// Stands in front of all routes.
pub(crate) async fn edge(request: Request, next: Next) -> Response {
    // http/cors-preflight: a browser asks without credentials, before the guard.
    let mut response = if is_preflight(&request) {
        (StatusCode::NO_CONTENT, PREFLIGHT).into_response()
    } else {
        next.run(request).await
    };
    let headers = response.headers_mut();
    headers.extend(EVERYWHERE.map(|(name, value)| (name, HeaderValue::from_static(value))));
    response
}

fn is_preflight(request: &Request) -> bool {
    let has = |name| request.headers().contains_key(name);
    request.method() == Method::OPTIONS && has(ORIGIN) && has(ACCESS_CONTROL_REQUEST_METHOD)
}
