//! Whether a cache could give one caller's answer to another (RFC 9111, section 3.5).

use super::exchange::{Carriage, Exchange};
use crate::http::Answer;

type Found = Option<Result<(), String>>;

/// What is served to a token says that it is not for everybody.
pub(super) fn of_successes(exchange: &Exchange<'_>) -> Found {
    // Nothing is kept of a connection that speaks another protocol.
    if !exchange.accepted || exchange.carriage == Carriage::None || exchange.answer.status == 101 {
        return None;
    }
    Exchange::judged(is_private(exchange.answer), || "a success says nothing of no-store or private".to_owned())
}

/// A refusal is for the one who asked.
pub(super) fn of_refusals(exchange: &Exchange<'_>) -> Found {
    if !matches!(exchange.answer.status, 401 | 403) {
        return None;
    }
    // 401 and 403 are not cacheable unless the answer says so (RFC 9110, section 15.1).
    Exchange::judged(!invites_caching(exchange.answer), || "a refusal may be kept by a shared cache".to_owned())
}

fn is_private(answer: &Answer) -> bool {
    has_directive(answer, &["no-store", "private"])
}

fn invites_caching(answer: &Answer) -> bool {
    let lives =
        has_directive(answer, &["public", "s-maxage", "max-age"]) || answer.header("Expires").is_some_and(is_a_date);
    lives && !has_directive(answer, &["no-store", "private", "no-cache", "max-age=0"])
}

/// `Expires: 0` and the like mean that it is over already.
fn is_a_date(value: &[u8]) -> bool {
    value.contains(&b':')
}

/// Whether `Cache-Control` has one of these; a name alone matches with any value.
fn has_directive(answer: &Answer, names: &[&str]) -> bool {
    answer
        .header_values("Cache-Control")
        .flat_map(|line| line.split(|byte| *byte == b','))
        .map(|directive| String::from_utf8_lossy(directive.trim_ascii()).to_ascii_lowercase())
        .any(|directive| {
            let name = directive.split('=').next().unwrap_or_default();
            names.iter().any(|known| *known == directive || *known == name)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(cache_control: &str) -> Answer {
        Answer::new(401).with_header("Cache-Control", cache_control)
    }

    #[test]
    fn a_directive_is_read_in_any_case_and_among_others() {
        assert!(is_private(&answer("Max-Age=0, No-Store")));
        assert!(!is_private(&answer("max-age=60")));
        assert!(!is_private(&Answer::new(200)));
    }

    #[test]
    fn only_a_refusal_that_says_so_may_be_kept() {
        assert!(invites_caching(&answer("public, max-age=60")));
        for sound in ["no-store", "private, max-age=60", "max-age=0", ""] {
            assert!(!invites_caching(&answer(sound)), "{sound}");
        }
    }
}
