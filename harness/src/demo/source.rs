use std::time::Duration;

use mock_idp::keys::Algorithm;
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client, ClientBuilder, StatusCode, Url};

use super::jwks::PublicKeys;

/// A fetch that takes longer has failed.
const TIMEOUT: Duration = Duration::from_secs(5);
/// More than this is no key set.
const LARGEST_DOCUMENT: usize = 256 * 1024;

/// Where the issuer publishes its keys, and the client that fetches them.
pub(super) struct KeySource {
    client: Client,
    url: Url,
    algorithm: Algorithm,
}

/// Why the issuer's keys could never be fetched.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SourceError {
    /// The address of the key set, which follows from the issuer, is no http or https URL.
    #[error("the issuer has its key set at \"{uri}\", which is no http or https URL")]
    Address {
        /// Where it would be.
        uri: String,
    },
    /// The issuer is https, and no certificate is there to trust it by.
    #[error("no certificate to trust the issuer by: pass the PEM of the CA that signed its certificate")]
    NoCertificate,
    /// The certificates or the client made of them are not usable.
    #[error("the certificates to trust the issuer by are not usable: {0}")]
    Certificate(#[source] reqwest::Error),
}

/// Why there is no key set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum FetchError {
    /// Refused, not trusted, cut off, or too slow.
    #[error("no answer from the issuer: check its address and its certificate")]
    NoAnswer,
    /// Any status but 200; redirects are not followed.
    #[error("the issuer answered {0} instead of a key set")]
    Status(StatusCode),
    /// The answer goes on past [`LARGEST_DOCUMENT`].
    #[error("the issuer's key set is larger than 256 KiB")]
    TooLarge,
    /// The answer is no object with an array `keys` (RFC 7517, section 5).
    #[error("the issuer's answer is no key set")]
    Malformed,
}

impl KeySource {
    /// The key set at an address, of keys for that algorithm; its server is trusted by
    /// `ca_pem` alone where it is https.
    pub(super) fn new(jwks_uri: &str, ca_pem: &str, algorithm: Algorithm) -> Result<Self, SourceError> {
        let url = Url::parse(jwks_uri).ok();
        let url = url.filter(|url| matches!(url.scheme(), "http" | "https"));
        let url = url.ok_or_else(|| SourceError::Address { uri: jwks_uri.to_owned() })?;
        let client = if url.scheme() == "https" { trusting(ca_pem)? } else { client() };
        Ok(Self { client: client.build().map_err(SourceError::Certificate)?, url, algorithm })
    }

    pub(super) async fn fetch(&self) -> Result<PublicKeys, FetchError> {
        let no_answer = |_: reqwest::Error| FetchError::NoAnswer;
        let mut answer = self.client.get(self.url.clone()).send().await.map_err(no_answer)?;
        if answer.status() != StatusCode::OK {
            return Err(FetchError::Status(answer.status()));
        }
        let mut document = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(no_answer)? {
            document.extend_from_slice(&chunk);
            if document.len() > LARGEST_DOCUMENT {
                return Err(FetchError::TooLarge);
            }
        }
        PublicKeys::from_jwks(&document, self.algorithm).ok_or(FetchError::Malformed)
    }
}

/// No redirect and no proxy: the keys come from the issuer or not at all.
fn client() -> ClientBuilder {
    let user_agent = concat!("badpenny-demo/", env!("CARGO_PKG_VERSION"));
    Client::builder().user_agent(user_agent).timeout(TIMEOUT).redirect(Policy::none()).no_proxy()
}

fn trusting(ca_pem: &str) -> Result<ClientBuilder, SourceError> {
    let roots = Certificate::from_pem_bundle(ca_pem.as_bytes()).map_err(SourceError::Certificate)?;
    if roots.is_empty() {
        return Err(SourceError::NoCertificate);
    }
    Ok(client().tls_certs_only(roots))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("")]
    #[case("127.0.0.1:9443")]
    #[case("file:///etc")]
    fn an_issuer_that_is_no_url_is_refused(#[case] issuer: &str) {
        assert!(matches!(KeySource::new(issuer, "", Algorithm::Rs256), Err(SourceError::Address { .. })));
    }

    #[test]
    fn an_https_issuer_needs_a_certificate_and_an_http_one_does_not() {
        assert!(matches!(KeySource::new("https://127.0.0.1:1", "", Algorithm::Rs256), Err(SourceError::NoCertificate)));
        assert!(KeySource::new("http://127.0.0.1:1", "", Algorithm::Rs256).is_ok());
    }

    #[tokio::test]
    async fn an_issuer_that_does_not_run_gives_no_answer() {
        let source = KeySource::new("http://127.0.0.1:1", "", Algorithm::Rs256).unwrap();
        assert_eq!(source.fetch().await.err(), Some(FetchError::NoAnswer));
    }
}
