//! Whose keys a token is judged by: those of the issuer that the settings name, by their `kid`.

use crate::answer::Refusal;
use crate::defect::Defect;
use crate::keys::{Brought, Cause, Failure, Jwk, KeyCache};
use crate::quirk::Quirk;
use crate::service::Service;
use crate::test_issuer;
use crate::token::JoseHeader;

/// Whose the token may be, and where that issuer's keys are.
pub(crate) struct Trusted<'a> {
    pub(crate) issuer: String,
    keys: &'a KeyCache,
    /// Fetched for this token alone: a defect's.
    fetched: Option<Vec<Jwk>>,
}

impl Service {
    /// The one issuer, or where that is a setting the second, by the token's word. Each has its
    /// own keys, so that the word alone is worth nothing.
    pub(crate) async fn trusted(&self, claimed: Option<&str>) -> Trusted<'_> {
        let second = self.settings.second_issuer();
        let trusts_second = self.settings.trust_second || self.defect.has(Defect::TrustsNeighbours);
        if trusts_second && claimed == Some(second.as_str()) {
            return Trusted { issuer: second, keys: &self.second, fetched: None };
        }
        let mut trusted = Trusted { issuer: self.settings.issuer.clone(), keys: &self.keys, fetched: None };
        match (self.defect.0, claimed) {
            (Some(Defect::BelievesMetadataIssuer), _) => {
                let named = self.fetcher.metadata(&trusted.issuer, "issuer").await;
                trusted.issuer = named.unwrap_or(trusted.issuer);
            }
            (Some(Defect::FetchesKeysOfAnyIssuer), Some(claimed)) if claimed != trusted.issuer => {
                if let Ok(keys) = self.fetcher.keys_at(&format!("{claimed}/v1/keys"), "").await {
                    trusted.fetched = Some(keys.all().to_vec());
                    trusted.issuer = claimed.to_owned();
                }
            }
            _ => (),
        }
        trusted
    }

    /// Whether a defect takes a missing key for permission.
    pub(crate) fn fails_open(&self, refusal: Refusal, trusted: &Trusted<'_>) -> bool {
        match self.defect.0 {
            Some(Defect::SkipsUnknownKeys) => refusal == Refusal::InvalidToken,
            Some(Defect::FailsOpenInOutage) => {
                refusal == Refusal::KeysUnavailable || trusted.keys.failure() == Some(Failure::Unanswered)
            }
            Some(Defect::FailsOpenOnOddSet) => trusted.keys.failure() == Some(Failure::Malformed),
            _ => false,
        }
    }

    /// The keys that may have signed it.
    pub(crate) async fn find_keys(
        &self,
        header: &JoseHeader,
        trusted: &Trusted<'_>,
        text: &str,
    ) -> Result<Vec<Jwk>, Refusal> {
        if let Some(keys) = &trusted.fetched {
            return Ok(keys.clone());
        }
        if self.defect.has(Defect::CutsSlashOfIssuer) && trusted.issuer.ends_with('/') {
            return Err(Refusal::InvalidToken);
        }
        let brought = Brought { header, fetcher: &self.fetcher, issuer: &self.settings.issuer };
        if let Some(key) = brought.preferred(self.defect).await {
            return Ok(vec![key]);
        }
        let found = self.published(header, trusted, text).await;
        if self.defect.has(Defect::FallsBackToEmbeddedJwk) && found.is_err() {
            return brought.embedded().map(|key| vec![key]).ok_or(Refusal::InvalidToken);
        }
        found
    }

    async fn published(&self, header: &JoseHeader, trusted: &Trusted<'_>, text: &str) -> Result<Vec<Jwk>, Refusal> {
        let Some(kid) = header.kid() else { return Err(self.without_kid(header)) };
        if self.defect.has(Defect::KidOfPlainLetters) && !is_plain(kid) {
            return Err(Refusal::InvalidToken);
        }
        let cause = Cause { kid, token: text };
        let found = trusted.keys.find(cause, &self.settings, self.defect).await;
        match (self.defect.0, trusted.keys.failure()) {
            (Some(Defect::DiesOfOddKeySet), Some(Failure::Malformed))
            | (Some(Defect::ReadsAnySize), Some(Failure::TooLarge)) => self.dead().await,
            (Some(Defect::SharesKeysAcrossIssuers), _) => Ok(self.keys_of_all(cause).await),
            (None, _) if self.settings.quirks.has(Quirk::TriesEveryKey) => found.map(|_| trusted.keys.all()),
            _ => self.judged(found, kid),
        }
    }

    fn without_kid(&self, header: &JoseHeader) -> Refusal {
        let is_there = header.0.has("kid");
        match self.defect.0 {
            Some(Defect::CrashesWithoutKid) if !is_there => Refusal::CRASH,
            Some(Defect::CrashesOnKidType) if is_there => Refusal::CRASH,
            _ => Refusal::InvalidToken,
        }
    }

    /// What was found, or what a defect makes of that.
    fn judged(&self, found: Result<Vec<Jwk>, Refusal>, kid: &str) -> Result<Vec<Jwk>, Refusal> {
        match (self.defect.0, &found) {
            (Some(Defect::PoisonsKeys), Err(Refusal::InvalidToken)) => self.memory.lock_out(),
            (Some(Defect::CrashesOnDuplicateKid), Ok(keys)) if keys.len() > 1 => return Err(Refusal::CRASH),
            (Some(Defect::TrustsTestIssuer), Err(_)) => return test_issuer::key(kid).ok_or(Refusal::InvalidToken),
            _ => (),
        }
        found
    }

    /// As if every issuer's keys were in one place.
    async fn keys_of_all(&self, cause: Cause<'_>) -> Vec<Jwk> {
        let mut keys = Vec::new();
        for issuer in [&self.keys, &self.second] {
            keys.extend(issuer.find(cause, &self.settings, self.defect).await.unwrap_or_default());
        }
        keys
    }
}

/// What fits into the pattern of a defect.
fn is_plain(kid: &str) -> bool {
    kid.len() <= 64 && kid.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}
