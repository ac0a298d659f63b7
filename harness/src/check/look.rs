//! The checks that look at every exchange, by their words.

use super::exchange::Exchange;
use super::{caching, challenge, leak, status};
use crate::scenario::CheckKind;

/// A check with what it says of one exchange: `None` where all is well.
pub type Looked = (CheckKind, Option<String>);

/// What a check says: nothing where the exchange is none of its business.
type Look = fn(&Exchange<'_>) -> Option<Result<(), String>>;

const CHECKS: &[(CheckKind, Look)] = &[
    (CheckKind::ChallengePresent, challenge::present),
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

/// Those that look into the body.
const OF_BODIES: [CheckKind; 5] = [
    CheckKind::EchoInBody,
    CheckKind::CanaryReflected,
    CheckKind::StackTrace,
    CheckKind::FilePath,
    CheckKind::LibraryName,
];

/// What every check says of an exchange that is its business. A body that can't
/// be read is nobody's: to find nothing in it proves nothing.
#[must_use]
pub fn look(exchange: &Exchange<'_>) -> Vec<Looked> {
    let is_readable = exchange.answer.body.unreadable().is_none();
    let checks = CHECKS.iter().filter(|(kind, _)| is_readable || !OF_BODIES.contains(kind));
    checks.filter_map(|(kind, look)| Some((*kind, look(exchange)?.err()))).collect()
}
