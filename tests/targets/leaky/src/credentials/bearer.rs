//! The `Authorization` line: `Bearer`, spaces, and a token (RFC 6750 2.1).

use std::borrow::Cow;

use crate::answer::Refusal;
use crate::defect::{Defect, Switch};

/// A byte order mark and a space without width.
const INVISIBLE: &[char] = &['\u{feff}', '\u{200b}'];

/// The token of that line; nothing where it is of another scheme.
pub(super) fn token(line: &[u8], defect: Switch) -> Result<Option<String>, Refusal> {
    let line = text(line, defect)?;
    if let Some(token) = without_scheme(&line, defect) {
        return Ok(Some(token));
    }
    if crashes(&line, defect) {
        return Err(Refusal::CRASH);
    }
    let is_space = |c: char| c == ' ' || c == '\t' && defect.has(Defect::SplitsAtTab);
    let (scheme, rest) = line.split_once(is_space).unwrap_or((&line, ""));
    if !is_bearer(scheme, defect) {
        return Ok(None);
    }
    let token = picked(rest.trim_start_matches(' '), defect);
    if is_b64token(&token) || takes_as_it_is(&token, defect) {
        Ok(Some(token.into_owned()))
    } else {
        Err(Refusal::InvalidRequest)
    }
}

fn text(line: &[u8], defect: Switch) -> Result<Cow<'_, str>, Refusal> {
    let text = std::str::from_utf8(line).ok();
    match (text, defect.0) {
        (Some(text), Some(Defect::PercentDecodesHeader)) => Ok(text.replace("%20", " ").replace("%2E", ".").into()),
        (Some(text), _) if text.is_ascii() => Ok(text.into()),
        (_, Some(Defect::CrashesOnNonAscii)) => Err(Refusal::CRASH),
        (Some(text), Some(Defect::DropsInvisible)) => Ok(text.replace(INVISIBLE, "").into()),
        _ => Err(Refusal::InvalidRequest),
    }
}

/// A token that some find in a line that has no scheme of its own.
fn without_scheme(line: &str, defect: Switch) -> Option<String> {
    let token = match defect.0? {
        Defect::TakesBareToken => line.to_owned(),
        Defect::StripsWordBearer => line.replacen("Bearer", "", 1).trim().to_owned(),
        _ => return None,
    };
    (token.contains('.') && is_b64token(&token)).then_some(token)
}

/// Where a parser meets what its author never saw.
fn crashes(line: &str, defect: Switch) -> bool {
    match defect.0 {
        Some(Defect::CrashesOnEmptyBearer) => line.eq_ignore_ascii_case("Bearer"),
        Some(Defect::SplitsAtOneSpace) => line.contains("  "),
        _ => false,
    }
}

fn is_bearer(scheme: &str, defect: Switch) -> bool {
    let lower = scheme.to_ascii_lowercase();
    match defect.0 {
        Some(Defect::ExactScheme) => scheme == "Bearer",
        Some(Defect::IgnoresScheme) => !scheme.contains('.'),
        Some(Defect::SchemeByPrefix) => lower.starts_with("bearer"),
        _ => lower == "bearer",
    }
}

/// What is taken of the text behind the scheme. A sound server takes all of it or nothing.
fn picked(rest: &str, defect: Switch) -> Cow<'_, str> {
    let Some(defect) = defect.0 else { return rest.into() };
    match defect {
        Defect::TakesFirstWord => rest.split(' ').next().unwrap_or_default().into(),
        Defect::TakesUpToComma => rest.split(',').next().unwrap_or_default().into(),
        _ => rest.into(),
    }
}

/// What is no b64token but must reach the defect that reads it.
fn takes_as_it_is(token: &str, defect: Switch) -> bool {
    match defect.0 {
        Some(
            Defect::TakesFlattenedJson
            | Defect::TakesUnprotectedHeader
            | Defect::ReadsPolyglot
            | Defect::CountsForeignCharacters,
        ) => token.starts_with('{'),
        Some(Defect::IgnoresForeignCharacters) => !token.contains(['"', ',']),
        _ => false,
    }
}

fn is_b64token(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte);
    !body.is_empty() && body.bytes().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str, defect: Option<Defect>) -> Result<Option<String>, Refusal> {
        token(line.as_bytes(), Switch(defect))
    }

    fn good() -> Result<Option<String>, Refusal> {
        Ok(Some("a.b.c".to_owned()))
    }

    #[test]
    fn the_scheme_is_taken_in_any_case_unless_that_is_the_defect() {
        assert_eq!(parse("bEaReR a.b.c", None), good());
        assert_eq!(parse("Bearer    a.b.c", None), good());
        assert_eq!(parse("Bearer a.b.c", Some(Defect::ExactScheme)), good());
        assert_eq!(parse("bearer a.b.c", Some(Defect::ExactScheme)), Ok(None));
    }

    #[test]
    fn what_is_not_one_token_is_an_invalid_request() {
        for line in
            ["Bearer", "Bearer a b", "Bearer \"a\"", "Bearer a,b", "Bearer {", "Bearer \u{feff}a", "Bearer a%2E"]
        {
            assert_eq!(parse(line, None), Err(Refusal::InvalidRequest), "{line}");
        }
        for line in ["Basic a", "a.b.c", "Bearera.b.c", "BearerX a.b.c", "Bearer\ta.b.c"] {
            assert_eq!(parse(line, None), Ok(None), "{line}");
        }
    }

    #[test]
    fn each_defect_takes_its_own_line() {
        for (line, defect) in [
            ("Basic a.b.c", Defect::IgnoresScheme),
            ("BearerX a.b.c", Defect::SchemeByPrefix),
            ("a.b.c", Defect::TakesBareToken),
            ("Bearera.b.c", Defect::StripsWordBearer),
            ("Bearer\ta.b.c", Defect::SplitsAtTab),
            ("Bearer a.b.c x", Defect::TakesFirstWord),
            ("Bearer a.b.c,Bearer x", Defect::TakesUpToComma),
            ("Bearer%20a%2Eb%2Ec", Defect::PercentDecodesHeader),
            ("Bearer \u{feff}a.b.c", Defect::DropsInvisible),
        ] {
            assert_ne!(parse(line, None), good(), "{line}");
            assert_eq!(parse(line, Some(defect)), good(), "{defect}");
            assert_eq!(parse("Bearer a.b.c", Some(defect)), good(), "{defect}");
        }
    }

    #[test]
    fn each_crash_has_its_own_cause() {
        for (line, defect) in [
            ("Bearer", Defect::CrashesOnEmptyBearer),
            ("Bearer  a.b.c", Defect::SplitsAtOneSpace),
            ("Bearer \u{feff}a.b.c", Defect::CrashesOnNonAscii),
        ] {
            assert_eq!(parse(line, Some(defect)), Err(Refusal::CRASH), "{defect}");
            assert_eq!(parse("Bearer a.b.c", Some(defect)), good(), "{defect}");
        }
    }
}
