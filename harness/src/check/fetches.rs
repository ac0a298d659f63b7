//! How the target asks the issuer for its keys (RFC 8725, section 3.10).

use serde::Deserialize;

use crate::scenario::CheckKind;

/// One request of the target to the issuer's keys or metadata, as the issuer's
/// journal tells it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Fetch {
    /// Its path; empty where only a connection was tried.
    pub path: String,
    /// Its query.
    #[serde(default)]
    pub query: Option<String>,
    /// `User-Agent`.
    #[serde(default)]
    pub user_agent: Option<String>,
    /// A mark of what stood in `Authorization`.
    #[serde(default)]
    pub authorization: Option<String>,
    /// Whether it carried a cookie.
    #[serde(default)]
    pub cookie: bool,
}

/// What a request to the issuer does wrong, by that check; `None` where it is fine.
#[must_use]
pub fn fetch_fault(kind: CheckKind, fetch: &Fetch) -> Option<&'static str> {
    if fetch.path.is_empty() {
        return None;
    }
    let fault = match kind {
        CheckKind::FetchCredentials if fetch.authorization.is_some() => "it carries an Authorization line",
        CheckKind::FetchCredentials if fetch.cookie => "it carries a cookie",
        CheckKind::FetchKidInUrl if fetch.query.as_ref().is_some_and(|query| query.contains("kid")) => {
            "its query holds a kid, which anybody can choose"
        }
        CheckKind::FetchUserAgent if fetch.user_agent.as_ref().is_none_or(|agent| agent.trim().is_empty()) => {
            "it names no User-Agent"
        }
        _ => return None,
    };
    Some(fault)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fetch_carries_nothing_of_the_caller() {
        let clean = Fetch { path: "/v1/keys".into(), user_agent: Some("x".into()), ..Fetch::default() };
        let kinds = [CheckKind::FetchCredentials, CheckKind::FetchKidInUrl, CheckKind::FetchUserAgent];
        assert!(kinds.iter().all(|kind| fetch_fault(*kind, &clean).is_none()));
        let leaky = Fetch { authorization: Some("0a".into()), query: Some("kid=x".into()), user_agent: None, ..clean };
        assert!(kinds.iter().all(|kind| fetch_fault(*kind, &leaky).is_some()));
    }
}
