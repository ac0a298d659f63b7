//! `POST /_mock/device`: a user decides about a device, without a browser.

use std::sync::Arc;

use hyper::StatusCode;
use serde_json::json;

use super::super::{Problem, device as devices};
use super::body;
use crate::input::{InputError, Node, Table};
use crate::issuer::{Inner, Request, Response, ServerState};
use crate::session::SignIn;

/// `{"user_code": "BCDFGHJK", "login": "ada@example.com"}` connects the device to that
/// user, and `{"user_code": "BCDFGHJK", "approve": false}` denies it.
pub(in super::super) fn device(issuer: &Inner, request: &Request) -> Response {
    decide(issuer, request).unwrap_or_else(|problem| problem.response())
}

fn decide(issuer: &Inner, request: &Request) -> Result<Response, Problem> {
    let node = body(request)?;
    let table = node.as_table()?;
    let code = table.require("user_code")?.as_str()?;
    let approves = table.get("approve").map(Node::as_bool).transpose()?.unwrap_or(true);
    let waiting = devices::waiting(issuer, code);
    let (server, activation) = waiting.ok_or_else(|| Problem::field("#/user_code", unknown(code)))?;
    let login = login(&table, &server, approves)?;
    table.finish()?;
    let now = issuer.now(&server);
    let user = login.map(|login| SignIn { login, auth_time: now });
    if let Some(user) = &user {
        server.sessions.consent(&user.login, &activation.client, &activation.scopes, now);
    }
    if !server.sessions.decide_device(activation.device, user, now) {
        return Err(Problem::field("#/user_code", unknown(code)));
    }
    let answer = json!({ "server": server.config.id, "client_id": activation.client, "approved": approves });
    Ok(Response::json(StatusCode::OK, answer.to_string()))
}

/// Who approves.
fn login(table: &Table<'_>, server: &Arc<ServerState>, approves: bool) -> Result<Option<String>, InputError> {
    if !approves {
        let _ = table.get("login");
        return Ok(None);
    }
    let node = table.require("login")?;
    let login = node.as_str()?;
    match server.config.user(login) {
        Some(user) => Ok(Some(user.login.clone())),
        None => Err(node.error(format!("the authorization server \"{}\" has no user \"{login}\"", server.config.id))),
    }
}

fn unknown(code: &str) -> String {
    format!("no device waits with the code \"{code}\": it was used, is over, or was never shown")
}
