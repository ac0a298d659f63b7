use mock_idp::input::{InputError, Node, Table};
use mock_idp::mutation::Bytes;
use mock_idp::random::Random;

use super::capability::Declared;
use crate::api::{Carrier, Place};
use crate::http::Request;

/// A change to the request that carries a token.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum RequestEdit {
    /// `credentials = "none"`: no token where the API takes one.
    Credentials(Credentials),
    /// `credential`: this text in place of the token, where the API takes one.
    Credential(Bytes),
    /// `second-credential`: one more token beside the first, in the same place.
    SecondCredential(Bytes),
    /// `authorization`: this value in place of `Bearer {token}`.
    Authorization(Bytes),
    /// `header` and `value`: one more line.
    AddHeader {
        /// The field name, case kept.
        name: String,
        /// Its value; may be any bytes.
        value: Bytes,
    },
    /// `remove-header`: every line of that name goes.
    RemoveHeader(String),
    /// `query` and `value`: a parameter at the end of the query.
    Query {
        /// The parameter's name.
        name: String,
        /// Its value, as it stands.
        value: Bytes,
    },
    /// `form` and `value`: the body is a form with this parameter.
    Form {
        /// The parameter's name.
        name: String,
        /// Its value, as it stands.
        value: Bytes,
    },
    /// `cookie` and `value`: a `Cookie` line.
    Cookie {
        /// The cookie's name.
        name: String,
        /// Its value.
        value: Bytes,
    },
    /// `method`: another method.
    Method(Bytes),
    /// `path`: another request target; `{path}` is the route's own.
    Path(Bytes),
    /// `body`: these bytes as the body.
    Body(Bytes),
}

/// Whether the request carries the token where the API takes one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Credentials {
    /// It does: `Bearer` in `Authorization`, unless the API listens elsewhere.
    Bearer,
    /// It does not.
    None,
}

/// What the placeholders of a request stand for.
#[derive(Debug, Clone, Copy)]
pub struct Values<'a> {
    /// The case's token.
    pub token: &'a [u8],
    /// A control token; empty where no edit [uses one](RequestEdit::uses).
    pub control: &'a [u8],
    /// Where the API takes its token.
    pub carrier: &'a Carrier,
    /// The route's request target.
    pub path: &'a str,
    /// Base address of the attacker's listener.
    pub listener: &'a str,
    /// What the target's owner has declared.
    pub declared: &'a Declared,
    /// Draws random bytes.
    pub random: &'a Random,
}

/// Placeholders of request templates.
const PLACEHOLDERS: &[&str] = &[
    "token",
    "control",
    "path",
    "path_upper",
    "path_encoded",
    "listener",
    "cors_origin",
    "public_path",
    "both_path",
    "write_method",
];

