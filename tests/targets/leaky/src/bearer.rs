//! First step: the token of the request (RFC 6750 2.1).

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;

use crate::answer::Refusal;
use crate::defect::{Defect, Switch};

/// The one bearer token of the request, if there is one.
pub(crate) fn token(headers: &HeaderMap, defect: Switch) -> Result<Option<&str>, Refusal> {
    let mut lines = headers.get_all(AUTHORIZATION).iter();
    let Some(line) = lines.next() else { return Ok(None) };
    if lines.next().is_some() {
        return Err(Refusal::InvalidRequest);
    }
    let line = line.to_str().map_err(|_| Refusal::InvalidRequest)?;
    let (scheme, rest) = line.split_once(' ').unwrap_or((line, ""));
    if !is_bearer(scheme, defect) {
        return Ok(None);
    }
    let token = rest.trim_start_matches(' ');
    if is_b64token(token) { Ok(Some(token)) } else { Err(Refusal::InvalidRequest) }
}

fn is_bearer(scheme: &str, defect: Switch) -> bool {
    if defect.has(Defect::ExactScheme) {
        return scheme == "Bearer";
    }
    scheme.eq_ignore_ascii_case("Bearer")
}

fn is_b64token(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte);
    !body.is_empty() && body.bytes().all(allowed)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn parse(lines: &[&'static str], defect: Option<Defect>) -> Result<Option<String>, Refusal> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(AUTHORIZATION, HeaderValue::from_static(line));
        }
        Ok(token(&headers, Switch(defect))?.map(str::to_owned))
    }

    #[test]
    fn the_scheme_is_taken_in_any_case_unless_that_is_the_defect() {
        let good = Ok(Some("a.b.c".to_owned()));
        assert_eq!(parse(&["bEaReR a.b.c"], None), good);
        assert_eq!(parse(&["Bearer a.b.c"], Some(Defect::ExactScheme)), good);
        assert_eq!(parse(&["bearer a.b.c"], Some(Defect::ExactScheme)), Ok(None));
    }

    #[test]
    fn what_is_not_one_token_is_an_invalid_request() {
        for lines in [&["Bearer"][..], &["Bearer a b"], &["Bearer a", "Bearer a"]] {
            assert_eq!(parse(lines, None), Err(Refusal::InvalidRequest));
        }
        assert_eq!(parse(&["Basic a"], None), Ok(None));
    }
}
