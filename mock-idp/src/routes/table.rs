//! Every endpoint of the issuer, as data.

use std::borrow::Cow;
use std::sync::Arc;

use hyper::Method;

use super::control::servers;
use super::dispatch::fits;
use super::management::{self, ManagementEndpoint};
use super::{
    ServerCall, authorize, control, device, discovery, interaction, introspect, keys, logout, par, revoke, token,
    userinfo,
};
use crate::dialect::{Document, ServerPaths};
use crate::issuer::{Inner, Request, Response, ServerState};
use crate::step::Endpoint;

/// An endpoint of every authorization server.
pub(super) struct ServerEndpoint {
    /// Its name in the journal.
    pub(super) name: &'static str,
    /// Its path below `/oauth2/{id}`.
    path: &'static str,
    pub(super) methods: &'static [Method],
    /// Under which name a step can break it.
    pub(super) fails_as: Option<Endpoint>,
    pub(super) answer: fn(&ServerCall<'_>) -> Response,
}

impl ServerEndpoint {
    /// Whether it asks each client for the origin of its pages itself.
    pub(super) fn knows_origins(&self) -> bool {
        ["token", "par"].contains(&self.name)
    }
}

/// An endpoint that all authorization servers share.
pub(super) struct IssuerEndpoint {
    /// Its name in the journal.
    pub(super) name: &'static str,
    /// Its whole path.
    path: &'static str,
    pub(super) methods: &'static [Method],
    pub(super) answer: fn(&Inner, &Request) -> Response,
}

/// An endpoint of the control API.
pub(super) struct ControlEndpoint {
    /// Its name in the journal.
    pub(super) name: &'static str,
    /// Its whole path; `{id}` at its end stands for one segment.
    pub(super) path: &'static str,
    pub(super) method: Method,
    /// What it is for, for the index.
    pub(super) does: &'static str,
    pub(super) answer: fn(&Inner, &Request) -> Response,
}

impl ControlEndpoint {
    fn is_at(&self, path: &str) -> bool {
        match self.path.strip_suffix("{id}") {
            Some(folder) => path.strip_prefix(folder).is_some_and(|id| !id.is_empty() && !id.contains('/')),
            None => self.path == path,
        }
    }

