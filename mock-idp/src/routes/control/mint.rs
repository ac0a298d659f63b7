//! `POST /_mock/mint`: any token of the scenario set, by name or by mutation.

use hyper::StatusCode;

use super::super::Problem;
use super::body;
use crate::dialect::Dialect;
use crate::input::{InputError, Node, Table, Value};
use crate::issuer::{Inner, MintAnswer, MintError, MintRequest, Request, Response};
use crate::mutation::Mutation;

pub(in super::super) fn mint(issuer: &Inner, request: &Request) -> Response {
    answer(issuer, request).unwrap_or_else(|problem| problem.response())
}

fn answer(issuer: &Inner, request: &Request) -> Result<Response, Problem> {
    let order = body(request).and_then(|node| read(&node, issuer))?;
    let origin = request.origin();
    let forged = issuer.mint(&order.request, issuer.base(&origin)).map_err(|error| order.problem(&error))?;
    let body = serde_json::to_vec(&MintAnswer::from(&forged)).unwrap_or_default();
    Ok(Response::json(StatusCode::OK, body))
}

/// What was asked for, and which field said it.
struct Order {
    request: MintRequest,
    field: &'static str,
}

impl Order {
    fn problem(&self, error: &MintError) -> Problem {
        match error {
            MintError::UnknownServer { .. } => Problem::field("#/server", error.to_string()),
            MintError::Scenario(_) | MintError::Mutation(_) => Problem::field(self.field, error.to_string()),
        }
    }
}

fn read(node: &Node, issuer: &Inner) -> Result<Order, Problem> {
    let table = node.as_table()?;
    let (mutation, field) = match (table.get("scenario"), table.get("mutation")) {
        (Some(_), Some(both)) => {
            return Err(both.error("give either `scenario` or `mutation`, not both").into());
        }
        (Some(name), None) => (find(name)?, "#/scenario"),
        (None, Some(edits)) => (Mutation::from_node(edits)?, "#/mutation"),
        (None, None) => (Mutation::control(), "#"),
    };
    let mut request = MintRequest::mutation(mutation);
    read_settings(&table, &mut request, issuer)?;
    table.finish()?;
    Ok(Order { request, field })
}

/// The server, and the settings of the control that are given.
pub(super) fn read_settings(table: &Table<'_>, request: &mut MintRequest, issuer: &Inner) -> Result<(), InputError> {
    // `null` is as good as left out.
    let given = |name| table.get(name).filter(|node| node.value != Value::Null);
    let text = |name| given(name).map(Node::as_str).transpose().map(|text| text.map(str::to_owned));
    if let Some(server) = text("server")? {
        request.server = server;
    }
    request.issuer = text("issuer")?;
    request.audience = text("audience")?;
    request.scope = text("scope")?;
    request.client_id = text("client_id")?;
    request.subject = text("subject")?;
    request.leeway = given("leeway").map(Node::as_integer).transpose()?;
    request.dialect =
        given("dialect").map(|node| Dialect::read(node, &issuer.dialect_of(&request.server))).transpose()?;
    request.other_scope = text("other_scope")?;
    request.listener = text("listener")?;
    Ok(())
}

fn find(name: &Node) -> Result<Mutation, Problem> {
    crate::catalogue::find(name.as_str()?).map_err(|error| Problem::field("#/scenario", error.to_string()))
}
