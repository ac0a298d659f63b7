use axum::http::{HeaderMap, HeaderValue, header};

use super::answer::Refusal;

/// The token of the request's one `Authorization` line.
///
/// Tokens in the query, a form, or a cookie are not looked for.
pub(super) fn bearer_token(headers: &HeaderMap) -> Result<&str, Refusal> {
    let mut lines = headers.get_all(header::AUTHORIZATION).iter();
    match (lines.next(), lines.next()) {
        (None, _) => Err(Refusal::NoCredentials),
        (Some(line), None) => token_of(line),
        // Two parsers might choose two different lines.
        (Some(_), Some(_)) => Err(Refusal::MalformedRequest),
    }
}

/// `credentials = "Bearer" 1*SP b64token` (RFC 6750, section 2.1); the scheme in
/// any case (RFC 9110, section 11.1).
fn token_of(line: &HeaderValue) -> Result<&str, Refusal> {
    let line = line.as_bytes();
    let end = line.iter().position(|byte| !is_tchar(*byte)).unwrap_or(line.len());
    let (scheme, rest) = line.split_at(end);
    if !scheme.eq_ignore_ascii_case(b"Bearer") {
        return Err(Refusal::NoCredentials);
    }
    let spaces = rest.iter().take_while(|byte| **byte == b' ').count();
    let token = &rest[spaces..];
    if spaces == 0 || !is_b64token(token) {
        return Err(Refusal::MalformedRequest);
    }
    std::str::from_utf8(token).map_err(|_| Refusal::MalformedRequest)
}

/// `b64token = 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="`
fn is_b64token(text: &[u8]) -> bool {
    let padding = text.iter().rev().take_while(|byte| **byte == b'=').count();
    let body = &text[..text.len() - padding];
    !body.is_empty() && body.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-._~+/".contains(byte))
}

/// What a scheme consists of (RFC 9110, section 5.6.2).
fn is_tchar(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn headers(lines: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(header::AUTHORIZATION, HeaderValue::from_bytes(line.as_bytes()).unwrap());
        }
        headers
    }

    #[rstest]
    #[case("Bearer a.b.c", "a.b.c")]
    #[case("bearer a.b.c", "a.b.c")]
    #[case("BEARER a.b.c", "a.b.c")]
    #[case("Bearer    a.b.c", "a.b.c")]
    #[case("Bearer a-._~+/==", "a-._~+/==")]
    fn a_bearer_token_is_found_whatever_the_case_of_its_scheme(#[case] line: &str, #[case] token: &str) {
        assert_eq!(bearer_token(&headers(&[line])), Ok(token));
    }

    #[rstest]
    #[case::nothing(&[])]
    #[case::empty(&[""])]
    #[case::the_token_alone(&["a.b.c"])]
    #[case::basic(&["Basic YTpi"])]
    #[case::dpop(&["DPoP a.b.c"])]
    #[case::glued(&["Bearera.b.c"])]
    #[case::longer(&["BearerX a.b.c"])]
    fn without_a_bearer_scheme_there_are_no_credentials(#[case] lines: &[&str]) {
        assert_eq!(bearer_token(&headers(lines)), Err(Refusal::NoCredentials));
    }

    #[rstest]
    #[case::no_token(&["Bearer"])]
    #[case::only_a_space(&["Bearer "])]
    #[case::only_padding(&["Bearer =="])]
    #[case::colon(&["Bearer:a.b.c"])]
    #[case::tab(&["Bearer\ta.b.c"])]
    #[case::space_and_tab(&["Bearer \ta.b.c"])]
    #[case::quoted(&["Bearer \"a.b.c\""])]
    #[case::more_behind(&["Bearer a.b.c x"])]
    #[case::space_behind(&["Bearer a.b.c "])]
    #[case::a_list(&["Bearer a.b.c,Bearer d.e.f"])]
    #[case::padding_inside(&["Bearer a=b"])]
    #[case::percent(&["Bearer a%2Eb"])]
    #[case::no_ascii(&["Bearer é"])]
    #[case::twice(&["Bearer a.b.c", "Bearer a.b.c"])]
    #[case::two_schemes(&["Basic YTpi", "Bearer a.b.c"])]
    fn anything_else_is_a_malformed_request(#[case] lines: &[&str]) {
        assert_eq!(bearer_token(&headers(lines)), Err(Refusal::MalformedRequest));
    }
}
