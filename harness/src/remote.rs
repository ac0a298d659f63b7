//! The control API of a `mock-idp` that runs elsewhere.

use std::fmt;
use std::time::Duration;

use reqwest::{RequestBuilder, StatusCode};
use serde::de::DeserializeOwned;

use crate::printable::printable;

/// A secret that opens the control API. `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct ControlToken(String);

impl ControlToken {
    /// Takes the secret.
    #[must_use]
    pub fn new(secret: impl Into<String>) -> Self {
        Self(secret.into())
    }

    /// The secret.
    #[must_use]
    pub fn secret(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ControlToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ControlToken(..)")
    }
}

/// The way to the control API of a running `mock-idp`.
#[derive(Debug, Clone)]
pub struct RemoteApi {
    base: String,
    control_token: Option<ControlToken>,
    client: reqwest::Client,
}

/// Why the control API gave no usable answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RemoteError {
    /// The base is no address.
    #[error("\"{base}\" is no address of an issuer: write it as http://127.0.0.1:9000")]
    NoAddress {
        /// What was given.
        base: String,
    },
    /// It can't be reached.
    #[error("the issuer at {base} cannot be reached: {}", root_of(.source))]
    Unreachable {
        /// Its base address.
        base: String,
        /// What went wrong.
        source: reqwest::Error,
    },
    /// It said no.
    #[error("the issuer at {base} answers {status} to {path}: {detail}")]
    Refused {
        /// Its base address.
        base: String,
        /// What was asked for.
        path: String,
        /// The status of its answer.
        status: StatusCode,
        /// What it said.
        detail: String,
    },
    /// Its answer is not what a `mock-idp` of this version says.
    #[error("the issuer at {base} is no mock-idp of this version: {path}: {detail}")]
    Unreadable {
        /// Its base address.
        base: String,
        /// What was asked for.
        path: String,
        /// What is wrong with the answer.
        detail: String,
    },
}

/// What is behind an error of the client: its own text tells little more than the address.
pub(crate) fn root_of(error: &reqwest::Error) -> String {
    let mut root: &dyn std::error::Error = error;
    while let Some(source) = root.source() {
        root = source;
    }
    root.to_string()
}

/// The longest text of a refusal that is repeated: a stranger may answer with a whole page.
const DETAIL: usize = 300;

/// Deadline of an errand.
const ERRAND: Duration = Duration::from_secs(5);

impl RemoteApi {
    /// The control API at a base address, such as `http://127.0.0.1:9000`.
    ///
    /// # Errors
    ///
    /// When the system has no TLS to make a client of.
    pub fn new(base: &str, control_token: Option<ControlToken>) -> Result<Self, reqwest::Error> {
        let client = reqwest::Client::builder().timeout(ERRAND).build()?;
        Ok(Self { base: base.trim_end_matches('/').to_owned(), control_token, client })
    }

    /// Its base address.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// `GET` of JSON.
    ///
    /// # Errors
    ///
    /// [`RemoteError`] when no such answer comes.
    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, RemoteError> {
        let text = self.get_text(path).await?;
        self.read(path, &text)
    }

    /// `GET` of text.
    ///
    /// # Errors
    ///
    /// [`RemoteError`] when no answer of status 2xx comes.
    pub async fn get_text(&self, path: &str) -> Result<String, RemoteError> {
        self.send(path, self.client.get(format!("{}{path}", self.base))).await
    }

    /// `POST` of JSON, answered by JSON.
    ///
    /// # Errors
    ///
    /// [`RemoteError`] when no such answer comes.
    pub async fn post<T: DeserializeOwned>(&self, path: &str, body: &serde_json::Value) -> Result<T, RemoteError> {
        let text = self.send(path, self.client.post(format!("{}{path}", self.base)).json(body)).await?;
        self.read(path, &text)
    }

    /// `DELETE`; what is not there any more is no error.
    ///
    /// # Errors
    ///
    /// [`RemoteError`] when another answer than of status 2xx or 404 comes.
    pub async fn delete(&self, path: &str) -> Result<(), RemoteError> {
        match self.send(path, self.client.delete(format!("{}{path}", self.base))).await {
            Err(RemoteError::Refused { status: StatusCode::NOT_FOUND, .. }) | Ok(_) => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn send(&self, path: &str, request: RequestBuilder) -> Result<String, RemoteError> {
        let unreachable = |source| RemoteError::Unreachable { base: self.base.clone(), source };
        let request = match &self.control_token {
            Some(token) => request.bearer_auth(token.secret()),
            None => request,
        };
        let response = request.send().await.map_err(unreachable)?;
        let status = response.status();
        let detail = response.text().await.map_err(unreachable)?;
        if status.is_success() {
            return Ok(detail);
        }
        let detail = printable(&detail).chars().take(DETAIL).collect();
        Err(RemoteError::Refused { base: self.base.clone(), path: path.to_owned(), status, detail })
    }

    fn read<T: DeserializeOwned>(&self, path: &str, text: &str) -> Result<T, RemoteError> {
        serde_json::from_str(text).map_err(|error| RemoteError::Unreadable {
            base: self.base.clone(),
            path: path.to_owned(),
            detail: what_is_wrong(&error).to_owned(),
        })
    }
}

/// A parser's own words would say how this program is written.
fn what_is_wrong(error: &serde_json::Error) -> &'static str {
    if error.is_data() { "a member is missing, or not of its kind" } else { "the answer is no JSON" }
}
