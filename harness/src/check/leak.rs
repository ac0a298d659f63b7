//! What an answer tells that it should keep to itself.

use super::exchange::{Due, Exchange};
use crate::http::Answer;

type Found = Option<Result<(), String>>;

/// Shorter segments of a token may occur by chance.
const SEGMENT: usize = 24;

/// The body repeats neither the token nor a long part of it.
pub(super) fn echo_in_body(exchange: &Exchange<'_>) -> Found {
    let parts = parts(exchange.token)?;
    let found = parts.iter().any(|part| contains(exchange.answer.body.kept(), part));
    Exchange::judged(!found, || "the body repeats the token".to_owned())
}

/// Neither does a header line, challenges left out.
pub(super) fn echo_in_headers(exchange: &Exchange<'_>) -> Found {
    echo_in_lines(exchange, false, "a header line repeats the token")
}

/// Neither does a challenge.
pub(super) fn echo_in_challenge(exchange: &Exchange<'_>) -> Found {
    exchange.answer.header("WWW-Authenticate")?;
    echo_in_lines(exchange, true, "the challenge repeats the token")
}

fn echo_in_lines(exchange: &Exchange<'_>, challenges: bool, fault: &str) -> Found {
    let parts = parts(exchange.token)?;
    let lines = exchange.answer.headers.iter().filter(|line| line.is("WWW-Authenticate") == challenges);
    let found = lines.into_iter().any(|line| parts.iter().any(|part| contains(&line.value, part)));
    Exchange::judged(!found, || fault.to_owned())
}

/// The token and its long segments; nothing where there is no token to speak of.
fn parts(token: &[u8]) -> Option<Vec<&[u8]>> {
    let whole = (token.len() >= SEGMENT).then_some(token);
    let segments = token.split(|byte| *byte == b'.').filter(|segment| segment.len() >= SEGMENT);
    let parts: Vec<&[u8]> = whole.into_iter().chain(segments).collect();
    (!parts.is_empty()).then_some(parts)
}

/// Markup and line ends out of a token don't come back as they are.
pub(super) fn canary_reflected(exchange: &Exchange<'_>) -> Found {
    if exchange.canaries.is_empty() {
        return None;
    }
    let split =
        exchange.answer.headers.iter().any(|line| line.name_text().to_ascii_lowercase().starts_with(CANARY_FIELD));
    if split {
        return Some(Err("a line end in the token made a header line".to_owned()));
    }
    let mut markup = exchange.canaries.iter().filter(|canary| canary.contains('<'));
    let found = markup.any(|canary| is_there_as_markup(exchange.answer, canary.as_bytes()));
    Exchange::judged(!found, || "markup out of the token stands in the answer unescaped".to_owned())
}

/// In JSON it is a text like any other, and so in what browsers are told to take for plain text.
fn is_there_as_markup(answer: &Answer, text: &[u8]) -> bool {
    let kind = answer.header("Content-Type").unwrap_or_default().to_ascii_lowercase();
    let kind = kind.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii();
    let is_json = kind == b"application/json" || kind.ends_with(b"+json");
    let is_plain = kind == b"text/plain"
        && answer.header("X-Content-Type-Options").is_some_and(|value| value.eq_ignore_ascii_case(b"nosniff"));
    (!is_json && !is_plain && contains(answer.body.kept(), text)) || in_headers(answer, text)
}

/// How the field begins that a canary with a line end would make.
const CANARY_FIELD: &str = "x-badpenny-canary";

fn is_there(answer: &Answer, text: &[u8]) -> bool {
    contains(answer.body.kept(), text) || in_headers(answer, text)
}

fn in_headers(answer: &Answer, text: &[u8]) -> bool {
    answer.headers.iter().any(|line| contains(&line.value, text))
}

/// A refusal shows no stack trace.
pub(super) fn stack_trace(exchange: &Exchange<'_>) -> Found {
    shows(exchange, "a stack trace", STACK_TRACES)
}

/// Marks of a trace in the error pages of common stacks.
const STACK_TRACES: &[&str] = &[
    "\n    at ",
    "<br> &nbsp; &nbsp;at ",
    "\tat org.",
    "\tat java.",
    "Traceback (most recent call last)",
    "stack backtrace:",
    "panicked at ",
    "goroutine ",
    "System.Exception:",
    "   at Microsoft.",
    "   at System.",
    ".rb:in `",
    "#0 /",
];

/// A refusal shows no path of the machine.
pub(super) fn file_path(exchange: &Exchange<'_>) -> Found {
    shows(exchange, "a path of the machine", FILE_PATHS)
}

