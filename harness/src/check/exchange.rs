use std::time::Duration;

use super::{caching, challenge, leak, status};
use crate::http::Answer;
use crate::scenario::CheckKind;

/// One answer with what was sent for it, as checks look at it: before anything
/// is redacted, and never kept.
#[derive(Debug, Clone, Copy)]
pub struct Exchange<'a> {
    /// What came.
    pub answer: &'a Answer,
    /// Whether the resource was served.
    pub accepted: bool,
    /// The token that was sent; empty where there was none.
    pub token: &'a [u8],
    /// Texts in the token that must not come back as they are.
    pub canaries: &'a [String],
    /// How the token travelled.
    pub carriage: Carriage,
    /// What the answer should have been.
    pub due: Due,
    /// How long an answer may take.
    pub patience: Duration,
    /// Whether the issuer was made to fail at that time.
    pub issuer_broken: bool,
}

/// How a credential travelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carriage {
    /// There was none, or one of another scheme than Bearer.
    None,
    /// One line `Authorization: Bearer` with the token, well-formed.
    Bearer,
    /// In any other way.
    Other,
}

/// What the answer to a request should have been.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// The resource.
    Served,
    /// 401, since nobody is known to ask.
    Unauthenticated,
    /// 403, since the caller lacks the right.
    Forbidden,
    /// Either, or a refusal of several kinds.
    Open,
}

/// A check with what it says of one exchange: `None` where all is well.
pub type Looked = (CheckKind, Option<String>);

/// What a check says: nothing where the exchange is none of its business.
pub(super) type Look = fn(&Exchange<'_>) -> Option<Result<(), String>>;

const CHECKS: &[(CheckKind, Look)] = &[
    (CheckKind::ChallengeOn401, challenge::on_401),
    (CheckKind::ChallengeGrammar, challenge::grammar),
    (CheckKind::ChallengeParameter, challenge::parameter),
    (CheckKind::ChallengeCharacters, challenge::characters),
    (CheckKind::ChallengeDuplicates, challenge::duplicates),
    (CheckKind::ChallengeRealm, challenge::realm),
    (CheckKind::ChallengeExposed, challenge::exposed),
    (CheckKind::NoErrorWithoutCredentials, challenge::no_error_without_credentials),
    (CheckKind::InvalidTokenCode, challenge::invalid_token_code),
    (CheckKind::InsufficientScopeCode, challenge::insufficient_scope_code),
    (CheckKind::AuthenticationNot403, status::authentication_not_403),
    (CheckKind::ScopeNot401, status::scope_not_401),
    (CheckKind::No5xx, status::no_5xx),
    (CheckKind::LatencyBound, status::latency_bound),
    (CheckKind::EchoInBody, leak::echo_in_body),
    (CheckKind::EchoInHeaders, leak::echo_in_headers),
    (CheckKind::EchoInChallenge, leak::echo_in_challenge),
    (CheckKind::CanaryReflected, leak::canary_reflected),
    (CheckKind::StackTrace, leak::stack_trace),
    (CheckKind::FilePath, leak::file_path),
    (CheckKind::LibraryName, leak::library_name),
    (CheckKind::SuccessCacheable, caching::of_successes),
    (CheckKind::RefusalCacheable, caching::of_refusals),
];

/// What every check says of an exchange that is its business.
#[must_use]
pub fn look(exchange: &Exchange<'_>) -> Vec<Looked> {
    CHECKS.iter().filter_map(|(kind, look)| Some((*kind, look(exchange)?.err()))).collect()
}

impl Exchange<'_> {
    /// Whether the answer refuses.
    pub(super) fn is_refusal(&self) -> bool {
        !self.accepted
    }

    /// Only where the check's business is there: `Ok` where it is sound.
    pub(super) fn judged(is_sound: bool, fault: impl FnOnce() -> String) -> Option<Result<(), String>> {
        Some(if is_sound { Ok(()) } else { Err(fault()) })
    }
}
