//! `GET /_mock/settings`: what a resource server and its tests must agree on.

use hyper::StatusCode;
use serde::Serialize;

use super::super::Problem;
use super::super::form::Form;
use crate::config::{Client, DEFAULT_SERVER, Scope, Secret};
use crate::issuer::{Inner, Request, Response, ServerState};

#[derive(Debug, Serialize)]
struct Settings<'a> {
    /// Id of the authorization server; `?server=` chooses another.
    server: &'a str,
    /// Ids of all of them.
    servers: Vec<String>,
    /// The identifier to give to a target: pinned, else https, else http.
    issuer: String,
    http_issuer: String,
    https_issuer: Option<String>,
    http: String,
    https: Option<String>,
    audience: &'a str,
    /// The first scope: what honest tokens carry.
    scope: &'a str,
    scopes: Vec<ScopeSettings<'a>>,
    client: Option<ClientSettings<'a>>,
    /// What its tokens are signed with.
    alg: &'static str,
    kid: String,
    jwks_revision: u64,
    lifetime: i64,
    /// The time at this server.
    now: i64,
}

#[derive(Debug, Serialize)]
struct ScopeSettings<'a> {
    name: &'a str,
    default: bool,
}

#[derive(Debug, Serialize)]
struct ClientSettings<'a> {
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<&'a str>,
    auth_methods: Vec<&'static str>,
}

pub(in super::super) fn settings(issuer: &Inner, request: &Request) -> Response {
    let query = Form::parse(request.query.as_deref().unwrap_or_default().as_bytes());
    let id = query.get("server").unwrap_or(DEFAULT_SERVER);
    let Some(server) = issuer.server(id) else {
        return Problem::field("#/server", format!("there is no authorization server \"{id}\"")).response();
    };
    let body = serde_json::to_vec(&describe(issuer, &server, request)).unwrap_or_default();
    Response::json(StatusCode::OK, body)
}

fn describe<'a>(issuer: &Inner, server: &'a ServerState, request: &Request) -> Settings<'a> {
    let config = &server.config;
    let addresses = issuer.served.get().map(|served| &served.addresses);
    let http = addresses.map_or_else(|| request.origin(), |addresses| addresses.http.clone());
    let https = addresses.map(|addresses| addresses.https.clone());
    let identifier = |base: &str| config.identifier(issuer.base(base));
    let published = server.published();
    Settings {
        server: &config.id,
        servers: issuer.server_ids(),
        issuer: identifier(https.as_deref().unwrap_or(&http)),
        http_issuer: identifier(&http),
        https_issuer: https.as_deref().map(identifier),
        audience: &config.audience,
        scope: config.scopes.first().map_or("", |scope| scope.name.as_str()),
        scopes: config.scopes.iter().map(ScopeSettings::from).collect(),
        client: config.clients.first().map(ClientSettings::from),
        alg: published.keys().active().algorithm().name(),
        kid: published.keys().active().kid().to_owned(),
        jwks_revision: published.revision,
        lifetime: config.lifetime,
        now: issuer.now(server),
        http,
        https,
    }
}

impl<'a> From<&'a Scope> for ScopeSettings<'a> {
    fn from(scope: &'a Scope) -> Self {
        Self { name: &scope.name, default: scope.default }
    }
}

impl<'a> From<&'a Client> for ClientSettings<'a> {
    fn from(client: &'a Client) -> Self {
        Self {
            id: &client.id,
            secret: client.given_secret().map(Secret::expose),
            auth_methods: client.auth_methods.iter().map(|method| method.name()).collect(),
        }
    }
}
