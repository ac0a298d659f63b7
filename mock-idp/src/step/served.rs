use hyper::header::{CACHE_CONTROL, CONTENT_TYPE, EXPIRES, HeaderValue};

use super::Endpoint;
use crate::input::{InputError, Node, Table};
use crate::issuer::Response;

/// What an endpoint's honest answer says in its head, in place of what it usually does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ServedFields {
    /// `content-type`: the media type of the document.
    pub content_type: Option<String>,
    /// `cache-control`: for how long it may be kept (RFC 9111, section 5.2.2);
    /// `Some(None)`: the field is left out. `Expires` goes in both cases.
    pub cache_control: Option<Option<String>>,
}

impl ServedFields {
    /// Reads what stands beside the word `serve`.
    pub(super) fn from_table(table: &Table<'_>) -> Result<Self, InputError> {
        let content_type = table.get("content-type").map(field).transpose()?;
        let cache_control = table.get("cache-control").map(field_or_none).transpose()?;
        if content_type.is_none() && cache_control.is_none() {
            return Err(table.node().error("expected one of content-type, cache-control"));
        }
        Ok(Self { content_type, cache_control })
    }

    pub(crate) fn apply(&self, mut response: Response) -> Response {
        if let Some(content_type) = &self.content_type {
            response.set(CONTENT_TYPE, content_type.as_str());
        }
        if let Some(cache_control) = &self.cache_control {
            response.headers.remove(CACHE_CONTROL);
            response.headers.remove(EXPIRES);
            if let Some(text) = cache_control {
                response.set(CACHE_CONTROL, text.as_str());
            }
        }
        response
    }
}

/// The fields of both endpoints; the last step for one holds.
#[derive(Debug, Clone, Default)]
pub(crate) struct Served {
    jwks: ServedFields,
    metadata: ServedFields,
}

impl Served {
    pub(crate) fn at(&self, endpoint: Endpoint) -> &ServedFields {
        match endpoint {
            Endpoint::Jwks => &self.jwks,
            Endpoint::Metadata => &self.metadata,
        }
    }

    pub(crate) fn set(&mut self, endpoint: Endpoint, fields: ServedFields) {
        match endpoint {
            Endpoint::Jwks => self.jwks = fields,
            Endpoint::Metadata => self.metadata = fields,
        }
    }
}

fn field(node: &Node) -> Result<String, InputError> {
    let text = node.as_str()?;
    HeaderValue::from_str(text).map_err(|_| node.error("a header field can't hold this text"))?;
    Ok(text.to_owned())
}

fn field_or_none(node: &Node) -> Result<Option<String>, InputError> {
    match node.as_bool() {
        Ok(false) => Ok(None),
        _ => field(node).map(Some),
    }
}
