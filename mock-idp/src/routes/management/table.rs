//! Every endpoint of the management API, as data.

use hyper::Method;

use super::super::dispatch::fits;
use super::{Call, Refusal, apps, authorization_servers, claims, clients, keys, registration, scopes, users};
use crate::issuer::{Request, Response};

type Answer = fn(&Call<'_>) -> Result<Response, Refusal>;

/// A path of the management API.
pub(in super::super) struct ManagementEndpoint {
    /// Its name in the journal.
    pub(in super::super) name: &'static str,
    /// Its path; `{}` stands for one segment.
    path: &'static str,
    methods: &'static [(Method, Answer)],
}

const fn at(path: &'static str, name: &'static str, methods: &'static [(Method, Answer)]) -> ManagementEndpoint {
    ManagementEndpoint { name, path, methods }
}

const GET: Method = Method::GET;
const POST: Method = Method::POST;
const PUT: Method = Method::PUT;
const DELETE: Method = Method::DELETE;

#[rustfmt::skip]
static ENDPOINTS: [ManagementEndpoint; 22] = [
    at("/api/v1/authorizationServers", "management-servers", &[(GET, authorization_servers::list), (POST, authorization_servers::add)]),
    at("/api/v1/authorizationServers/{}", "management-server", &[(GET, authorization_servers::read), (PUT, authorization_servers::replace), (DELETE, authorization_servers::remove)]),
    at("/api/v1/authorizationServers/{}/scopes", "management-scopes", &[(GET, scopes::list), (POST, scopes::add)]),
    at("/api/v1/authorizationServers/{}/scopes/{}", "management-scope", &[(GET, scopes::read), (PUT, scopes::replace), (DELETE, scopes::remove)]),
    at("/api/v1/authorizationServers/{}/claims", "management-claims", &[(GET, claims::list), (POST, claims::add)]),
    at("/api/v1/authorizationServers/{}/claims/{}", "management-claim", &[(GET, claims::read), (PUT, claims::replace), (DELETE, claims::remove)]),
    at("/api/v1/authorizationServers/{}/clients", "management-clients", &[(GET, clients::list)]),
    at("/api/v1/authorizationServers/{}/credentials/keys", "management-keys", &[(GET, keys::list)]),
    at("/api/v1/authorizationServers/{}/credentials/keys/{}", "management-key", &[(GET, keys::read)]),
    at("/api/v1/authorizationServers/{}/credentials/lifecycle/keyRotate", "management-rotate", &[(POST, keys::rotate)]),
    at("/api/v1/apps", "management-apps", &[(GET, apps::list), (POST, apps::add)]),
    at("/api/v1/apps/{}", "management-app", &[(GET, apps::read), (PUT, apps::replace), (DELETE, apps::remove)]),
    at("/api/v1/apps/{}/lifecycle/activate", "management-app-activate", &[(POST, apps::activate)]),
    at("/api/v1/apps/{}/lifecycle/deactivate", "management-app-deactivate", &[(POST, apps::deactivate)]),
    at("/api/v1/users", "management-users", &[(GET, users::list), (POST, users::add)]),
    at("/api/v1/users/{}", "management-user", &[(GET, users::read), (POST, users::update), (PUT, users::replace), (DELETE, users::remove)]),
    at("/api/v1/users/{}/lifecycle/activate", "management-user-activate", &[(POST, users::activate)]),
    at("/api/v1/users/{}/lifecycle/reactivate", "management-user-activate", &[(POST, users::activate)]),
    at("/api/v1/users/{}/lifecycle/deactivate", "management-user-deactivate", &[(POST, users::deactivate)]),
    at("/oauth2/v1/clients", "registration", &[(GET, registration::list), (POST, registration::add)]),
    at("/oauth2/v1/clients/{}", "registration-client", &[(GET, registration::read), (PUT, registration::replace), (DELETE, registration::remove)]),
    at("/oauth2/v1/clients/{}/lifecycle/newSecret", "registration-secret", &[(POST, registration::new_secret)]),
];

impl ManagementEndpoint {
    /// What answers this request, if its method is one of the path's.
    pub(super) fn method_of(&self, request: &Request) -> Option<Answer> {
        self.methods.iter().find(|(method, _)| fits(&request.method, method)).map(|(_, answer)| *answer)
    }

    /// The methods, for `Allow`.
    pub(super) fn allow(&self) -> String {
        self.methods.iter().map(|(method, _)| method.as_str()).collect::<Vec<_>>().join(", ")
    }

    /// The segments of a path that stand where this one has `{}`; `None` for another path.
    pub(super) fn parameters<'a>(&self, path: &'a str) -> Option<Vec<&'a str>> {
        let (mut pattern, mut segments) = (self.path.split('/'), path.split('/'));
        let mut parameters = Vec::new();
        loop {
            match (pattern.next(), segments.next()) {
                (None, None) => return Some(parameters),
                (Some("{}"), Some(segment)) if !segment.is_empty() => parameters.push(segment),
                (Some(expected), Some(segment)) if expected == segment => {}
                _ => return None,
            }
        }
    }

    /// The id of the authorization server that a path speaks of.
    pub(in super::super) fn server<'a>(&self, path: &'a str) -> Option<&'a str> {
        let is_of_server = self.path.starts_with("/api/v1/authorizationServers/{}");
        self.parameters(path).filter(|_| is_of_server)?.first().copied()
    }
}

/// Whether a path is the management API's, of any method, whether there is anything or not.
pub(in super::super) fn is_managed(path: &str) -> bool {
    path == "/api/v1"
        || path.starts_with("/api/v1/")
        || (path.starts_with("/oauth2/v1/clients") && find(path).is_some())
}

/// The endpoint at a path.
pub(in super::super) fn find(path: &str) -> Option<&'static ManagementEndpoint> {
    ENDPOINTS.iter().find(|endpoint| endpoint.parameters(path).is_some())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("/api/v1/apps", Some(("management-apps", None)))]
    #[case("/api/v1/authorizationServers/default", Some(("management-server", Some("default"))))]
    #[case("/api/v1/authorizationServers/a/scopes/scp1", Some(("management-scope", Some("a"))))]
    #[case("/oauth2/v1/clients/x", Some(("registration-client", None)))]
    #[case("/oauth2/v1/keys", None)]
    #[case("/api/v1/apps/", None)]
    #[case("/api/v1/groups", None)]
    fn a_path_is_found_with_its_server(#[case] path: &str, #[case] expected: Option<(&str, Option<&str>)>) {
        assert_eq!(find(path).map(|endpoint| (endpoint.name, endpoint.server(path))), expected);
    }

    #[test]
    fn nothing_else_is_managed() {
        assert!(is_managed("/api/v1/groups") && is_managed("/oauth2/v1/clients"));
        assert!(!is_managed("/api/v2/x") && !is_managed("/oauth2/default/v1/clients"));
    }
}
