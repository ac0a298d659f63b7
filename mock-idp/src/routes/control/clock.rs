//! `POST /_mock/clock`: moves time.

use hyper::StatusCode;
use serde_json::json;

use super::super::Problem;
use super::body;
use crate::issuer::{Inner, Request, Response};

/// `{"advance": 3600}` moves every authorization server's clock by that many
/// seconds, with `"server"` one's alone.
pub(in super::super) fn clock(issuer: &Inner, request: &Request) -> Response {
    advance(issuer, request).unwrap_or_else(|problem| problem.response())
}

fn advance(issuer: &Inner, request: &Request) -> Result<Response, Problem> {
    let node = body(request)?;
    let table = node.as_table()?;
    let seconds = table.require("advance")?.as_integer()?;
    let server = table.get("server").map(|id| Ok::<_, Problem>((id, id.as_str()?))).transpose()?;
    table.finish()?;
    let now = match server {
        Some((node, id)) => {
            let unknown = || Problem::from(node.error(format!("there is no authorization server \"{id}\"")));
            let server = issuer.server(id).ok_or_else(unknown)?;
            server.advance_clock(seconds);
            issuer.now(&server)
        }
        None => {
            issuer.clock.advance(seconds);
            issuer.clock.now()
        }
    };
    Ok(Response::json(StatusCode::OK, json!({ "now": now }).to_string()))
}
