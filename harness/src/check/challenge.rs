//! The `WWW-Authenticate` field (RFC 6750, section 3; RFC 9110, section 11.6.1).

use super::challenge_class;
use super::exchange::{Carriage, Due, Exchange};
use crate::http::{BearerViolation, bearer_violations};
use crate::verdict::ChallengeClass;

type Found = Option<Result<(), String>>;

/// Every 401 carries a Bearer challenge with at least one parameter.
pub(super) fn on_401(exchange: &Exchange<'_>) -> Found {
    if exchange.answer.status != 401 {
        return None;
    }
    let fault = match challenge_class(exchange.answer) {
        ChallengeClass::Bearer | ChallengeClass::Error(_) => return Some(Ok(())),
        ChallengeClass::None => "no WWW-Authenticate",
        ChallengeClass::Bare => "the Bearer challenge has no parameter",
        ChallengeClass::OtherScheme => "no challenge of the scheme Bearer",
        ChallengeClass::Malformed => "WWW-Authenticate is no challenge",
    };
    Some(Err(fault.to_owned()))
}

/// Every challenge can be read.
pub(super) fn grammar(exchange: &Exchange<'_>) -> Found {
    exchange.answer.header("WWW-Authenticate")?;
    let challenges = exchange.answer.challenges();
    Some(challenges.errors.first().map_or(Ok(()), |error| Err(error.to_string())))
}

/// `error`, `error_description`, `error_uri` and `scope` in their characters.
pub(super) fn characters(exchange: &Exchange<'_>) -> Found {
    violation(exchange, |violation| matches!(violation, BearerViolation::Charset { .. }))
}

/// No parameter twice.
pub(super) fn duplicates(exchange: &Exchange<'_>) -> Found {
    violation(exchange, |violation| matches!(violation, BearerViolation::Duplicate { .. }))
}

/// `realm` is quoted, `scope` has one space between two tokens, nothing that
/// must say something is empty.
pub(super) fn realm(exchange: &Exchange<'_>) -> Found {
    violation(exchange, |violation| {
        matches!(
            violation,
            BearerViolation::RealmNotQuoted
                | BearerViolation::ScopeSpacing { .. }
                | BearerViolation::Empty { .. }
                | BearerViolation::Token68
        )
    })
}

/// What a Bearer challenge of the answer breaks, of that kind.
fn violation(exchange: &Exchange<'_>, is_meant: fn(&BearerViolation) -> bool) -> Found {
    let challenges = exchange.answer.challenges();
    let bearer: Vec<_> = challenges.of_scheme("Bearer").collect();
    if bearer.is_empty() {
        return None;
    }
    let found = bearer.iter().flat_map(|challenge| bearer_violations(challenge)).find(is_meant);
    Some(found.map_or(Ok(()), |violation| Err(violation.to_string())))
}

/// Who sent nothing is told of no error (RFC 6750, section 3.1).
pub(super) fn no_error_without_credentials(exchange: &Exchange<'_>) -> Found {
    if exchange.carriage != Carriage::None || exchange.answer.status != 401 {
        return None;
    }
    match challenge_class(exchange.answer) {
        ChallengeClass::Error(code) => Some(Err(format!("error=\"{code}\" where no token was sent"))),
        _ => Some(Ok(())),
    }
}

/// A bad token is told `invalid_token`.
pub(super) fn invalid_token_code(exchange: &Exchange<'_>) -> Found {
    let judged = exchange.carriage == Carriage::Bearer
        && exchange.due == Due::Unauthenticated
        && exchange.answer.status == 401
        && !exchange.issuer_broken;
    judged.then(|| code(exchange, "invalid_token"))
}

/// Too little scope is told `insufficient_scope`.
pub(super) fn insufficient_scope_code(exchange: &Exchange<'_>) -> Found {
    (exchange.due == Due::Forbidden && exchange.answer.status == 403).then(|| code(exchange, "insufficient_scope"))
}

fn code(exchange: &Exchange<'_>, due: &str) -> Result<(), String> {
    match challenge_class(exchange.answer) {
        ChallengeClass::Error(code) if code == due => Ok(()),
        ChallengeClass::Error(code) => Err(format!("error=\"{code}\" where \"{due}\" is due")),
        ChallengeClass::None => Err(format!("no challenge, so no error=\"{due}\"")),
        _ => Err(format!("no error=\"{due}\" in the challenge")),
    }
}
