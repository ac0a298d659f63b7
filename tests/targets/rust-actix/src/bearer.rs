//! Takes the token out of the `Authorization` header field (RFC 6750 2.1).

use actix_web::http::header::{AUTHORIZATION, HeaderMap};

use crate::refusal::Refusal;

/// The token of the one `Authorization` line there may be. Nothing else is looked at
/// (transport/query-token, transport/form-body-token, transport/token-in-other-places).
pub(crate) fn token(headers: &HeaderMap) -> Result<&str, Refusal> {
    let mut lines = headers.get_all(AUTHORIZATION);
    // transport/two-authorization-headers: `get` would take the first in silence.
    let line = match (lines.next(), lines.next()) {
        (None, _) => return Err(Refusal::NoCredentials),
        // transport/illegal-octets: a field value may hold bytes that aren't ASCII.
        (Some(line), None) => line.to_str().map_err(|_| Refusal::InvalidRequest)?,
        (Some(_), Some(_)) => return Err(Refusal::InvalidRequest),
    };
    // transport/scheme-case: `actix-web-httpauth` takes only the spelling `Bearer`.
    match line.split_once(' ') {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("Bearer") => b64token(rest),
        None if line.eq_ignore_ascii_case("Bearer") => Err(Refusal::InvalidRequest),
        _ => Err(Refusal::NoCredentials),
    }
}

/// `1*SP b64token`, of which the first space is gone; a b64token is
/// `1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="`.
fn b64token(rest: &str) -> Result<&str, Refusal> {
    // transport/multiple-spaces, dos/regex-header: spaces only, and in one pass.
    let token = rest.trim_start_matches(' ');
    let body = token.trim_end_matches('=');
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte);
    if !body.is_empty() && body.bytes().all(allowed) { Ok(token) } else { Err(Refusal::InvalidRequest) }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn parse(lines: &[&'static [u8]]) -> Result<String, Refusal> {
        let mut headers = HeaderMap::new();
        for line in lines {
            let value = HeaderValue::from_bytes(line).expect("a legal field value");
            headers.append(AUTHORIZATION, value);
        }
        token(&headers).map(str::to_owned)
    }

    #[test]
    fn the_scheme_is_taken_in_any_case_and_before_any_number_of_spaces() {
        for line in [&b"Bearer a.b.c"[..], b"bearer a.b.c", b"BEARER   a.b.c"] {
            assert_eq!(parse(&[line]), Ok("a.b.c".to_owned()));
        }
    }

    #[test]
    fn another_scheme_is_no_credentials() {
        for lines in [&[][..], &[&b"Basic a"[..]], &[b"BearerX a"], &[b"a.b.c"], &[b"Bearer:a"], &[b"Bearer\ta"]] {
            assert_eq!(parse(lines), Err(Refusal::NoCredentials));
        }
    }

    #[test]
    fn what_is_not_one_token_is_an_invalid_request() {
        for lines in [
            &[&b"Bearer"[..]][..],
            &[b"Bearer "],
            &[b"Bearer ="],
            &[b"Bearer a=b"],
            &[b"Bearer a b"],
            &[b"Bearer a,Bearer b"],
            &[b"Bearer \ta"],
            &[b"Bearer \"a\""],
            &[b"Bearer \xff"],
            &[b"Bearer a", b"Bearer a"],
        ] {
            assert_eq!(parse(lines), Err(Refusal::InvalidRequest));
        }
    }
}
