use std::fmt;

use super::grade::Outcome;
use crate::verdict::VerdictKind;

/// A check over all exchanges of a run. What each looks at is told in
/// [`crate::check`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the words of the language, each told by its row below")]
pub enum CheckKind {
    ChallengePresent,
    AliveAfter,
    ChallengeGrammar,
    ChallengeParameter,
    ChallengeCharacters,
    ChallengeDuplicates,
    ChallengeRealm,
    ChallengeExposed,
    NoErrorWithoutCredentials,
    InvalidTokenCode,
    InsufficientScopeCode,
    AuthenticationNot403,
    ScopeNot401,
    No5xx,
    EchoInBody,
    EchoInHeaders,
    EchoInChallenge,
    CanaryReflected,
    StackTrace,
    FilePath,
    LibraryName,
    TellsWhichCheck,
    SuccessCacheable,
    RefusalCacheable,
    LatencyBound,
    LogToken,
    LogLines,
    FetchCredentials,
    FetchKidInUrl,
    FetchUserAgent,
}

impl CheckKind {
    /// Every check with its word.
    pub const ALL: [(&'static str, Self); 30] = [
        ("challenge-present", Self::ChallengePresent),
        ("alive-after", Self::AliveAfter),
        ("challenge-grammar", Self::ChallengeGrammar),
        ("challenge-parameter", Self::ChallengeParameter),
        ("challenge-characters", Self::ChallengeCharacters),
        ("challenge-duplicates", Self::ChallengeDuplicates),
        ("challenge-realm", Self::ChallengeRealm),
        ("challenge-exposed", Self::ChallengeExposed),
        ("no-error-without-credentials", Self::NoErrorWithoutCredentials),
        ("invalid-token-code", Self::InvalidTokenCode),
        ("insufficient-scope-code", Self::InsufficientScopeCode),
        ("authentication-not-403", Self::AuthenticationNot403),
        ("scope-not-401", Self::ScopeNot401),
        ("no-5xx", Self::No5xx),
        ("echo-in-body", Self::EchoInBody),
        ("echo-in-headers", Self::EchoInHeaders),
        ("echo-in-challenge", Self::EchoInChallenge),
        ("canary-reflected", Self::CanaryReflected),
        ("stack-trace", Self::StackTrace),
        ("file-path", Self::FilePath),
        ("library-name", Self::LibraryName),
        ("tells-which-check", Self::TellsWhichCheck),
        ("success-cacheable", Self::SuccessCacheable),
        ("refusal-cacheable", Self::RefusalCacheable),
        ("latency-bound", Self::LatencyBound),
        ("log-token", Self::LogToken),
        ("log-lines", Self::LogLines),
        ("fetch-credentials", Self::FetchCredentials),
        ("fetch-kid-in-url", Self::FetchKidInUrl),
        ("fetch-user-agent", Self::FetchUserAgent),
    ];

    /// Whether it looks at what the issuer has seen.
    #[must_use]
    pub fn is_about_fetches(self) -> bool {
        matches!(self, Self::FetchCredentials | Self::FetchKidInUrl | Self::FetchUserAgent)
    }

    /// What a failure of it comes to: a valid token that is refused is broken, a
    /// token that got out is a side effect, anything else deviates.
    #[must_use]
    pub fn failure(self) -> VerdictKind {
        match self {
            Self::AliveAfter => VerdictKind::Broken,
            Self::LogToken | Self::FetchCredentials => VerdictKind::Vulnerable,
            _ => VerdictKind::Deviates,
        }
    }
}

impl CheckKind {
    /// What a failure of it comes to, for its tier.
    #[must_use]
    pub fn outcome(self) -> Outcome {
        match self {
            Self::AliveAfter => Outcome::Unavailable,
            Self::No5xx | Self::LatencyBound => Outcome::ServerError,
            Self::EchoInBody | Self::EchoInHeaders | Self::EchoInChallenge | Self::CanaryReflected | Self::LogToken => {
                Outcome::SideEffect
            }
            Self::StackTrace
            | Self::FilePath
            | Self::LibraryName
            | Self::TellsWhichCheck
            | Self::SuccessCacheable
            | Self::RefusalCacheable
            | Self::FetchUserAgent => Outcome::Hygiene,
            _ => Outcome::Protocol,
        }
    }
}

impl fmt::Display for CheckKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Self::ALL.iter().find(|(_, known)| known == self).map_or("", |(word, _)| word))
    }
}
