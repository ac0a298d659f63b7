//! `GET` and `POST /_mock/servers`, `DELETE /_mock/servers/{id}`: authorization
//! servers that come and go.

use hyper::StatusCode;
use serde_json::json;

use super::super::Problem;
use super::body;
use crate::config::DEFAULT_SERVER;
use crate::issuer::{AddServerError, Inner, Request, Response};

/// Where a server of that id is removed.
pub(in super::super) const ONE: &str = "/_mock/servers/{id}";

/// The ids of all authorization servers.
pub(in super::super) fn list(issuer: &Inner, _: &Request) -> Response {
    Response::json(StatusCode::OK, json!({ "servers": issuer.server_ids() }).to_string())
}

/// Adds the server `id`, which is as `like` but for its `kid`.
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
    table.finish()?;
    let server = issuer.add_server_like(id, like).map_err(|error| problem(&error))?;
    let answer = json!({
        "id": id,
        "issuer": server.config.identifier(issuer.base(&request.origin())),
        "kid": server.published().keys().active().kid(),
    });
    Ok(Response::json(StatusCode::CREATED, answer.to_string()))
}

fn problem(error: &AddServerError) -> Problem {
    let field = match error {
        AddServerError::UnknownServer { .. } | AddServerError::BuiltinKeyOffLoopback { .. } => "#/like",
        _ => "#/id",
    };
    Problem::field(field, error.to_string())
}
