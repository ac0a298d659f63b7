use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mock_idp::forge::{GivenToken, GivenTokenError};
use serde_json::Value;

use super::keys::{is_of, metadata_urls};
use super::source::{SecretError, SecretSource};
use super::web::{Web, WebError};
use crate::http::Endpoint;
use crate::printable::printable;
use crate::withheld::Withheld;

/// A client that gets its tokens by the client credentials grant (RFC 6749,
/// section 4.4).
#[derive(Debug, Clone)]
pub struct ClientCredentials {
    /// `client_id`.
    pub client_id: String,
    /// Where its secret stands.
    pub secret: SecretSource,
    /// The token endpoint, or the issuer whose metadata name it.
    pub endpoint: TokenEndpoint,
    /// `scope`; none: the issuer's default.
    pub scope: Option<String>,
    /// What this issuer wants besides, such as `audience` or `resource`.
    pub params: Vec<(String, String)>,
}

/// Where a client asks for tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenEndpoint {
    /// Its address.
    Url(String),
    /// The issuer, whose metadata name it.
    Issuer(String),
}

/// Why a client got no token.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GrantError {
    /// The client's secret is not to be had.
    #[error("the client's secret: {0}")]
    Secret(#[from] SecretError),
    /// The token endpoint can't be reached, or answers oddly.
    #[error(transparent)]
    Web(#[from] WebError),
    /// The metadata of the issuer can't be had, or name no token endpoint.
    #[error("no token endpoint is found in the metadata of {issuer}: name it with --token-url")]
    NoEndpoint {
        /// The issuer.
        issuer: String,
    },
    /// The secret would travel in the clear.
    #[error(
        "the token endpoint {url} is no https address, so the client's secret is not sent there: name it with --token-url"
    )]
    Plain {
        /// The token endpoint.
        url: String,
    },
    /// The token endpoint says no (RFC 6749, section 5.2).
    #[error("the token endpoint {url} answered {status} ({error}){}", advice(error))]
    Refused {
        /// The token endpoint.
        url: String,
        /// The status.
        status: u16,
        /// `error`, and `error_description` where there is one.
        error: String,
    },
    /// What came is no token.
    #[error("the token endpoint: {0}")]
    Token(#[from] GivenTokenError),
}

fn advice(error: &str) -> &'static str {
    match error.split([':', ' ']).next() {
        Some("invalid_client") => "; look at --client-id and at the secret",
        Some("invalid_scope") => "; name one that the client may have with --scope",
        Some("invalid_request" | "invalid_target" | "access_denied") => {
            "; what this issuer wants besides goes into --token-param NAME=VALUE, such as audience=https://api.example"
        }
        _ => "",
    }
}

impl ClientCredentials {
    /// Asks for a token; how long it lives, where the answer says so.
    ///
    /// The client authenticates with HTTP Basic (RFC 6749, section 2.3.1), and in
    /// the form where that is refused.
    ///
    /// # Errors
    ///
    /// [`GrantError`] when it gets none.
    pub async fn ask(&self, web: &Web, withheld: &Withheld) -> Result<(GivenToken, Option<Duration>), GrantError> {
        let url = self.url(web).await?;
        let secret = self.secret.read(withheld.variables()).await?;
        withheld.add(secret.expose().as_bytes());
        if !is_protected(&url) {
            return Err(GrantError::Plain { url });
        }
        let mut form = vec![("grant_type".to_owned(), "client_credentials".to_owned())];
        form.extend(self.scope.iter().map(|scope| ("scope".to_owned(), scope.clone())));
        form.extend(self.params.iter().cloned());
        let encoded = [self.client_id.as_str(), secret.expose()].map(form_encoded);
        let mut answer = web.post(&url, &form, Some((&encoded[0], &encoded[1]))).await?;
        if is_invalid_client(&answer) {
            form.push(("client_id".to_owned(), self.client_id.clone()));
            form.push(("client_secret".to_owned(), secret.expose().to_owned()));
            answer = web.post(&url, &form, None).await?;
        }
        let (status, body) = answer;
        let text = |name: &str| body.as_ref()?.get(name)?.as_str().map(str::to_owned);
        match text("access_token") {
            Some(token) if status == 200 => {
                let lifetime = body.as_ref().and_then(|body| seconds(body.get("expires_in")?));
                Ok((GivenToken::new(&token)?, lifetime.map(Duration::from_secs)))
            }
            _ => {
                // Okta's own words where OAuth's are missing.
                let code = text("error").or_else(|| text("errorCode"));
                let description = text("error_description").or_else(|| text("errorSummary"));
                let parts = [code, description].into_iter().flatten().collect::<Vec<_>>();
                let error = if parts.is_empty() { "no error code".to_owned() } else { parts.join(": ") };
                let basic = STANDARD.encode(encoded.join(":"));
                let secrets = [secret.expose(), &encoded[1], &basic];
                let error = secrets.iter().fold(error, |error, secret| error.replace(*secret, "[secret]"));
                let error = printable(&error).chars().take(300).collect();
                Err(GrantError::Refused { url, status, error })
            }
        }
    }

