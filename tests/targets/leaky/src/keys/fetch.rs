//! One fetch of a key set: no redirect, a time limit, a size limit, and nothing of the caller's.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, LOCATION, USER_AGENT};
use reqwest::{Client, Response, StatusCode, Url};
use serde_json::Value;

use crate::accepts::Accepts;
use crate::defect::{Defect, Switch};
use crate::quirk::Quirk;

use super::KeySet;

/// A fetch that takes longer has failed.
const PATIENCE: Duration = Duration::from_millis(1500);
/// As long as a defect waits.
const ALL_DAY: Duration = Duration::from_secs(30);
/// More than this is no key set.
const MAX_BODY: usize = 256 * 1024;
/// As much as a defect has memory for.
const MEMORY: usize = 32 * 1024 * 1024;
const PRODUCT: &str = "leaky/0.1";

/// What became of a fetch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// Nothing came, or another status than 200.
    Unanswered,
    /// What came was no key set.
    Malformed,
    /// What came was more than a defect has memory for.
    TooLarge,
}

/// Fetches key sets.
#[derive(Clone, Debug)]
pub(crate) struct Fetcher {
    client: Client,
    accepts: Accepts,
    defect: Switch,
    /// Where the keys of each issuer are, as its metadata said at first.
    discovered: Arc<Mutex<HashMap<String, String>>>,
}

/// The request that makes a fetch necessary: only defects pass any of it on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cause<'a> {
    pub(crate) kid: &'a str,
    pub(crate) token: &'a str,
}

impl Fetcher {
    pub(crate) fn new(client: Client, accepts: Accepts, defect: Switch) -> Self {
        let careless = defect.has(Defect::TakesAnyCertificate);
        let client = if careless {
            Client::builder().tls_danger_accept_invalid_certs(true).build().unwrap_or(client)
        } else {
            client
        };
        Self { client, accepts, defect, discovered: Arc::default() }
    }

    /// The key set of `issuer`.
    pub(crate) async fn keys_of(&self, issuer: &str, cause: Cause<'_>) -> Result<KeySet, Failure> {
        if self.defect.has(Defect::BelievesIdTokenAlgorithms) && !self.names_own_algorithm(issuer).await? {
            return Err(Failure::Malformed);
        }
        let mut url = match self.defect.0 {
            Some(Defect::JoinsPathsWithASlash) => format!("{issuer}/v1/keys"),
            Some(Defect::WantsPathOfIssuer) if !issuer.contains("/oauth2/") => format!("{issuer}/oauth2/v1/keys"),
            // An issuer may end in a slash, and its addresses have one slash there all the same.
            _ => format!("{}/v1/keys", issuer.trim_end_matches('/')),
        };
        if self.accepts.quirks.has(Quirk::KeepsMetadata) {
            url = self.discover(issuer).await?;
        }
        if self.defect.has(Defect::BelievesMetadataAddress) {
            url = self.metadata(issuer, "jwks_uri").await.unwrap_or(url);
        }
        if self.defect.has(Defect::SendsKidToIssuer) {
            url = format!("{url}?kid={}", cause.kid);
        }
        self.keys_at(&url, cause.token).await
    }

    /// Where the issuer's keys are, by metadata that are its own (RFC 8414 3.3).
    async fn discover(&self, issuer: &str) -> Result<String, Failure> {
        let known = || self.discovered.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(url) = known().get(issuer).cloned() {
            return Ok(url);
        }
        let document = self.document(issuer).await?;
        let text = |member| document.get(member).and_then(Value::as_str);
        let own = text("jwks_uri").filter(|_| text("issuer") == Some(issuer)).ok_or(Failure::Malformed)?;
        known().insert(issuer.to_owned(), own.to_owned());
        Ok(own.to_owned())
    }

    /// A member of the issuer's discovery document, without a look at whose it is.
    pub(crate) async fn metadata(&self, issuer: &str, member: &str) -> Option<String> {
        Some(self.document(issuer).await.ok()?.get(member)?.as_str()?.to_owned())
    }

    /// Whether the metadata name the issuer's algorithm among those of ID Tokens.
    async fn names_own_algorithm(&self, issuer: &str) -> Result<bool, Failure> {
        let document = self.document(issuer).await?;
        let listed = document.get("id_token_signing_alg_values_supported").and_then(Value::as_array);
        Ok(listed.is_some_and(|names| names.iter().any(|name| name == self.accepts.algorithm.name())))
    }

    async fn document(&self, issuer: &str) -> Result<Value, Failure> {
        let body = self.body(&format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/')), "").await?;
        serde_json::from_slice(&body).map_err(|_| Failure::Malformed)
    }

    /// The key set at that address.
    pub(crate) async fn keys_at(&self, url: &str, token: &str) -> Result<KeySet, Failure> {
        let body = self.body(url, token).await?;
        KeySet::read(&body, self.accepts, self.defect).map_err(|_| Failure::Malformed)
    }

    /// What is at that address.
    pub(crate) async fn body(&self, url: &str, token: &str) -> Result<Vec<u8>, Failure> {
        let mut response = self.get(url, token).await?;
        if response.status().is_redirection() && self.defect.has(Defect::FollowsRedirects) {
            let url = redirected(url, &response).ok_or(Failure::Unanswered)?;
            response = self.get(&url, token).await?;
        }
        if response.status() != StatusCode::OK {
            return Err(Failure::Unanswered);
        }
        if !is_to_its_taste(&response, self.defect) {
            return Err(Failure::Malformed);
        }
        let (most, too_much) = match self.defect.0 {
            Some(Defect::ReadsAnySize) => (MEMORY, Failure::TooLarge),
            _ => (MAX_BODY, Failure::Malformed),
        };
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|_| Failure::Unanswered)? {
            body.extend_from_slice(&chunk);
            if body.len() > most {
                return Err(too_much);
            }
        }
        Ok(body)
    }

    async fn get(&self, url: &str, token: &str) -> Result<Response, Failure> {
        let patience = if self.defect.has(Defect::WaitsForIssuer) { ALL_DAY } else { PATIENCE };
        let mut request = self.client.get(url).timeout(patience).header(USER_AGENT, PRODUCT);
        if self.defect.has(Defect::SendsTokenToIssuer) {
            request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        request.send().await.map_err(|_| Failure::Unanswered)
    }
}

/// What a defect wants of the head of an answer.
fn is_to_its_taste(response: &Response, defect: Switch) -> bool {
    let field = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
    match defect.0 {
        Some(Defect::JsonByNameOnly) => field(CONTENT_TYPE) == Some("application/json"),
        Some(Defect::NeedsCacheControl) => field(CACHE_CONTROL).is_some_and(|value| value.contains("max-age")),
        _ => true,
    }
}

fn redirected(url: &str, response: &Response) -> Option<String> {
    let location = response.headers().get(LOCATION)?.to_str().ok()?;
    Some(Url::parse(url).ok()?.join(location).ok()?.into())
}
