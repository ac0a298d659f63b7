//! Takes the token out of the `Authorization` header field (RFC 6750 2.1).

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;

use crate::challenge::Refusal;

/// The one token of the request. Its syntax is RFC 6750's `b64token`, nothing more is known.
pub(crate) fn token(headers: &HeaderMap) -> Result<&str, Refusal> {
    let mut lines = headers.get_all(AUTHORIZATION).iter();
    let line = lines.next().ok_or(Refusal::NoCredentials)?;
    // transport/two-authorization-headers: `HeaderMap::get` would take the first in silence.
    if lines.next().is_some() {
        return Err(Refusal::InvalidRequest);
    }
    // transport/illegal-octets: a field value may hold bytes that aren't ASCII.
    let line = line.to_str().map_err(|_| Refusal::InvalidRequest)?;
    let (scheme, rest) = line.split_once(' ').unwrap_or((line, ""));
    // transport/scheme-case: a scheme is compared case-insensitively (RFC 9110 11.1).
    if !scheme.eq_ignore_ascii_case("Bearer") {
        return Err(Refusal::NoCredentials);
    }
    let token = rest.trim_start_matches(' ');
    if is_b64token(token) { Ok(token) } else { Err(Refusal::InvalidRequest) }
}

/// `1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="`.
fn is_b64token(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte);
    !body.is_empty() && body.bytes().all(allowed)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn parse(lines: &[&'static str]) -> Result<String, Refusal> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(AUTHORIZATION, HeaderValue::from_static(line));
        }
        token(&headers).map(str::to_owned)
    }

    #[test]
    fn the_scheme_is_taken_in_any_case() {
        for line in ["Bearer a.b.c", "bearer a.b.c", "BEARER a.b.c", "Bearer   a.b.c"] {
            assert_eq!(parse(&[line]), Ok("a.b.c".to_owned()), "{line}");
        }
    }

    #[test]
    fn another_scheme_is_no_credentials() {
        for line in ["Basic a.b.c", "BearerX a.b.c", "Bearera.b.c", "a.b.c"] {
            assert_eq!(parse(&[line]), Err(Refusal::NoCredentials), "{line}");
        }
        assert_eq!(parse(&[]), Err(Refusal::NoCredentials));
    }

    #[test]
    fn what_is_not_one_token_is_an_invalid_request() {
        for line in ["Bearer", "Bearer \"\"", "Bearer a b", "Bearer a,Bearer b", "Bearer ="] {
            assert_eq!(parse(&[line]), Err(Refusal::InvalidRequest), "{line}");
        }
        assert_eq!(parse(&["Bearer a", "Bearer a"]), Err(Refusal::InvalidRequest));
    }

    #[test]
    fn bytes_outside_ascii_are_an_invalid_request() {
        let mut headers = HeaderMap::new();
        let value = HeaderValue::from_bytes(b"Bearer \xff").expect("a legal field value");
        headers.append(AUTHORIZATION, value);

        assert_eq!(token(&headers), Err(Refusal::InvalidRequest));
    }
}