    /// What its path takes, for `Allow`.
    pub(super) fn methods_of_path(&self) -> String {
        let methods = CONTROL.iter().filter(|endpoint| endpoint.path == self.path);
        methods.map(|endpoint| endpoint.method.as_str()).collect::<Vec<_>>().join(", ")
    }
}

const OPENID_CONFIGURATION: ServerEndpoint = ServerEndpoint {
    name: "openid-configuration",
    path: "/.well-known/openid-configuration",
    methods: &[Method::GET],
    fails_as: Some(Endpoint::Metadata),
    answer: discovery::openid_configuration,
};

const OAUTH_METADATA: ServerEndpoint = ServerEndpoint {
    name: "oauth-authorization-server",
    path: "/.well-known/oauth-authorization-server",
    methods: &[Method::GET],
    fails_as: Some(Endpoint::Metadata),
    answer: discovery::oauth_metadata,
};

const KEYS: ServerEndpoint = ServerEndpoint {
    name: "keys",
    path: "/v1/keys",
    methods: &[Method::GET],
    fails_as: Some(Endpoint::Jwks),
    answer: keys::answer,
};

const TOKEN: ServerEndpoint = flow("token", "/v1/token", &[Method::POST], token::answer);
const AUTHORIZE: ServerEndpoint = flow("authorize", "/v1/authorize", &[Method::GET, Method::POST], authorize::answer);
const SIGN_IN: ServerEndpoint = flow("sign-in", "/v1/sign-in", &[Method::POST], interaction::sign_in);
const CONSENT: ServerEndpoint = flow("consent", "/v1/consent", &[Method::POST], interaction::consent);
const DEVICE: ServerEndpoint = flow("device-authorize", "/v1/device/authorize", &[Method::POST], device::answer);

const USERINFO: ServerEndpoint = flow("userinfo", "/v1/userinfo", &[Method::GET, Method::POST], userinfo::answer);
const PAR: ServerEndpoint = flow("par", "/v1/par", &[Method::POST], par::answer);
const INTROSPECT: ServerEndpoint = flow("introspect", "/v1/introspect", &[Method::POST], introspect::answer);
const REVOKE: ServerEndpoint = flow("revoke", "/v1/revoke", &[Method::POST], revoke::answer);
const LOGOUT: ServerEndpoint = flow("logout", "/v1/logout", &[Method::GET, Method::POST], logout::answer);

const fn flow(
    name: &'static str,
    path: &'static str,
    methods: &'static [Method],
    answer: fn(&ServerCall<'_>) -> Response,
) -> ServerEndpoint {
    ServerEndpoint { name, path, methods, fails_as: None, answer }
}

static SERVER: [ServerEndpoint; 13] = [
    KEYS,
    TOKEN,
    OPENID_CONFIGURATION,
    OAUTH_METADATA,
    AUTHORIZE,
    PAR,
    SIGN_IN,
    CONSENT,
    DEVICE,
    USERINFO,
    INTROSPECT,
    REVOKE,
    LOGOUT,
];
/// Those that stand together at every issuer, whatever its paths.
static FLOWS: [ServerEndpoint; 9] = [AUTHORIZE, PAR, SIGN_IN, CONSENT, DEVICE, USERINFO, INTROSPECT, REVOKE, LOGOUT];

static ISSUER: [IssuerEndpoint; 1] = [IssuerEndpoint {
    name: "activate",
    path: device::ACTIVATE,
    methods: &[Method::GET, Method::POST],
    answer: device::activate,
}];

/// RFC 8414, section 3.1: the well-known part stands before the issuer's path.
static OAUTH_ENDPOINT: ServerEndpoint = OAUTH_METADATA;
static OPENID_ENDPOINT: ServerEndpoint = OPENID_CONFIGURATION;
static KEYS_ENDPOINT: ServerEndpoint = KEYS;
static TOKEN_ENDPOINT: ServerEndpoint = TOKEN;
const IN_FRONT: &str = "/.well-known/oauth-authorization-server/oauth2/";

const fn control(
    method: Method,
    path: &'static str,
    name: &'static str,
    does: &'static str,
    answer: fn(&Inner, &Request) -> Response,
) -> ControlEndpoint {
    ControlEndpoint { name, path, method, does, answer }
}

pub(super) static CONTROL: [ControlEndpoint; 18] = [
    control(Method::GET, "/_mock/", "control-index", "lists this control API", control::index),
    control(Method::GET, control::HEALTH, "control-health", "tells that the issuer answers", control::health),
    control(Method::POST, "/_mock/mint", "control-mint", "makes a token by scenario or mutation", control::mint),
    control(
        Method::GET,
        "/_mock/settings",
        "control-settings",
        "tells issuer, audience, scopes, client",
        control::settings,
    ),
    control(Method::GET, "/_mock/ca", "control-ca", "the certificate to trust, as PEM", control::ca),
    control(Method::GET, "/_mock/journal", "control-journal", "the requests seen, and exact counts", control::journal),
    control(Method::POST, "/_mock/reset", "control-reset", "empties the journal", control::reset),
    control(
        Method::POST,
        "/_mock/steps",
        "control-steps",
        "changes keys and documents, breaks endpoints",
        control::steps,
    ),
    control(Method::POST, "/_mock/restore", "control-restore", "undoes all steps and orders", control::restore),
    control(
        Method::GET,
        "/_mock/answers",
        "control-answers",
        "lists what can be answered otherwise",
        control::answers::list,
    ),
    control(
        Method::POST,
        "/_mock/answers",
        "control-order",
        "orders answers that are otherwise",
        control::answers::order,
    ),
    control(Method::GET, "/_mock/servers", "control-servers", "lists the authorization servers", servers::list),
    control(Method::POST, "/_mock/servers", "control-add-server", "adds a server like another", servers::add),
    control(Method::DELETE, servers::ONE, "control-remove-server", "removes a server", servers::remove),
    control(Method::POST, "/_mock/hold", "control-hold", "holds the answers of a JWKS endpoint back", control::hold),
    control(Method::POST, "/_mock/release", "control-release", "lets them go out", control::release),
    control(
        Method::POST,
        "/_mock/device",
        "control-device",
        "connects a device that waits, or denies",
        control::device,
    ),
    control(Method::POST, "/_mock/clock", "control-clock", "moves the issuer's clock", control::clock),
];

/// Whose path it is.
pub(super) enum Target<'a> {
    /// An authorization server's; the server of that id may not exist.
    Server(Cow<'a, str>, &'static ServerEndpoint),
    /// That of all authorization servers.
    Issuer(&'static IssuerEndpoint),
    /// The management API's; `None` when it has no such path.
    Management(Option<&'static ManagementEndpoint>),
    /// The control API's; `None` when it has no such path.
    Control(Option<&'static ControlEndpoint>),
    /// Nobody's.
    Unknown,
}

/// Whose path it is at this issuer: first those that its servers have chosen, then
/// those that every server has.
pub(super) fn find<'a>(issuer: &Inner, method: &Method, path: &'a str) -> Target<'a> {
    match chosen(issuer, path) {
        Target::Unknown => find_usual(method, path),
        own => own,
    }
}

fn chosen<'a>(issuer: &Inner, path: &str) -> Target<'a> {
    let at = |server: &Arc<ServerState>| {
        let endpoint = endpoint_at(&server.paths, path)?;
        Some(Target::Server(Cow::Owned(server.config.id.clone()), endpoint))
    };
    issuer.find_at_server(at).unwrap_or(Target::Unknown)
}

/// What a server has at a path that it has chosen.
fn endpoint_at(paths: &ServerPaths, path: &str) -> Option<&'static ServerEndpoint> {
    if path == paths.jwks {
        return Some(&KEYS_ENDPOINT);
    }
    if path == paths.token {
        return Some(&TOKEN_ENDPOINT);
    }
    let flow = |rest: &str| FLOWS.iter().find(|flow| flow.path.strip_prefix("/v1") == Some(rest));
    path.strip_prefix(&paths.flows).and_then(flow).or_else(|| {
        Some(match paths.document_at(path)? {
            Document::OpenId => &OPENID_ENDPOINT,
            Document::OAuth => &OAUTH_ENDPOINT,
        })
    })
}

/// Of several endpoints of the control API at a path the one that fits the
/// method, else the first.
fn find_usual<'a>(method: &Method, path: &'a str) -> Target<'a> {
    if management::is_managed(path) {
        return Target::Management(management::find(path));
    }
    if let Some(rest) = path.strip_prefix("/oauth2/") {
        return below_server(rest).map_or(Target::Unknown, |(id, endpoint)| Target::Server(id.into(), endpoint));
    }
    if path == "/_mock" || path.starts_with("/_mock/") {
        let path = if path == "/_mock" { "/_mock/" } else { path };
        let at_path = || CONTROL.iter().filter(|endpoint| endpoint.is_at(path));
        return Target::Control(at_path().find(|endpoint| fits(method, &endpoint.method)).or_else(|| at_path().next()));
    }
    if let Some(endpoint) = ISSUER.iter().find(|endpoint| endpoint.path == path) {
        return Target::Issuer(endpoint);
    }
    match path.strip_prefix(IN_FRONT) {
        Some(id) if !id.contains('/') => Target::Server(id.into(), &OAUTH_ENDPOINT),
        _ => Target::Unknown,
    }
}

