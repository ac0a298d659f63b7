//! `GET /_mock/`: what there is.

use hyper::StatusCode;
use serde::Serialize;

use super::super::table::{CONTROL, ControlEndpoint};
use crate::issuer::{Inner, Request, Response};

#[derive(Debug, Serialize)]
struct Index {
    service: &'static str,
    version: &'static str,
    endpoints: Vec<Line>,
}

#[derive(Debug, Serialize)]
struct Line {
    method: &'static str,
    path: &'static str,
    does: &'static str,
}

pub(in super::super) fn index(_: &Inner, _: &Request) -> Response {
    let index = Index {
        service: "mock-idp",
        version: env!("CARGO_PKG_VERSION"),
        endpoints: CONTROL.iter().map(Line::from).collect(),
    };
    Response::json(StatusCode::OK, serde_json::to_vec(&index).unwrap_or_default())
}

impl From<&'static ControlEndpoint> for Line {
    fn from(endpoint: &'static ControlEndpoint) -> Self {
        Self { method: endpoint.method.as_str(), path: endpoint.path, does: endpoint.does }
    }
}
