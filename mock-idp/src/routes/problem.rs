//! Refusals of the control API (RFC 9457, section 3).

use hyper::StatusCode;
use hyper::header::CONTENT_TYPE;
use serde::Serialize;

use crate::input::InputError;
use crate::issuer::Response;

/// What is wrong with a call of the control API.
#[derive(Debug, Serialize)]
pub(super) struct Problem {
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'static str,
    status: u16,
    detail: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldError>,
}

#[derive(Debug, Serialize)]
struct FieldError {
    /// RFC 6901, section 6: a JSON Pointer as a URI fragment.
    pointer: String,
    detail: String,
}

impl Problem {
    pub(super) fn not_found() -> Self {
        let detail = "the control API has no such path: GET /_mock/ lists what there is";
        Self::new("urn:mock-idp:problem:not-found", "Not found", StatusCode::NOT_FOUND, detail)
    }

    /// The path names an authorization server that is not there.
    pub(super) fn unknown_server(detail: String) -> Self {
        let kind = "urn:mock-idp:problem:unknown-server";
        Self::new(kind, "Unknown authorization server", StatusCode::NOT_FOUND, detail)
    }

    pub(super) fn wrong_method(expected: &str) -> Self {
        let detail = format!("this path takes {expected}");
        Self::new("urn:mock-idp:problem:wrong-method", "Wrong method", StatusCode::METHOD_NOT_ALLOWED, detail)
    }

    pub(super) fn unauthorized() -> Self {
        let detail = "send the control token: Authorization: Bearer <the value of --control-token>";
        Self::new("urn:mock-idp:problem:unauthorized", "Unauthorized", StatusCode::UNAUTHORIZED, detail)
    }

    pub(super) fn of_another_origin() -> Self {
        let detail = "a page of another origin may not call the control API: call it from the test itself, \
                      without the header `Origin`, or set a control token";
        Self::new("urn:mock-idp:problem:other-origin", "Page of another origin", StatusCode::FORBIDDEN, detail)
    }

    pub(super) fn no_ca() -> Self {
        let detail = "this issuer has no https of its own, so there is nothing to trust";
        Self::new("urn:mock-idp:problem:no-ca", "No certificate authority", StatusCode::NOT_FOUND, detail)
    }

    /// The field that `pointer` names is wrong.
    pub(super) fn field(pointer: &str, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        let mut problem = Self::bad_request(detail.clone());
        problem.errors.push(FieldError { pointer: pointer.to_owned(), detail });
        problem
    }

    pub(super) fn response(&self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::BAD_REQUEST);
        let body = serde_json::to_vec(self).unwrap_or_default();
        Response::json(status, body).with(CONTENT_TYPE, "application/problem+json")
    }

    fn bad_request(detail: impl Into<String>) -> Self {
        Self::new("urn:mock-idp:problem:invalid-request", "Invalid request", StatusCode::BAD_REQUEST, detail)
    }

    fn new(kind: &'static str, title: &'static str, status: StatusCode, detail: impl Into<String>) -> Self {
        Self { kind, title, status: status.as_u16(), detail: detail.into(), errors: Vec::new() }
    }
}

impl From<InputError> for Problem {
    fn from(error: InputError) -> Self {
        let mut problem = Self::bad_request(error.to_string());
        let pointer = pointer(&error.path);
        let plain = InputError { path: String::new(), ..error };
        problem.errors.push(FieldError { pointer, detail: plain.to_string() });
        problem
    }
}

/// `mutation[0].set` as `#/mutation/0/set`.
fn pointer(path: &str) -> String {
    let mut pointer = String::from("#");
    for step in path.split(['.', '[']).filter(|step| !step.is_empty()) {
        pointer.push('/');
        pointer.push_str(&step.trim_end_matches(']').replace('~', "~0").replace('/', "~1"));
    }
    pointer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_of_the_input_tree_becomes_a_json_pointer() {
        assert_eq!(pointer("mutation[0].set"), "#/mutation/0/set");
        assert_eq!(pointer("a/b"), "#/a~1b");
        assert_eq!(pointer(""), "#");
    }
}
