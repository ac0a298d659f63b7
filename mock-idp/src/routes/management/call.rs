use std::sync::Arc;

use hyper::{Method, StatusCode};
use serde_json::{Value, json};

use super::super::form::{Form, decode};
use super::super::okta_error::invalid;
use super::super::{OktaError, Refusal};
use super::ManagementEndpoint;
use crate::config::{AuthorizationServer, DEFAULT_SERVER};
use crate::issuer::{Inner, Request, Response, ServerState};
use crate::json::Object;
use crate::random::Random;

/// A call of the management API.
pub(super) struct Call<'a> {
    pub(super) issuer: &'a Inner,
    pub(super) request: &'a Request,
    /// Scheme and authority that were called.
    origin: String,
    /// What stands for `{}` in the path, decoded.
    parameters: Vec<String>,
    /// What stands in the query.
    pub(super) query: Form,
}

impl<'a> Call<'a> {
    pub(super) fn new(issuer: &'a Inner, request: &'a Request, endpoint: &ManagementEndpoint) -> Self {
        let segments = endpoint.parameters(&request.path).unwrap_or_default();
        // A plus sign in a path is one.
        let decoded = |segment: &str| decode(segment.replace('+', "%2B").as_bytes());
        let parameters = segments.into_iter().map(decoded).collect();
        Self { issuer, request, origin: request.origin(), parameters, query: Form::of_query(request) }
    }

    /// The segment that stands for the `{}` of that number, from 0.
    pub(super) fn parameter(&self, at: usize) -> &str {
        self.parameters.get(at).map_or("", String::as_str)
    }

    /// The authorization server that the path names first.
    pub(super) fn server(&self) -> Result<Arc<ServerState>, Refusal> {
        self.server_of(self.parameter(0))
    }

    /// The authorization server of that id. Where touching makes servers, what is added to
    /// one makes it.
    pub(super) fn server_of(&self, id: &str) -> Result<Arc<ServerState>, Refusal> {
        let adds = self.request.method == Method::POST;
        let server = if adds { self.issuer.touched(id) } else { self.issuer.server(id) };
        server.ok_or_else(|| OktaError::UNKNOWN_SERVER.about(id))
    }

    /// Changes that server, all or nothing.
    pub(super) fn change(
        &self,
        change: impl FnOnce(&mut AuthorizationServer) -> Result<(), Refusal>,
    ) -> Result<Arc<ServerState>, Refusal> {
        self.issuer.change_config(&self.server()?.config.id, change)
    }

    /// The time for what belongs to no authorization server.
    pub(super) fn now(&self) -> i64 {
        self.issuer.clock.now()
    }

    /// When what the configuration made was made.
    pub(super) fn since(&self) -> i64 {
        self.issuer.server(DEFAULT_SERVER).map_or(0, |server| server.since)
    }

    /// What ids and secrets are drawn from: one stream for all servers.
    pub(super) fn random(&self) -> Random {
        let default = self.issuer.server(DEFAULT_SERVER);
        default.map_or_else(Random::from_system, |server| server.streams.managed.clone())
    }

    /// An id as Okta's: a prefix and 17 letters and digits.
    pub(super) fn draw_id(&self, prefix: &str) -> String {
        format!("{prefix}{}", self.random().alphanumeric(17))
    }

    /// A truth in the query.
    pub(super) fn flag(&self, name: &str, default: bool) -> Result<bool, Refusal> {
        match self.query.get(name) {
            None => Ok(default),
            Some("true") => Ok(true),
            Some("false") => Ok(false),
            Some(_) => Err(invalid(name, "must be true or false")),
        }
    }

    /// What issuer identifiers, and all links, begin with.
    pub(super) fn base(&self) -> &str {
        self.issuer.base(&self.origin)
    }

    /// A link to a path, with the methods that it takes.
    pub(super) fn link(&self, path: &str, methods: &[&str]) -> Value {
        json!({ "href": format!("{}{path}", self.base()), "hints": { "allow": methods } })
    }
}

/// That there is nothing of that kind under that id, in Okta's name for the kind.
pub(super) fn not_found(id: &str, kind: &str) -> Refusal {
    OktaError::RESOURCE_NOT_FOUND.about(format!("{id} ({kind})"))
}

/// How many things of a kind a server has at most, where the management API makes them.
pub(super) const MOST: usize = 1000;

/// Refuses one more than there may be.
pub(super) fn limit(count: usize, what: &str) -> Result<(), Refusal> {
    if count < MOST {
        return Ok(());
    }
    Err(invalid(what, format_args!("there are {MOST} already: remove some first")))
}

pub(super) fn ok(body: &Object) -> Result<Response, Refusal> {
    Ok(Response::json(StatusCode::OK, body.to_text()))
}

pub(super) fn created(body: &Object) -> Result<Response, Refusal> {
    Ok(Response::json(StatusCode::CREATED, body.to_text()))
}

/// What a removal answers.
pub(super) fn no_content() -> Result<Response, Refusal> {
    Ok(Response::empty(StatusCode::NO_CONTENT))
}

/// What a lifecycle operation answers.
pub(super) fn done() -> Result<Response, Refusal> {
    ok(&Object::new())
}
