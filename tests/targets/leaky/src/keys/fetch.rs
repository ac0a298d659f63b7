//! One fetch of a key set: no redirect, a time limit, a size limit, and nothing of the caller's.

use std::time::Duration;

use reqwest::header::{AUTHORIZATION, LOCATION, USER_AGENT};
use reqwest::{Client, Response, StatusCode, Url};
use serde_json::Value;

use crate::defect::{Defect, Switch};

use super::KeySet;

/// A fetch that takes longer has failed.
const PATIENCE: Duration = Duration::from_millis(1500);
/// As long as a defect waits.
const FOREVER: Duration = Duration::from_secs(30);
/// More than this is no key set.
const MAX_BODY: usize = 256 * 1024;
/// More than a defect reads, so that a test ends.
const MAX_BODY_OF_DEFECT: usize = 128 * 1024 * 1024;
const PRODUCT: &str = "leaky/0.1";

/// What became of a fetch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// Nothing came, or another status than 200.
    NoAnswer,
    /// What came was no key set.
    NoKeySet,
}

/// Fetches key sets.
#[derive(Clone, Debug)]
pub(crate) struct Fetcher {
    client: Client,
    defect: Switch,
}

/// The request that makes a fetch necessary: only defects pass any of it on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cause<'a> {
    pub(crate) kid: &'a str,
    pub(crate) token: &'a str,
}

impl Fetcher {
    pub(crate) fn new(client: Client, defect: Switch) -> Self {
        let careless = defect.has(Defect::TakesAnyCertificate);
        let client = if careless {
            Client::builder().tls_danger_accept_invalid_certs(true).build().unwrap_or(client)
        } else {
            client
        };
        Self { client, defect }
    }

    /// The key set of `issuer`.
    pub(crate) async fn keys_of(&self, issuer: &str, cause: Cause<'_>) -> Result<KeySet, Failure> {
        let mut url = format!("{issuer}/v1/keys");
        if self.defect.has(Defect::BelievesMetadataAddress) {
            url = self.metadata(issuer, "jwks_uri").await.unwrap_or(url);
        }
        if self.defect.has(Defect::SendsKidToIssuer) {
            url = format!("{url}?kid={}", cause.kid);
        }
        self.keys_at(&url, cause.token).await
    }

    /// A member of the issuer's discovery document, without a look at whose it is.
    pub(crate) async fn metadata(&self, issuer: &str, member: &str) -> Option<String> {
        let url = format!("{issuer}/.well-known/openid-configuration");
        let body = self.body(&url, "").await.ok()?;
        let document: Value = serde_json::from_slice(&body).ok()?;
        Some(document.get(member)?.as_str()?.to_owned())
    }

    /// The key set at that address.
    pub(crate) async fn keys_at(&self, url: &str, token: &str) -> Result<KeySet, Failure> {
        let body = self.body(url, token).await?;
        KeySet::read(&body, self.defect).map_err(|_| Failure::NoKeySet)
    }

    /// What is at that address.
    pub(crate) async fn body(&self, url: &str, token: &str) -> Result<Vec<u8>, Failure> {
        self.read(url, token).await.ok_or(Failure::NoAnswer)
    }

    async fn read(&self, url: &str, token: &str) -> Option<Vec<u8>> {
        let mut response = self.get(url, token).await?;
        if response.status().is_redirection() && self.defect.has(Defect::FollowsRedirects) {
            let location = response.headers().get(LOCATION)?.to_str().ok()?;
            let next = Url::parse(url).ok()?.join(location).ok()?;
            response = self.get(next.as_str(), token).await?;
        }
        if response.status() != StatusCode::OK {
            return None;
        }
        let most = if self.defect.has(Defect::ReadsAnySize) { MAX_BODY_OF_DEFECT } else { MAX_BODY };
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.ok()? {
            body.extend_from_slice(&chunk);
            if body.len() > most {
                return None;
            }
        }
        Some(body)
    }

    async fn get(&self, url: &str, token: &str) -> Option<Response> {
        let patience = if self.defect.has(Defect::WaitsForever) { FOREVER } else { PATIENCE };
        let mut request = self.client.get(url).timeout(patience);
        if !self.defect.has(Defect::NamesNoProduct) {
            request = request.header(USER_AGENT, PRODUCT);
        }
        if self.defect.has(Defect::SendsTokenToIssuer) {
            request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        request.send().await.ok()
    }
}