fn below_server(rest: &str) -> Option<(&str, &'static ServerEndpoint)> {
    let (id, path) = rest.split_at(rest.find('/')?);
    Some((id, SERVER.iter().find(|endpoint| endpoint.path == path)?))
}

/// Whether a path is the issuer's, of any method.
pub(crate) fn is_known(issuer: &Inner, path: &str) -> bool {
    !matches!(find(issuer, &Method::GET, path), Target::Unknown | Target::Management(None))
}

/// Whether a path is the control API's, of any method.
pub(crate) fn is_control(path: &str) -> bool {
    matches!(find_usual(&Method::GET, path), Target::Control(_))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("/oauth2/default/v1/keys", "default keys")]
    #[case("/oauth2/default/.well-known/oauth-authorization-server", "default oauth-authorization-server")]
    #[case("/.well-known/oauth-authorization-server/oauth2/orders", "orders oauth-authorization-server")]
    #[case("/api/v1/apps", "management")]
    #[case("/api/v1/nothing", "management")]
    #[case("/oauth2/v1/clients", "management")]
    #[case("/_mock", "control-index")]
    #[case("/_mock/mint", "control-mint")]
    #[case("/_mock/servers", "control-servers")]
    #[case("/_mock/servers/orders", "control-remove-server")]
    #[case("/_mock/servers/", "control")]
    #[case("/_mock/servers/a/b", "control")]
    #[case("/_mock/else", "control")]
    #[case("/oauth2/default", "nobody")]
    #[case("/oauth2/default/v1/keys/", "nobody")]
    #[case("/.well-known/oauth-authorization-server/oauth2/a/b", "nobody")]
    #[case("/oauth2/default/v1/device/authorize", "default device-authorize")]
    #[case("/activate", "activate")]
    #[case("/activate/", "nobody")]
    #[case("/", "nobody")]
    fn every_path_has_one_owner(#[case] path: &str, #[case] owner: &str) {
        let found = match find_usual(&Method::GET, path) {
            Target::Server(id, endpoint) => format!("{id} {}", endpoint.name),
            Target::Issuer(endpoint) => endpoint.name.to_owned(),
            Target::Control(endpoint) => endpoint.map_or("control", |endpoint| endpoint.name).to_owned(),
            Target::Management(_) => "management".to_owned(),
            Target::Unknown => "nobody".to_owned(),
        };
        assert_eq!(found, owner);
    }
}
