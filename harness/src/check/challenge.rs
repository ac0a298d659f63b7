//! The `WWW-Authenticate` field (RFC 6750, section 3; RFC 9110, section 11.6.1).

use super::challenge_class;
use super::exchange::{Carriage, Due, Exchange};
use crate::http::{BearerViolation, bearer_violations};
use crate::verdict::ChallengeClass;

type Found = Option<Result<(), String>>;

/// Every refusal of a protected request carries a Bearer challenge, whatever its
/// status. Whether it has a parameter is looked at by itself.
pub(super) fn present(exchange: &Exchange<'_>) -> Found {
    if !owes_challenge(exchange) {
        return None;
    }
    let fault = match challenge_class(exchange.answer) {
        ChallengeClass::Bearer | ChallengeClass::Bare | ChallengeClass::Error(_) | ChallengeClass::OddError => {
            return Some(Ok(()));
        }
        ChallengeClass::None => "without WWW-Authenticate",
        ChallengeClass::OtherScheme => "without a challenge of the scheme Bearer",
        ChallengeClass::Malformed => "with a WWW-Authenticate that is no challenge",
    };
    Some(Err(format!("refused ({}) {fault}", exchange.answer.status)))
}

/// Where something else than 401 or 403 is right as well, the refusal may be
/// about the request and not about its credentials.
fn owes_challenge(exchange: &Exchange<'_>) -> bool {
    let is_about_credentials = matches!(exchange.due, Due::Unauthenticated | Due::Forbidden);
    match exchange.answer.status {
        401 => true,
        // About the resource, the method, the size or the rate.
        404 | 405 | 408 | 413 | 414 | 415 | 417 | 421 | 422 | 426 | 429 | 431 => false,
        400 if exchange.large => false,
        200..500 => exchange.is_refusal() && is_about_credentials && !exchange.in_body && !exchange.issuer_broken,
        _ => false,
    }
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

/// At least one parameter, as RFC 6750 has it and the examples of RFC 9449, section 7.2, have not.
pub(super) fn parameter(exchange: &Exchange<'_>) -> Found {
    violation(exchange, |violation| matches!(violation, BearerViolation::NoParams))
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

/// A page of another origin that may read the 401 may read its challenge
/// (RFC 9449, section 7.1; Fetch, `Access-Control-Expose-Headers`).
pub(super) fn exposed(exchange: &Exchange<'_>) -> Found {
    let answer = exchange.answer;
    if answer.status != 401 {
        return None;
    }
    let origin = answer.header("Access-Control-Allow-Origin")?;
    let with_credentials = answer.header("Access-Control-Allow-Credentials").is_some_and(|value| value == b"true");
    let is_listed = |name: &[u8]| name.eq_ignore_ascii_case(b"WWW-Authenticate") || (name == b"*" && !with_credentials);
    let exposed = answer
        .header_values("Access-Control-Expose-Headers")
        .flat_map(|line| line.split(|byte| *byte == b','))
        .any(|name| is_listed(name.trim_ascii()));
    Exchange::judged(exposed, || {
        format!(
            "a 401 that {} may read doesn't list WWW-Authenticate in Access-Control-Expose-Headers",
            String::from_utf8_lossy(origin)
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
        ChallengeClass::OddError => Some(Err("an error where no token was sent".to_owned())),
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
        ChallengeClass::Error(code) => Err(format!("error=\"{code}\", expected \"{due}\"")),
        ChallengeClass::OddError => Err(format!("an error that is no code, expected \"{due}\"")),
        ChallengeClass::None => Err(format!("no challenge, so no error=\"{due}\"")),
        _ => Err(format!("no error=\"{due}\" in the challenge")),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use rstest::rstest;

    use super::*;
    use crate::http::Answer;

    #[rstest]
    #[case::no_cors(&[], None)]
    #[case::not_listed(&[("Access-Control-Allow-Origin", "https://a.example")], Some(false))]
    #[case::listed(
        &[("Access-Control-Allow-Origin", "https://a.example"), ("Access-Control-Expose-Headers", "X-A, www-authenticate")],
        Some(true)
    )]
    #[case::any(&[("Access-Control-Allow-Origin", "*"), ("Access-Control-Expose-Headers", "*")], Some(true))]
    #[case::any_means_nothing_with_credentials(
        &[
            ("Access-Control-Allow-Origin", "https://a.example"),
            ("Access-Control-Allow-Credentials", "true"),
            ("Access-Control-Expose-Headers", "*"),
        ],
        Some(false)
    )]
    fn a_challenge_is_exposed_where_the_answer_may_be_read(
        #[case] fields: &[(&str, &str)],
        #[case] sound: Option<bool>,
    ) {
        let answer = fields.iter().fold(Answer::new(401), |answer, (name, value)| answer.with_header(*name, *value));
        let exchange = Exchange {
            answer: &answer,
            accepted: false,
            token: b"",
            canaries: &[],
            carriage: Carriage::None,
            due: Due::Unauthenticated,
            in_body: false,
            elsewhere: false,
            large: false,
            patience: Duration::from_secs(2),
            issuer_broken: false,
        };
        assert_eq!(exposed(&exchange).map(|found| found.is_ok()), sound);
    }
}
