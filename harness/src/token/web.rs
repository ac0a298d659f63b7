//! Errands to a real issuer: its documents, its keys and its token endpoint.

use std::time::Duration;

use serde_json::Value;

use crate::printable::printable;
use crate::remote::root_of;

/// The client towards the token's issuer. It follows no redirect, so that no
/// secret is sent elsewhere.
#[derive(Debug, Clone)]
pub struct Web(reqwest::Client);

/// Why an issuer gave no usable answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WebError {
    /// No client can be made: a certificate is none.
    #[error("no HTTP client can be made: {0}")]
    Client(reqwest::Error),
    /// It can't be reached.
    #[error("{url} cannot be reached: {reason}; where it shows a certificate of its own, name that with --cacert")]
    Unreachable {
        /// What was asked for.
        url: String,
        /// What went wrong.
        reason: String,
    },
    /// It answered with another status than 200.
    #[error("{url} answered {status}")]
    Status {
        /// What was asked for.
        url: String,
        /// The status.
        status: u16,
    },
    /// Its answer is no JSON.
    #[error("{url} answered with something other than JSON")]
    NoJson {
        /// What was asked for.
        url: String,
    },
}

/// How long an errand may take.
const DEADLINE: Duration = Duration::from_secs(10);

impl Web {
    /// A client that believes the system's roots and, where given, those of a PEM
    /// text.
    ///
    /// # Errors
    ///
    /// [`WebError::Client`] when the text holds no certificate.
    pub fn new(more_roots: Option<&str>) -> Result<Self, WebError> {
        let mut builder = reqwest::Client::builder().timeout(DEADLINE).redirect(reqwest::redirect::Policy::none());
        if let Some(pem) = more_roots {
            let certificates = reqwest::Certificate::from_pem_bundle(pem.as_bytes()).map_err(WebError::Client)?;
            for certificate in certificates {
                builder = builder.add_root_certificate(certificate);
            }
        }
        Ok(Self(builder.build().map_err(WebError::Client)?))
    }

    /// A document of JSON.
    pub(super) async fn get(&self, url: &str) -> Result<Value, WebError> {
        let (status, value) = self.send(self.0.get(url).header("Accept", "application/json"), url).await?;
        match status {
            200 => value.ok_or_else(|| WebError::NoJson { url: url.to_owned() }),
            status => Err(WebError::Status { url: url.to_owned(), status }),
        }
    }

    /// What a form is answered with: the status, and the JSON where there is some.
    pub(super) async fn post(
        &self,
        url: &str,
        form: &[(String, String)],
        basic: Option<(&str, &str)>,
    ) -> Result<(u16, Option<Value>), WebError> {
        let request = self.0.post(url).header("Accept", "application/json").form(form);
        let request = match basic {
            Some((user, password)) => request.basic_auth(user, Some(password)),
            None => request,
        };
        self.send(request, url).await
    }

    async fn send(&self, request: reqwest::RequestBuilder, url: &str) -> Result<(u16, Option<Value>), WebError> {
        let unreachable = |error: reqwest::Error| WebError::Unreachable {
            url: url.to_owned(),
            reason: printable(&root_of(&error.without_url())),
        };
        let answer = request.send().await.map_err(unreachable)?;
        let status = answer.status().as_u16();
        let body = answer.bytes().await.map_err(unreachable)?;
        Ok((status, serde_json::from_slice(&body).ok()))
    }
}
