//! `POST /_mock/steps` and `POST /_mock/restore`: what a server shows for a while.

use hyper::StatusCode;
use serde_json::json;

use super::super::Problem;
use super::body;
use super::mint::read_settings;
use crate::config::DEFAULT_SERVER;
use crate::issuer::{Inner, MintRequest, Request, Response, Staging};
use crate::step::{Step, StepError};

/// Carries `steps` out on `server`, with `twin` and `rekid`; the settings fill
/// the placeholders, as at `/_mock/mint`.
pub(in super::super) fn steps(issuer: &Inner, request: &Request) -> Response {
    stage(issuer, request).unwrap_or_else(|problem| problem.response())
}

/// Undoes all steps on `server`.
pub(in super::super) fn restore(issuer: &Inner, request: &Request) -> Response {
    bring_back(issuer, request).unwrap_or_else(|problem| problem.response())
}

fn stage(issuer: &Inner, request: &Request) -> Result<Response, Problem> {
    let node = body(request)?;
    let table = node.as_table()?;
    let mut settings = MintRequest::control();
    read_settings(&table, &mut settings, issuer)?;
    let steps = match table.get("steps") {
        Some(steps) => steps.as_array()?.iter().map(Step::from_node).collect::<Result<Vec<_>, _>>()?,
        None => Vec::new(),
    };
    let staging = Staging { steps: &steps, twin: table.flag("twin")?, rekid: table.flag("rekid")? };
    table.finish()?;
    let id = settings.server.as_str();
    let server = issuer.server(id).ok_or_else(|| unknown_server(issuer, id))?;
    let defaults = server.token_settings(issuer.base(&request.origin()));
    let staged = issuer.stage(id, staging, &settings.settings(defaults)).map_err(|error| problem(&error))?;
    Ok(revision(staged.revision))
}

fn bring_back(issuer: &Inner, request: &Request) -> Result<Response, Problem> {
    let node = body(request)?;
    let table = node.as_table()?;
    let id = table.text("server")?.unwrap_or(DEFAULT_SERVER);
    table.finish()?;
    issuer.restore(id).map(revision).ok_or_else(|| unknown_server(issuer, id))
}

fn revision(revision: u64) -> Response {
    Response::json(StatusCode::OK, json!({ "revision": revision }).to_string())
}

fn unknown_server(issuer: &Inner, id: &str) -> Problem {
    problem(&issuer.no_server(id))
}

fn problem(error: &StepError) -> Problem {
    let field = match error {
        StepError::UnknownServer { .. } => "#/server",
        StepError::NoRoomForTwin => "#/twin",
        StepError::NotHttps { .. } | StepError::Value(_) => "#/steps",
    };
    Problem::field(field, error.to_string())
}
