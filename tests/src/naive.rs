//! Small servers whose check of tokens looks at the claims alone: for targets that
//! are odd in another way than in what they accept.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

/// A server that answers each request as told, whatever it is.
pub async fn server(respond: impl Fn(&Request) -> ResponseTemplate + Send + Sync + 'static) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(respond).mount(&server).await;
    server
}

/// A refusal as RFC 6750 asks for it.
#[must_use]
pub fn refused() -> ResponseTemplate {
    ResponseTemplate::new(401).insert_header("WWW-Authenticate", "Bearer realm=\"x\", error=\"invalid_token\"")
}

/// Whether a wiremock request carries a token that [`good_token`] takes.
#[must_use]
pub fn accepts(request: &Request) -> bool {
    bearer(request).is_some_and(good_token)
}

/// Whether it carries anything of three parts: to learn how a server refuses, a
/// text that is no token is sent as well.
#[must_use]
pub fn carries_jwt(request: &Request) -> bool {
    bearer(request).is_some_and(|token| token.split('.').count() == 3)
}

fn bearer(request: &Request) -> Option<&str> {
    let value = request.headers.get("authorization").and_then(|value| value.to_str().ok());
    value.and_then(|value| value.strip_prefix("Bearer "))
}

/// A token of three parts with the right audience, scope and expiry.
#[must_use]
pub fn good_token(token: &str) -> bool {
    let parts: Vec<&str> = token.split('.').collect();
    let [_, payload, signature] = parts.as_slice() else { return false };
    let Some(claims) = text(payload) else { return false };
    let Ok(claims) = serde_json::from_str::<serde_json::Value>(&claims) else { return false };
    let now = mock_idp::clock::Clock::system().now();
    !signature.is_empty()
        && claims["aud"] == "api://default"
        && claims["exp"].as_i64().is_some_and(|exp| exp > now)
        && claims["scp"].as_array().is_some_and(|scopes| scopes.iter().any(|scope| scope == "test_scope"))
}

/// The text of a segment.
#[must_use]
pub fn text(segment: &str) -> Option<String> {
    String::from_utf8(URL_SAFE_NO_PAD.decode(segment).ok()?).ok()
}
