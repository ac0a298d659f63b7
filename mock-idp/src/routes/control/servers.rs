//! `GET` and `POST /_mock/servers`, `DELETE /_mock/servers/{id}`: authorization
//! servers that come and go.

use hyper::StatusCode;
use serde_json::json;

use super::super::Problem;
use super::body;
use crate::config::{AuthorizationServer, DEFAULT_SERVER};
use crate::input::InputError;
use crate::issuer::{AddServerError, Inner, Request, Response};

/// Where a server of that id is removed.
pub(in super::super) const ONE: &str = "/_mock/servers/{id}";

/// The ids of all authorization servers.
pub(in super::super) fn list(issuer: &Inner, _: &Request) -> Response {
    Response::json(StatusCode::OK, json!({ "servers": issuer.server_ids() }).to_string())
}

/// Adds the server `id`, which is as `like` but for its `kid` and what else the body says, in
/// the words of the configuration file.
pub(in super::super) fn add(issuer: &Inner, request: &Request) -> Response {
    try_add(issuer, request).unwrap_or_else(|problem| problem.response())
}

/// Removes the server that the path names.
pub(in super::super) fn remove(issuer: &Inner, request: &Request) -> Response {
    let id = request.path.rsplit('/').next().unwrap_or_default();
    if id == DEFAULT_SERVER {
        let detail = "the authorization server \"default\" is always there: remove another one";
        return Problem::field("#/id", detail).response();
    }
    if issuer.remove_server(id) {
        return Response::empty(StatusCode::NO_CONTENT);
    }
    Problem::unknown_server(issuer.no_server(id).to_string()).response()
}

fn try_add(issuer: &Inner, request: &Request) -> Result<Response, Problem> {
    let node = body(request)?;
    let table = node.as_table()?;
    let id = table.require("id")?.as_str()?;
    let like = table.text("like")?.unwrap_or(DEFAULT_SERVER);
    let change = |config: &mut AuthorizationServer| {
        config.set(&table)?;
        let algorithm = config.algorithm;
        // A key of another kind than that of `like`.
        if config.key.as_ref().is_some_and(|key| algorithm.is_some_and(|algorithm| algorithm.kind() != key.kind())) {
            config.key = None;
        }
        table.finish()?;
        Ok::<_, AddServerError>(())
    };
    let server = issuer.add_changed_server(id, like, change).map_err(|error| problem(id, error))?;
    let answer = json!({
        "id": id,
        "issuer": server.config.identifier(issuer.base(&request.origin())),
        "kid": server.published().keys().active().kid(),
    });
    Ok(Response::json(StatusCode::CREATED, answer.to_string()))
}

/// What the check of the configuration finds is below the server's id there.
fn problem(id: &str, error: AddServerError) -> Problem {
    if let AddServerError::Config(error) = error {
        let path = match error.path.strip_prefix(&format!("server.{id}")) {
            Some("") => "id".to_owned(),
            Some(below) => below.trim_start_matches('.').to_owned(),
            None => error.path.clone(),
        };
        return InputError { path, ..error }.into();
    }
    let field = match error {
        AddServerError::UnknownServer { .. } | AddServerError::BuiltinKeyOffLoopback { .. } => "#/like",
        _ => "#/id",
    };
    Problem::field(field, error.to_string())
}