    async fn url(&self, web: &Web) -> Result<String, GrantError> {
        let issuer = match &self.endpoint {
            TokenEndpoint::Url(url) => return Ok(url.clone()),
            TokenEndpoint::Issuer(issuer) => issuer,
        };
        for url in metadata_urls(issuer) {
            let Ok(metadata) = web.get(&url).await else { continue };
            if !is_of(&metadata, issuer) {
                continue;
            }
            if let Some(endpoint) = metadata.get("token_endpoint").and_then(Value::as_str) {
                return Ok(endpoint.to_owned());
            }
        }
        Err(GrantError::NoEndpoint { issuer: issuer.clone() })
    }
}

/// A number, or one as a string, as some issuers have it.
fn seconds(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

/// Whether a secret may be sent there: over TLS, or on this machine.
fn is_protected(url: &str) -> bool {
    url.parse::<Endpoint>().is_ok_and(|endpoint| endpoint.tls() || endpoint.is_loopback())
}

fn is_invalid_client((status, body): &(u16, Option<Value>)) -> bool {
    let error = body.as_ref().and_then(|body| body.get("error")?.as_str());
    *status == 401 || error == Some("invalid_client")
}

/// As RFC 6749, appendix B wants it inside of Basic.
fn form_encoded(text: &str) -> String {
    let Ok(mut url) = reqwest::Url::parse("http://form/") else { return text.to_owned() };
    url.query_pairs_mut().append_key_only(text);
    url.query().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use wiremock::matchers::{body_string_contains, header, method, path};
    use wiremock::{Mock, MockServer, ResponseTemplate};

    use super::*;

    fn client(endpoint: TokenEndpoint) -> ClientCredentials {
        ClientCredentials {
            client_id: "me:too".to_owned(),
            secret: "cmd:echo 'hu sh'".parse().unwrap(),
            endpoint,
            scope: Some("a b".to_owned()),
            params: vec![("audience".to_owned(), "https://api".to_owned())],
        }
    }

    #[tokio::test]
    async fn a_client_authenticates_and_asks_for_what_it_was_told() {
        let server = MockServer::start().await;
        let metadata = serde_json::json!({
            "issuer": format!("{}/i", server.uri()),
            "token_endpoint": format!("{}/token", server.uri()),
        });
        Mock::given(path("/i/.well-known/openid-configuration"))
            .respond_with(ResponseTemplate::new(200).set_body_json(metadata))
            .mount(&server)
            .await;
        Mock::given(method("POST"))
            .and(path("/token"))
            // me%3Atoo:hu+sh
            .and(header("Authorization", "Basic bWUlM0F0b286aHUrc2g="))
            .and(body_string_contains("grant_type=client_credentials&scope=a+b&audience=https%3A%2F%2Fapi"))
            .respond_with(
                ResponseTemplate::new(200).set_body_json(serde_json::json!({"access_token": "abc", "expires_in": 60})),
            )
            .mount(&server)
            .await;
        let web = Web::new(None).unwrap();
        let (token, lifetime) =
            client(TokenEndpoint::Issuer(format!("{}/i", server.uri()))).ask(&web, &Withheld::default()).await.unwrap();
        assert_eq!((token.token().expose(), lifetime), (&b"abc"[..], Some(Duration::from_secs(60))));
    }

    #[tokio::test]
    async fn a_refusal_is_told_with_what_to_look_at_and_without_the_secret() {
        let server = MockServer::start().await;
        let body = serde_json::json!({"error": "invalid_client", "error_description": "hu sh is wrong"});
        Mock::given(method("POST")).respond_with(ResponseTemplate::new(401).set_body_json(body)).mount(&server).await;
        let web = Web::new(None).unwrap();
        let url = format!("{}/token", server.uri());
        let error =
            client(TokenEndpoint::Url(url.clone())).ask(&web, &Withheld::default()).await.unwrap_err().to_string();
        assert_eq!(
            error,
            format!(
                "the token endpoint {url} answered 401 (invalid_client: [secret] is wrong); look at --client-id and at the secret"
            )
        );
        // In the form, too.
        let requests = server.received_requests().await.unwrap();
        assert!(String::from_utf8_lossy(&requests[1].body).contains("client_secret=hu+sh"));
    }
}