const FILE_PATHS: &[&str] = &[
    "/node_modules/",
    "/site-packages/",
    "/usr/lib/",
    "/usr/local/",
    "/home/",
    "/var/www/",
    "/src/main/java/",
    ".cargo/registry/",
    "C:\\Users\\",
    "/app/src/",
];

/// A refusal shows no name of a library or of its error types.
pub(super) fn library_name(exchange: &Exchange<'_>) -> Found {
    shows(exchange, "a name out of a library", LIBRARY_NAMES)
}

const LIBRARY_NAMES: &[&str] = &[
    "JsonWebTokenError",
    "TokenExpiredError",
    "JwtParseError",
    "JWSVerificationFailed",
    "ERR_JWT_",
    "ERR_JWS_",
    "jwt.exceptions.",
    "io.jsonwebtoken.",
    "com.nimbusds.",
    "org.springframework.",
    "Microsoft.IdentityModel",
    "IDX10",
    "golang-jwt",
    "jsonwebtoken::",
    "nJwt",
    "InvalidAlgorithmError",
];

fn shows(exchange: &Exchange<'_>, what: &str, marks: &[&str]) -> Found {
    if exchange.due == Due::Served || !exchange.is_refusal() {
        return None;
    }
    // A repeated token may hold one by chance: that is an echo, and told as such.
    let is_by_chance = |mark: &&&str| contains(exchange.token, mark.as_bytes());
    let mut marks = marks.iter().filter(|mark| !is_by_chance(mark));
    let found = marks.find(|mark| is_there(exchange.answer, mark.as_bytes()));
    Some(found.map_or(Ok(()), |mark| Err(format!("the answer shows {what} ({:?})", mark.trim()))))
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    part.len() <= text.len() && text.windows(part.len()).any(|window| window == part)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::exchange::Carriage;
    use super::*;

    fn exchange<'a>(answer: &'a Answer, token: &'a [u8], canaries: &'a [String]) -> Exchange<'a> {
        Exchange {
            answer,
            accepted: false,
            token,
            canaries,
            carriage: Carriage::Bearer,
            due: Due::Unauthenticated,
            in_body: false,
            elsewhere: false,
            large: false,
            patience: Duration::from_secs(2),
            issuer_broken: false,
        }
    }

    #[test]
    fn a_repeated_segment_is_an_echo_and_a_short_text_is_none() {
        let token = b"eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ.e30.c2ln";
        let repeats = Answer::new(401).with_body("bad token: eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ");
        assert!(echo_in_body(&exchange(&repeats, token, &[])).unwrap().is_err());
        assert!(echo_in_body(&exchange(&Answer::new(401).with_body("c2ln"), token, &[])).unwrap().is_ok());
        assert!(echo_in_body(&exchange(&repeats, b"abc", &[])).is_none());
    }

    #[test]
    fn a_canary_is_found_as_markup_and_as_a_line_of_its_own() {
        let canary = ["k<script>x</script>".to_owned()];
        let reflected = Answer::new(401).with_body("unknown kid k<script>x</script>");
        assert!(canary_reflected(&exchange(&reflected, b"", &canary)).unwrap().is_err());
        let escaped = Answer::new(401).with_body("unknown kid k&lt;script>");
        assert!(canary_reflected(&exchange(&escaped, b"", &canary)).unwrap().is_ok());
        let json = reflected.clone().with_header("Content-Type", "application/problem+json; charset=utf-8");
        assert!(canary_reflected(&exchange(&json, b"", &canary)).unwrap().is_ok());
        let split = Answer::new(401).with_header("X-Badpenny-Canary", "1");
        assert!(canary_reflected(&exchange(&split, b"", &["a\r\nb".to_owned()])).unwrap().is_err());
    }

    #[test]
    fn traces_paths_and_libraries_are_told_apart() {
        let page =
            Answer::new(500).with_body("JsonWebTokenError: x\n    at verify (/app/node_modules/jsonwebtoken/v.js)");
        let exchange = exchange(&page, b"", &[]);
        for look in [stack_trace, file_path, library_name] {
            assert!(look(&exchange).unwrap().is_err());
        }
        assert!(stack_trace(&Exchange { accepted: true, ..exchange }).is_none());
    }

    #[test]
    fn a_name_that_an_echoed_token_holds_by_chance_is_no_name() {
        let echo = Answer::new(401).with_body("bad: e30.e30.abnJwtcd");
        assert!(library_name(&exchange(&echo, b"e30.e30.abnJwtcd", &[])).unwrap().is_ok());
        assert!(library_name(&exchange(&echo, b"e30.e30.abcd", &[])).unwrap().is_err());
    }
}
