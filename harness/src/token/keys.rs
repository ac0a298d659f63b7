use mock_idp::keys::{Algorithm, SigningKey};
use serde_json::Value;

use super::facts::TokenFacts;
use super::web::{Web, WebError};

/// Why the public key of a token is not known.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeysError {
    /// The token names no issuer by an address.
    #[error("the token names no issuer by an address (`iss`)")]
    NoIssuer,
    /// The issuer gives no metadata.
    #[error("its issuer gives no metadata (RFC 8414, OpenID Connect Discovery): {last}")]
    NoMetadata {
        /// What came of the last address that was tried.
        last: WebError,
    },
    /// The metadata names no key set.
    #[error("the metadata of its issuer names no `jwks_uri`")]
    NoJwksUri,
    /// The key set can't be read.
    #[error(transparent)]
    Jwks(#[from] WebError),
    /// The key set has no such key.
    #[error("the key set of its issuer has no key {}", kid.as_ref().map_or("that fits".to_owned(), |kid| format!("\"{kid}\"")))]
    NoSuchKey {
        /// What the token's header names.
        kid: Option<String>,
    },
    /// The key is of no kind that is known here.
    #[error(transparent)]
    Key(#[from] mock_idp::keys::KeyError),
}

/// The key that verifies a token, as its issuer publishes it: found through the
/// metadata of RFC 8414 or of OpenID Connect Discovery 1.0.
///
/// # Errors
///
/// [`KeysError`] when it can't be found.
pub async fn public_key(web: &Web, facts: &TokenFacts) -> Result<SigningKey, KeysError> {
    let jwks_uri = jwks_uri(web, &facts.issuer).await?;
    let set = web.get(&jwks_uri).await?;
    let keys = set.get("keys").and_then(Value::as_array).into_iter().flatten();
    let kid = facts.kid.as_deref();
    let found = match kid {
        Some(kid) => keys.clone().find(|key| key.get("kid").and_then(Value::as_str) == Some(kid)),
        // Without a name the only one is meant.
        None => keys.clone().next().filter(|_| keys.count() == 1),
    };
    let found = found.ok_or_else(|| KeysError::NoSuchKey { kid: facts.kid.clone() })?;
    let algorithm = facts.algorithm.unwrap_or(Algorithm::Rs256);
    Ok(SigningKey::from_public_jwk(kid.unwrap_or_default(), found, algorithm)?)
}

async fn jwks_uri(web: &Web, issuer: &str) -> Result<String, KeysError> {
    let mut last = None;
    for url in metadata_urls(issuer) {
        match web.get(&url).await {
            Ok(metadata) if !is_of(&metadata, issuer) => {}
            Ok(metadata) => {
                let uri = metadata.get("jwks_uri").and_then(Value::as_str);
                return uri.map(str::to_owned).ok_or(KeysError::NoJwksUri);
            }
            Err(error) => last = Some(error),
        }
    }
    Err(last.map_or(KeysError::NoIssuer, |last| KeysError::NoMetadata { last }))
}

/// Whether metadata are those of that issuer (RFC 8414, section 3.3).
pub(super) fn is_of(metadata: &Value, issuer: &str) -> bool {
    metadata.get("issuer").and_then(Value::as_str) == Some(issuer)
}

/// Where the metadata of an issuer may be: behind the identifier (OpenID Connect
/// Discovery 1.0, section 4), or in front of its path (RFC 8414, section 3).
pub(super) fn metadata_urls(issuer: &str) -> Vec<String> {
    const NAMES: [&str; 2] = ["openid-configuration", "oauth-authorization-server"];
    let Ok(url) = reqwest::Url::parse(issuer) else { return Vec::new() };
    if !matches!(url.scheme(), "http" | "https") {
        return Vec::new();
    }
    let base = issuer.trim_end_matches('/');
    let origin = url.origin().ascii_serialization();
    let path = url.path().trim_end_matches('/');
    let mut urls: Vec<String> = NAMES.iter().map(|name| format!("{base}/.well-known/{name}")).collect();
    if !path.is_empty() {
        urls.push(format!("{origin}/.well-known/oauth-authorization-server{path}"));
    }
    urls
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_are_looked_for_where_both_standards_put_them() {
        assert_eq!(
            metadata_urls("https://i.example/oauth2/default"),
            [
                "https://i.example/oauth2/default/.well-known/openid-configuration",
                "https://i.example/oauth2/default/.well-known/oauth-authorization-server",
                "https://i.example/.well-known/oauth-authorization-server/oauth2/default",
            ]
        );
        assert_eq!(metadata_urls("https://i.example/").len(), 2);
        assert!(metadata_urls("accounts.example").is_empty() && metadata_urls("").is_empty());
    }
}
