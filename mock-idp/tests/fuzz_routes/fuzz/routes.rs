//! All paths that are asked for. What a discovery document names is found there; only what none names
//! stands here.

use mock_idp::{Issuer, Request};
use serde_json::Value;

/// The authorization servers of [`CONFIG`](super::CONFIG); the last one is not there at times.
const SERVERS: [&str; 4] = ["/oauth2/default", "/oauth2/closed", "/oauth2", "/oauth2/added"];
/// Where their documents are.
const DOCUMENTS: [&str; 2] = ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"];
/// What no document names, below an authorization server.
const BESIDE: [&str; 7] = [
    "/v1/sign-in",
    "/v1/consent",
    "/v1/device",
    "/v1/device/confirm",
    "/v1/bc/authorize",
    "/v1/clients",
    "/v1/nothing",
];
/// At the host.
const AT_HOST: [&str; 12] = [
    "/",
    "/activate",
    "/health",
    "/favicon.ico",
    "/oauth2/v1/clients",
    "/oauth2/v1/clients/{client_id}",
    "/api/v1/authorizationServers",
    "/api/v1/authorizationServers/default",
    "/api/v1/authorizationServers/default/credentials/keys",
    "/.well-known/oauth-authorization-server/oauth2/default",
    "/.well-known/webfinger",
    "/_mock/nothing",
];

/// The paths, those of the control API as its index tells them.
pub(crate) fn all(issuer: &Issuer) -> Vec<String> {
    let mut all: Vec<String> = AT_HOST.map(str::to_owned).into();
    for server in SERVERS {
        all.extend(BESIDE.iter().map(|path| format!("{server}{path}")));
        // An organisation's issuer has no path.
        let place = if server == "/oauth2" { "" } else { server };
        for document in DOCUMENTS.map(|document| format!("{place}{document}")) {
            collect(&json(issuer, &document), &mut all);
            all.push(document);
        }
    }
    collect(&json(issuer, "/_mock/"), &mut all);
    all.sort_unstable();
    all.dedup();
    all
}

fn json(issuer: &Issuer, path: &str) -> Value {
    serde_json::from_slice(&issuer.handle(&Request::get(path)).body).unwrap_or_default()
}

/// Every URL and every path in a document.
fn collect(document: &Value, paths: &mut Vec<String>) {
    match document {
        Value::String(text) => {
            let path = text.split_once("://").and_then(|(_, rest)| rest.find('/').and_then(|at| rest.get(at..)));
            let path = path.or_else(|| text.split_whitespace().find(|word| word.starts_with("/_mock/")));
            paths.extend(path.map(str::to_owned));
        }
        Value::Array(values) => values.iter().for_each(|value| collect(value, paths)),
        Value::Object(members) => members.values().for_each(|value| collect(value, paths)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