type Reader = fn(&Node, &Table<'_>) -> Result<RequestEdit, InputError>;

const WORDS: &[(&str, Reader)] = &[
    ("credentials", |node, _| {
        node.as_choice(&[("none", Credentials::None), ("bearer", Credentials::Bearer)]).map(RequestEdit::Credentials)
    }),
    ("credential", |node, _| bytes(node).map(RequestEdit::Credential)),
    ("second-credential", |node, _| bytes(node).map(RequestEdit::SecondCredential)),
    ("authorization", |node, _| bytes(node).map(RequestEdit::Authorization)),
    ("header", |node, table| Ok(RequestEdit::AddHeader { name: name(node)?, value: value(table)? })),
    ("remove-header", |node, _| name(node).map(RequestEdit::RemoveHeader)),
    ("query", |node, table| Ok(RequestEdit::Query { name: name(node)?, value: value(table)? })),
    ("form", |node, table| Ok(RequestEdit::Form { name: name(node)?, value: value(table)? })),
    ("cookie", |node, table| Ok(RequestEdit::Cookie { name: name(node)?, value: value(table)? })),
    ("method", |node, _| bytes(node).map(RequestEdit::Method)),
    ("path", |node, _| bytes(node).map(RequestEdit::Path)),
    ("body", |node, _| bytes(node).map(RequestEdit::Body)),
];

impl RequestEdit {
    /// Whether it makes the method one that may change something (RFC 9110, section 9.2.1).
    #[must_use]
    pub fn may_write(&self) -> bool {
        let Self::Method(method) = self else { return false };
        let method = method.render(&Random::seeded(0), &|_| Vec::new());
        !["GET", "HEAD", "OPTIONS"].iter().any(|safe| safe.as_bytes() == method)
    }

    /// Reads one edit; its first member is its word.
    ///
    /// # Errors
    ///
    /// When it is none of the language.
    pub fn from_node(node: &Node) -> Result<Self, InputError> {
        let table = node.as_table()?;
        let (value, reader) = table.word(WORDS, "an edit of a request")?;
        let edit = reader(value, &table)?;
        table.finish()?;
        Ok(edit)
    }

    /// Whether it has that placeholder.
    #[must_use]
    pub fn uses(&self, placeholder: &str) -> bool {
        match self {
            Self::Credential(value)
            | Self::SecondCredential(value)
            | Self::Authorization(value)
            | Self::AddHeader { value, .. }
            | Self::Query { value, .. }
            | Self::Form { value, .. }
            | Self::Cookie { value, .. }
            | Self::Method(value)
            | Self::Path(value)
            | Self::Body(value) => value.uses(placeholder),
            Self::Credentials(Credentials::Bearer) => placeholder == "token",
            Self::Credentials(Credentials::None) | Self::RemoveHeader(_) => false,
        }
    }

    /// Whether it changes how, or whether, a token travels.
    #[must_use]
    pub fn touches_credentials(&self) -> bool {
        match self {
            Self::Credentials(_)
            | Self::Credential(_)
            | Self::SecondCredential(_)
            | Self::Authorization(_)
            | Self::Query { .. }
            | Self::Form { .. }
            | Self::Cookie { .. } => true,
            Self::AddHeader { name, value } => {
                name.eq_ignore_ascii_case("authorization") || value.uses("token") || value.uses("control")
            }
            Self::RemoveHeader(name) => name.eq_ignore_ascii_case("authorization"),
            Self::Method(_) | Self::Path(_) | Self::Body(_) => false,
        }
    }

    /// Whether the place of the token holds none because of it.
    pub(super) fn replaces_token(&self) -> bool {
        match self {
            Self::Credentials(credentials) => *credentials == Credentials::None,
            Self::Authorization(value) | Self::Credential(value) => !value.uses("token"),
            _ => false,
        }
    }

    /// Whether it is about the `Authorization` line itself.
    pub(super) fn is_about_authorization(&self) -> bool {
        match self {
            Self::Authorization(_) => true,
            Self::AddHeader { name, .. } | Self::RemoveHeader(name) => name.eq_ignore_ascii_case("authorization"),
            _ => false,
        }
    }

    /// The place of a request in which it puts something.
    pub(super) fn place(&self) -> Option<Place> {
        match self {
            Self::AddHeader { name, .. } => Some(Place::Field(name.clone())),
            Self::Query { name, .. } => Some(Place::Query(name.clone())),
            Self::Form { name, .. } => Some(Place::Form(name.clone())),
            Self::Cookie { name, .. } => Some(Place::Cookie(name.clone())),
            _ => None,
        }
    }

    /// Whether the request has another body because of it.
    pub(super) fn replaces_body(&self) -> bool {
        matches!(self, Self::Form { .. } | Self::Body(_))
    }

    /// Carries the edit out.
    pub fn apply(&self, request: &mut Request, values: &Values<'_>) {
        let render = |bytes: &Bytes| bytes.render(values.random, &|name| values.of(name));
        match self {
            Self::Credentials(Credentials::None) => values.carrier.clear(request),
            Self::Credentials(Credentials::Bearer) => values.carrier.put(request, values.token),
            Self::Credential(value) => values.carrier.put(request, &render(value)),
            Self::SecondCredential(value) => values.carrier.add(request, &render(value)),
            Self::Authorization(value) => replace_authorization(request, render(value)),
            Self::AddHeader { name, value } => add(request, name, render(value)),
            Self::RemoveHeader(name) => without(request, name),
            Self::Query { name, value } => {
                let separator = if request.target.contains(&b'?') { b'&' } else { b'?' };
                request.target.push(separator);
                request.target.extend(pair(name, &render(value)));
            }
            Self::Form { name, value } => {
                without(request, "Content-Type");
                add(request, "Content-Type", b"application/x-www-form-urlencoded".to_vec());
                request.replace_content(pair(name, &render(value)));
            }
            Self::Cookie { name, value } => add(request, "Cookie", pair(name, &render(value))),
            Self::Method(method) => request.method = render(method),
            Self::Path(path) => request.target = render(path),
            Self::Body(body) => request.replace_content(render(body)),
        }
    }
}

impl Values<'_> {
    fn of(&self, name: &str) -> Vec<u8> {
        match name {
            "token" => self.token.to_vec(),
            "control" => self.control.to_vec(),
            "path" => self.path.as_bytes().to_vec(),
            "path_upper" => upper(self.path).into_bytes(),
            "path_encoded" => encoded(self.path).into_bytes(),
            "listener" => self.listener.as_bytes().to_vec(),
            declared => self.declared.placeholder(declared).unwrap_or_default().as_bytes().to_vec(),
        }
    }
}

/// The path in upper case; the query stays.
fn upper(target: &str) -> String {
    let (path, query) = target.split_at(target.find('?').unwrap_or(target.len()));
    format!("{}{query}", path.to_uppercase())
}

/// The first letter of the path as a percent-encoded octet (RFC 3986, section
/// 2.1); of a path without letters a slash in front of it.
fn encoded(target: &str) -> String {
    let path = &target[..target.find('?').unwrap_or(target.len())];
    match path.char_indices().find(|(_, letter)| letter.is_ascii_alphanumeric()) {
        Some((at, letter)) => format!("{}%{:02X}{}", &target[..at], u32::from(letter), &target[at + 1..]),
        None => format!("/%2F{}", target.strip_prefix('/').unwrap_or(target)),
    }
}

fn name(node: &Node) -> Result<String, InputError> {
    node.as_str().map(str::to_owned)
}

fn bytes(node: &Node) -> Result<Bytes, InputError> {
    Bytes::with_placeholders(node, PLACEHOLDERS)
}

fn value(table: &Table<'_>) -> Result<Bytes, InputError> {
    bytes(table.require("value")?)
}

fn pair(name: &str, value: &[u8]) -> Vec<u8> {
    [name.as_bytes(), b"=", value].concat()
}

fn add(request: &mut Request, name: &str, value: Vec<u8>) {
    request.headers.push(crate::http::Header::new(name, value));
}

fn without(request: &mut Request, name: &str) {
    request.headers.retain(|header| !header.is(name));
}

fn replace_authorization(request: &mut Request, value: Vec<u8>) {
    without(request, "Authorization");
    add(request, "Authorization", value);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_other_spellings() {
        assert_eq!((upper("/api/x?y=z").as_str(), encoded("/api/x?y=z").as_str()), ("/API/X?y=z", "/%61pi/x?y=z"));
        assert_eq!((upper("/").as_str(), encoded("/").as_str()), ("/", "/%2F"));
    }
}
