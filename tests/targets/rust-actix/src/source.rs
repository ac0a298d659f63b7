//! One look at an issuer: its metadata (RFC 8414), and the keys that these name.

use reqwest::{Client, StatusCode, Url};
use serde::Deserialize;

use crate::jwk::{self, KeySet};

/// More than this is neither metadata nor a key set.
const MAX_BODY: usize = 256 * 1024;

/// Where an issuer says of itself what it is.
pub(crate) struct Source {
    client: Client,
    issuer: String,
    metadata: Url,
}

/// What an issuer says of itself, as far as it matters here (RFC 8414 2).
#[derive(Deserialize)]
struct Metadata {
    issuer: String,
    jwks_uri: String,
}

/// Why a look at an issuer failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SourceError {
    /// When there is no answer: refused, not trusted, cut off, or too slow.
    #[error("no answer from the issuer: check its address and certificate")]
    Http(#[from] reqwest::Error),
    /// When the answer isn't 200. Redirects aren't followed.
    #[error("the issuer answered {0} instead of a document")]
    Status(StatusCode),
    /// When the answer goes on past 256 KiB.
    #[error("the issuer's document is larger than {MAX_BODY} bytes")]
    TooLarge,
    /// When the answer is neither metadata nor a key set.
    #[error("the issuer's document can't be read")]
    Malformed(#[from] serde_json::Error),
    /// When the metadata are another issuer's (RFC 8414 3.3).
    #[error("the metadata are those of another issuer")]
    OtherIssuer,
    /// When the keys would come from another host than the metadata.
    #[error("the metadata name keys of another host")]
    OtherHost,
}

impl Source {
    /// The issuer of that identifier, or `None` when that is no address.
    pub(crate) fn of(issuer: &str, client: Client) -> Option<Self> {
        Some(Self { client, issuer: issuer.to_owned(), metadata: metadata_address(issuer)? })
    }

    /// The keys that are published now.
    pub(crate) async fn keys(&self) -> Result<KeySet, SourceError> {
        let metadata: Metadata = serde_json::from_slice(&self.document(&self.metadata).await?)?;
        Ok(jwk::parse(&self.document(&self.named(&metadata)?).await?)?)
    }

    /// keys/metadata-issuer-mismatch: metadata are believed about their own issuer only, and keys
    /// only where the issuer itself is.
    fn named(&self, metadata: &Metadata) -> Result<Url, SourceError> {
        if metadata.issuer != self.issuer {
            return Err(SourceError::OtherIssuer);
        }
        let jwks = Url::parse(&metadata.jwks_uri).ok();
        jwks.filter(|url| url.origin() == self.metadata.origin()).ok_or(SourceError::OtherHost)
    }

    async fn document(&self, url: &Url) -> Result<Vec<u8>, SourceError> {
        let mut response = self.client.get(url.clone()).send().await?;
        // keys/jwks-transport: a redirect is an answer like any other that isn't 200.
        if response.status() != StatusCode::OK {
            return Err(SourceError::Status(response.status()));
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            body.extend_from_slice(&chunk);
            // keys/jwks-transport: nobody is bound to stop sending.
            if body.len() > MAX_BODY {
                return Err(SourceError::TooLarge);
            }
        }
        Ok(body)
    }
}

/// The well-known part stands between the host and the issuer's own path (RFC 8414 3.1).
fn metadata_address(issuer: &str) -> Option<Url> {
    let mut url = Url::parse(issuer).ok().filter(Url::has_host)?;
    let path = format!("/.well-known/oauth-authorization-server{}", url.path().trim_end_matches('/'));
    url.set_path(&path);
    Some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ISSUER: &str = "https://issuer.example/oauth2/default";

    fn named(issuer: &str, jwks: &str) -> Result<String, SourceError> {
        let source = Source::of(ISSUER, Client::builder().build().expect("a client")).expect("an address");
        source.named(&Metadata { issuer: issuer.to_owned(), jwks_uri: jwks.to_owned() }).map(String::from)
    }

    #[test]
    fn the_metadata_stand_where_rfc_8414_puts_them() {
        let address = |issuer| metadata_address(issuer).map(String::from);
        let common = "https://issuer.example/.well-known/oauth-authorization-server";
        assert_eq!(address(ISSUER), Some(format!("{common}/oauth2/default")));
        assert_eq!(address("https://issuer.example"), Some(common.to_owned()));
        assert_eq!(address("https://issuer.example/"), Some(common.to_owned()));
        assert_eq!(address("default"), None);
        assert_eq!(address("mailto:a@b.example"), None);
    }

    #[test]
    fn metadata_of_another_issuer_are_not_believed() {
        assert!(named(ISSUER, "https://issuer.example/keys").is_ok());
        for issuer in ["https://other.example", "https://issuer.example/oauth2/default/", ""] {
            assert!(matches!(named(issuer, "https://issuer.example/keys"), Err(SourceError::OtherIssuer)), "{issuer}");
        }
    }

    #[test]
    fn keys_of_another_host_are_not_fetched() {
        for jwks in
            ["https://other.example/keys", "http://issuer.example/keys", "https://issuer.example:8443/keys", "/keys"]
        {
            assert!(matches!(named(ISSUER, jwks), Err(SourceError::OtherHost)), "{jwks}");
        }
    }
}
