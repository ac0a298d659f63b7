//! `POST /_mock/hold` and `POST /_mock/release`: answers of the JWKS endpoint
//! that wait.

use hyper::StatusCode;
use serde_json::json;

use super::super::Problem;
use super::body;
use crate::config::DEFAULT_SERVER;
use crate::issuer::{Inner, Request, Response};

/// Holds the answers of `server` back.
pub(in super::super) fn hold(issuer: &Inner, request: &Request) -> Response {
    change(issuer, request, true).unwrap_or_else(|problem| problem.response())
}

/// Lets the answers of `server` go out.
pub(in super::super) fn release(issuer: &Inner, request: &Request) -> Response {
    change(issuer, request, false).unwrap_or_else(|problem| problem.response())
}

fn change(issuer: &Inner, request: &Request, held: bool) -> Result<Response, Problem> {
    let node = body(request)?;
    let table = node.as_table()?;
    let id = table.text("server")?.unwrap_or(DEFAULT_SERVER);
    table.finish()?;
    let is_known = if held { issuer.hold(id) } else { issuer.release(id) };
    if !is_known {
        return Err(Problem::field("#/server", issuer.no_server(id).to_string()));
    }
    Ok(Response::json(StatusCode::OK, json!({ "held": held }).to_string()))
}
