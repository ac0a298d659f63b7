//! `GET` and `POST /_mock/answers`: what can be otherwise, and what is.

use hyper::StatusCode;
use serde::Serialize;
use serde_json::{Value, json};

use super::super::Problem;
use super::super::form::Form;
use super::body;
use crate::answer::{Answer, Order, OrderError, Place, rows};
use crate::config::DEFAULT_SERVER;
use crate::input::{InputError, Node};
use crate::issuer::{Inner, Request, Response};

/// How many requests an order lasts at most, where it says so.
const TIMES_LIMIT: usize = 1_000_000;

#[derive(Debug, Serialize)]
struct Line {
    name: &'static str,
    at: Option<&'static str>,
    value: Option<&'static str>,
    does: &'static str,
    client: String,
    by: &'static str,
}

/// Lists the answers, and those that stand at a server.
pub(in super::super) fn list(issuer: &Inner, request: &Request) -> Response {
    let query = Form::of_query(request);
    let id = query.get("server").unwrap_or(DEFAULT_SERVER);
    let Some(server) = issuer.server(id) else {
        return Problem::field("#/server", format!("there is no authorization server \"{id}\"")).response();
    };
    let lines = rows().map(|row| Line {
        name: row.name,
        at: row.place.map(Place::word),
        value: row.value(),
        does: row.does,
        client: row.client.to_string(),
        by: row.by,
    });
    let all = json!({ "standing": standing(&server.answers.all()), "answers": lines.collect::<Vec<_>>() });
    Response::json(StatusCode::OK, all.to_string())
}

fn standing(orders: &[(Answer, Option<String>, Option<u32>)]) -> Vec<Value> {
    let line = |(answer, client, left): &(Answer, Option<String>, Option<u32>)| json!({ "answer": answer.to_string(), "client": client, "left": left });
    orders.iter().map(line).collect()
}

/// Orders answers.
pub(in super::super) fn order(issuer: &Inner, request: &Request) -> Response {
    try_order(issuer, request).unwrap_or_else(|problem| problem.response())
}

fn try_order(issuer: &Inner, request: &Request) -> Result<Response, Problem> {
    let node = body(request)?;
    let table = node.as_table()?;
    let id = table.text("server")?.unwrap_or(DEFAULT_SERVER);
    let place = table.get("endpoint").map(|node| node.as_choice(&Place::ALL)).transpose()?;
    let answers = table.require("answers")?.as_array()?.iter().map(|each| answer(each, place));
    let mut order = Order::new(answers.collect::<Result<Vec<_>, _>>()?);
    order.client = table.text("client")?.map(str::to_owned);
    let times = table.get("times").map(|times| times.as_count(TIMES_LIMIT)).transpose()?;
    order.times = times.map(|times| u32::try_from(times).unwrap_or(u32::MAX));
    table.finish()?;
    issuer.order(id, order).map_err(|error| problem(&error))?;
    let stands = issuer.server(id).map(|server| server.answers.all()).unwrap_or_default();
    Ok(Response::json(StatusCode::OK, json!({ "standing": standing(&stands) }).to_string()))
}

fn answer(node: &Node, place: Option<Place>) -> Result<Answer, InputError> {
    let answer = Answer::from_node(node)?;
    match place {
        Some(place) => answer.at(place).map_err(|error| node.error(error.to_string())),
        None => Ok(answer),
    }
}

fn problem(error: &OrderError) -> Problem {
    let field = match error {
        OrderError::UnknownServer { .. } => "#/server",
        OrderError::UnknownClient { .. } | OrderError::OfNobody { .. } => "#/client",
        OrderError::Never => "#/times",
        OrderError::TooMany { .. } => "#/answers",
    };
    Problem::field(field, error.to_string())
}
