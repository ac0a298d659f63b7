//! Which resource a request is about, and what it needs.

use crate::defect::{Defect, Switch};
use crate::http::Request;
use crate::settings::Settings;

/// What was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Resource {
    /// For everybody.
    Public,
    /// For tokens with all of these scopes.
    Protected(Vec<String>),
    /// There is none at this path, which only a good token's owner is told.
    Nothing,
    /// There is one, and it doesn't do that.
    WrongMethod,
}

/// A request as the router sees it.
#[derive(Debug)]
pub(crate) struct Route {
    pub(crate) resource: Resource,
    /// Whether a token is asked for. It is, but for public resources and defects.
    pub(crate) is_guarded: bool,
}

impl Route {
    pub(crate) fn of(request: &Request, settings: &Settings, defect: Switch) -> Self {
        let method = method(request, defect);
        let path = normalised(&request.path, defect);
        let resource = resource(method, &path, settings, defect);
        let is_guarded = resource != Resource::Public
            && path == request.path
            && !is_unguarded_method(method, defect)
            && !is_rewritten(request, defect);
        Self { resource, is_guarded }
    }
}

fn resource(method: &str, path: &str, settings: &Settings, defect: Switch) -> Resource {
    let needs = |scopes: &[&String]| Resource::Protected(scopes.iter().map(|scope| (*scope).clone()).collect());
    let (scope, other) = (&settings.scope, &settings.other_scope);
    match (path, method) {
        ("/public", "GET" | "HEAD") => Resource::Public,
        ("/", "POST") if defect.has(Defect::WritesWithReadScope) => needs(&[scope]),
        ("/", "POST") if defect.has(Defect::ChecksScopeOfReadsOnly) => needs(&[]),
        ("/", "GET" | "HEAD") => needs(&[scope]),
        ("/", "POST") => needs(&[other]),
        ("/both", "GET" | "HEAD") => needs(&[scope, other]),
        ("/", _) if is_unguarded_method(method, defect) => needs(&[]),
        ("/" | "/both" | "/public", _) => Resource::WrongMethod,
        _ => Resource::Nothing,
    }
}

/// The method that counts: the request's own. A POST that says what it is instead is no writing,
/// a defect thinks.
fn method(request: &Request, defect: Switch) -> &str {
    let is_overridden = defect.has(Defect::OverridesMethodByHeader) && request.has("X-HTTP-Method-Override");
    if is_overridden && request.method == "POST" { "GET" } else { &request.method }
}

fn is_unguarded_method(method: &str, defect: Switch) -> bool {
    let is_known = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"].contains(&method);
    match defect.0 {
        Some(Defect::GuardsGetOnly) => is_known && !["GET", "HEAD", "OPTIONS"].contains(&method),
        Some(Defect::GuardsNoHead) => method == "HEAD",
        Some(Defect::GuardsKnownMethodsOnly) => !is_known,
        _ => false,
    }
}

/// The path as a router takes it that is friendlier than the guard before it. Where the two
/// differ, nobody guards. A sound server takes paths as they are.
fn normalised(path: &str, defect: Switch) -> String {
    let up_to = |mark: char| path.split(mark).next().unwrap_or_default().to_owned();
    match defect.0 {
        Some(Defect::MergesSlashes) => path.split("//").collect::<Vec<_>>().join("/"),
        Some(Defect::ResolvesDots) => without_dots(path),
        Some(Defect::DecodesPath) => {
            let decoded = ["%2e", "%2E"].iter().fold(path.to_owned(), |path, code| path.replace(code, "."));
            if decoded == path { path.replace("%2F", "/").replace("%2f", "/") } else { without_dots(&decoded) }
        }
        Some(Defect::DropsPathParameters) => up_to(';'),
        _ => path.to_owned(),
    }
}

fn without_dots(path: &str) -> String {
    let mut segments: Vec<&str> = Vec::new();
    for segment in path.split('/').skip(1) {
        match segment {
            "." => (),
            ".." => {
                segments.pop();
            }
            other => segments.push(other),
        }
    }
    format!("/{}", segments.join("/"))
}

/// Whether a header of a front says that the request was for something public.
fn is_rewritten(request: &Request, defect: Switch) -> bool {
    let original = request.text("X-Original-URL").filter(|_| defect.has(Defect::BelievesOriginalUrl));
    original.is_some_and(|path| path.starts_with("/public"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::http_client;

    fn route(request: &Request, defect: Option<Defect>) -> Route {
        let settings = Settings::new("https://a", http_client().expect("a client"));
        Route::of(request, &settings, Switch(defect))
    }

    fn sent(method: &str, target: &str) -> Request {
        Request { method: method.to_owned(), ..Request::of(target, &[]) }
    }

    fn needs(scopes: &[&str]) -> Resource {
        Resource::Protected(scopes.iter().map(|scope| (*scope).to_owned()).collect())
    }

    #[test]
    fn each_route_needs_its_own_scopes() {
        for (method, path, due) in [
            ("GET", "/", needs(&["test_scope"])),
            ("HEAD", "/", needs(&["test_scope"])),
            ("POST", "/", needs(&["other_scope"])),
            ("GET", "/both", needs(&["test_scope", "other_scope"])),
            ("GET", "/public", Resource::Public),
            ("POST", "/public", Resource::WrongMethod),
            ("FOO", "/", Resource::WrongMethod),
            ("GET", "//", Resource::Nothing),
        ] {
            let route = route(&sent(method, path), None);
            assert_eq!(route.is_guarded, due != Resource::Public, "{method} {path}");
            assert_eq!(route.resource, due, "{method} {path}");
        }
    }

    #[test]
    fn each_defect_leaves_its_own_way_unguarded() {
        for (method, path, defect) in [
            ("POST", "/", Defect::GuardsGetOnly),
            ("DELETE", "/", Defect::GuardsGetOnly),
            ("HEAD", "/", Defect::GuardsNoHead),
            ("FOO", "/", Defect::GuardsKnownMethodsOnly),
            ("GET", "//", Defect::MergesSlashes),
            ("GET", "/./", Defect::ResolvesDots),
            ("GET", "/x/../", Defect::ResolvesDots),
            ("GET", "/%2e/", Defect::DecodesPath),
            ("GET", "%2F", Defect::DecodesPath),
            ("GET", "/;x=1", Defect::DropsPathParameters),
        ] {
            let request = sent(method, path);
            assert!(route(&request, None).is_guarded, "{method} {path}");
            let route = route(&request, Some(defect));
            assert!(!route.is_guarded && matches!(route.resource, Resource::Protected(_)), "{defect}");
        }
        let rewritten = sent("GET", "/").with("X-Original-URL", "/public");
        assert!(route(&rewritten, None).is_guarded);
        assert!(!route(&rewritten, Some(Defect::BelievesOriginalUrl)).is_guarded);
    }

    #[test]
    fn each_defect_has_its_own_idea_of_the_method() {
        let overridden = sent("POST", "/").with("X-HTTP-Method-Override", "PUT");
        assert_eq!(route(&overridden, None).resource, needs(&["other_scope"]));
        assert_eq!(route(&overridden, Some(Defect::OverridesMethodByHeader)).resource, needs(&["test_scope"]));
        let post = sent("POST", "/");
        assert_eq!(route(&post, Some(Defect::WritesWithReadScope)).resource, needs(&["test_scope"]));
        assert_eq!(route(&post, Some(Defect::ChecksScopeOfReadsOnly)).resource, needs(&[]));
    }
}
