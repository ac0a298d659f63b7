//! Where else some servers look for a token. A sound one looks nowhere (RFC 6750 2.2, 2.3, 5.3).

use crate::defect::{Defect, Switch};
use crate::http::Request;

/// A token in another place than `Authorization`.
pub(super) fn elsewhere(request: &Request, defect: Switch) -> Option<String> {
    let text = match defect.0? {
        Defect::TakesQueryToken => request.parameter("access_token"),
        Defect::TakesFormToken => request.form_parameter("access_token").filter(|_| request.method != "GET"),
        Defect::TakesFormTokenOnGet => request.form_parameter("access_token").filter(|_| request.method == "GET"),
        Defect::TakesCookie => cookie(request, &["access_token", "token"]),
        Defect::TakesAccessTokenHeader => request.text("X-Access-Token"),
        Defect::TakesForwardedAuthorization => request.text("X-Forwarded-Authorization"),
        _ => None,
    }?;
    let token = text.strip_prefix("Bearer ").unwrap_or(text);
    Some(token.to_owned())
}

fn cookie<'a>(request: &'a Request, names: &[&str]) -> Option<&'a str> {
    let mut pairs = request.text("Cookie")?.split(';').filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| names.contains(name)).map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_defect_looks_in_its_own_place() {
        let form = || {
            let mut request = Request::of("/", &[]).with("Content-Type", "application/x-www-form-urlencoded");
            request.body = b"access_token=t".to_vec();
            request
        };
        let posted = Request { method: "POST".to_owned(), ..form() };
        for (request, defect) in [
            (Request::of("/?access_token=t", &[]), Defect::TakesQueryToken),
            (posted, Defect::TakesFormToken),
            (form(), Defect::TakesFormTokenOnGet),
            (Request::of("/", &[]).with("Cookie", "a=b; access_token=t"), Defect::TakesCookie),
            (Request::of("/", &[]).with("X-Access-Token", "t"), Defect::TakesAccessTokenHeader),
            (Request::of("/", &[]).with("X-Forwarded-Authorization", "Bearer t"), Defect::TakesForwardedAuthorization),
        ] {
            assert_eq!(elsewhere(&request, Switch(None)), None);
            assert_eq!(elsewhere(&request, Switch(Some(defect))).as_deref(), Some("t"), "{defect}");
        }
    }
}
