//! What browsers need to be told (Fetch, CORS protocol).

use crate::defect::{Defect, Switch};
use crate::http::{Request, Response, status};

/// Whether a browser asks, without credentials, if it may send some.
pub(crate) fn is_preflight(request: &Request) -> bool {
    request.method == "OPTIONS" && request.has("Origin") && request.has("Access-Control-Request-Method")
}

/// It may.
pub(crate) fn allow() -> Response {
    Response::empty(status::NO_CONTENT)
        .with("Access-Control-Allow-Origin", "*")
        .with("Access-Control-Allow-Methods", "GET, POST")
        .with("Access-Control-Allow-Headers", "authorization, content-type")
        .with("Access-Control-Max-Age", "600")
        .with("Cache-Control", "no-store")
}

/// The answer as scripts of any origin may read it, the challenge too.
pub(crate) fn open(response: Response, request: &Request, defect: Switch) -> Response {
    if !request.has("Origin") {
        return response;
    }
    let response = response.with("Access-Control-Allow-Origin", "*");
    if defect.has(Defect::HidesChallengeFromBrowsers) {
        return response;
    }
    response.with("Access-Control-Expose-Headers", "WWW-Authenticate")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_told_as_much_as_the_defect_lets_it() {
        let request = Request::of("/", &[]).with("Origin", "https://app.example");
        let refusal = || Response::empty(status::UNAUTHORIZED);
        let exposed = |defect| {
            let response = open(refusal(), &request, Switch(defect));
            (
                response.header("Access-Control-Allow-Origin").is_some(),
                response.header("Access-Control-Expose-Headers").is_some(),
            )
        };
        assert_eq!(exposed(None), (true, true));
        assert_eq!(exposed(Some(Defect::HidesChallengeFromBrowsers)), (true, false));
        let plain = open(refusal(), &Request::of("/", &[]), Switch(None));
        assert_eq!(plain.header("Access-Control-Allow-Origin"), None);
    }

    #[test]
    fn a_preflight_is_told_by_its_three_marks() {
        let request = Request { method: "OPTIONS".to_owned(), ..Request::of("/", &[]) };
        assert!(!is_preflight(&request));
        let request = request.with("Origin", "https://a").with("Access-Control-Request-Method", "GET");
        assert!(is_preflight(&request));
    }
}
