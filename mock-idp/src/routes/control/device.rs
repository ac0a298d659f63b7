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
/// user, and `{"user_code": "BCDFGHJK", "approve": false}` denies it. A user who may not use
/// the client gets it refused, which the answer says, as the page does.
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
    let may_use = |login: &str| server.config.user(login).is_some_and(|user| user.may_use(&activation.client));
    let refused =
        login.as_ref().filter(|login| !may_use(login.as_str())).map(|login| not_assigned(login, &activation.client));
    let user = login.map(|login| SignIn { login, auth_time: now });
    if let Some(user) = user.as_ref().filter(|_| refused.is_none()) {
        server.sessions.consent(&user.login, &activation.client, &activation.scopes, now);
    }
    if !server.sessions.decide_device(activation.device, user, now) {
        return Err(Problem::field("#/user_code", unknown(code)));
    }
    let is_approved = approves && refused.is_none();
    let mut answer = json!({ "server": server.config.id, "client_id": activation.client, "approved": is_approved });
    if let Some(reason) = refused {
        answer["reason"] = reason.into();
    }
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

fn not_assigned(login: &str, client: &str) -> String {
    format!("the user \"{login}\" is not assigned to the client \"{client}\", and the device is told so")
}

fn unknown(code: &str) -> String {
    format!("no device waits with the code \"{code}\": it was used, is over, or was never shown")
}
