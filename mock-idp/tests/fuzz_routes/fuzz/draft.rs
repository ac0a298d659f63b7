//! A request in parts, before it is changed and sent.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hyper::Method;
use mock_idp::Request;
use mock_idp::claims::{DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET};

use super::BASE;
use super::dice::Dice;
use super::grammar::{Place, Proof, TEMPLATES, Template};
use super::pool::{Pool, server_of};
use super::tokens;

pub(crate) struct Draft {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) place: Place,
    /// Decoded; of JSON the whole text is the one value.
    pub(crate) fields: Vec<(String, String)>,
    pub(crate) headers: Vec<(String, String)>,
    /// In place of the fields.
    pub(crate) body: Option<Vec<u8>>,
}

/// What a request is drawn from.
pub(crate) struct Source<'a> {
    pub(crate) routes: &'a [String],
    pub(crate) pool: &'a Pool,
    pub(crate) now: i64,
}

impl Draft {
    /// A sound request of some route, as far as there is a template for it.
    pub(crate) fn sound(source: &Source<'_>, dice: &mut Dice) -> Self {
        // The control API is a part of the whole, and undoes what the rest needs.
        let template = dice.pick(TEMPLATES);
        let is_control = template.is_some_and(|template| template.path.starts_with("/_mock"));
        let template = if is_control { dice.pick(TEMPLATES) } else { template };
        let fits = |route: &&String| template.is_some_and(|template| route.ends_with(template.path));
        let fitting: Vec<&String> = source.routes.iter().filter(fits).collect();
        // A route without a template gets another's.
        let any = dice.once_in(10) || fitting.is_empty();
        let route = if any { dice.pick(source.routes) } else { dice.pick(&fitting).copied() };
        let path = filled(route.map_or("/", String::as_str), "", source, dice);
        match template {
            Some(template) => Self::of(template, path, source, dice),
            None => Self::empty(path),
        }
    }

    fn empty(path: String) -> Self {
        Self { method: "GET".into(), path, place: Place::Query, fields: vec![], headers: vec![], body: None }
    }

    fn of(template: &Template, path: String, source: &Source<'_>, dice: &mut Dice) -> Self {
        let mut draft = Self { method: template.method.into(), place: template.place, ..Self::empty(path) };
        let server = server_of(&draft.path).to_owned();
        draft.fields = match template.place {
            Place::Json => vec![(String::new(), filled(template.fields, &server, source, dice))],
            Place::Query | Place::Form => template
                .fields
                .split('&')
                .filter_map(|pair| pair.split_once('='))
                .map(|(name, value)| (name.to_owned(), filled(&value.replace("%20", " "), &server, source, dice)))
                .collect(),
        };
        match template.place {
            Place::Query => {}
            Place::Form => draft.header("content-type", "application/x-www-form-urlencoded"),
            Place::Json => draft.header("content-type", "application/json"),
        }
        draft.prove(template.proof, source, dice);
        draft
    }

    fn prove(&mut self, proof: Proof, source: &Source<'_>, dice: &mut Dice) {
        let token = source.pool.draw(server_of(&self.path), "access_token", dice).unwrap_or_default().to_owned();
        match proof {
            Proof::None => {}
            Proof::Basic => self.basic(),
            Proof::Bearer => self.header("authorization", format!("Bearer {token}")),
            Proof::Cookies => self.header("cookie", source.pool.cookies(server_of(&self.path), dice)),
            Proof::Dpop => {
                let is_token_request = self.path.ends_with("/token");
                let bound = if is_token_request { "" } else { token.as_str() };
                let (url, nonce) =
                    (format!("{BASE}{}", self.path), source.pool.draw(server_of(&self.path), "dpop-nonce", dice));
                if let Some(proof) = tokens::proof(&self.method, &url, bound, nonce, source.now, dice) {
                    self.header("dpop", proof);
                }
                if is_token_request { self.basic() } else { self.header("authorization", format!("DPoP {token}")) }
            }
        }
    }

    fn basic(&mut self) {
        let credentials = STANDARD.encode(format!("{DEFAULT_CLIENT_ID}:{DEFAULT_CLIENT_SECRET}"));
        self.header("authorization", format!("Basic {credentials}"));
    }

    pub(crate) fn header(&mut self, name: &str, value: impl Into<String>) {
        self.headers.push((name.to_owned(), value.into()));
    }

    /// As it is sent.
    pub(crate) fn request(&self) -> Request {
        let method = Method::from_bytes(self.method.as_bytes()).unwrap_or(Method::GET);
        let encoded = || self.fields.iter().map(|(name, value)| format!("{}={}", escaped(name), escaped(value)));
        let text = encoded().collect::<Vec<_>>().join("&");
        let target = match self.place {
            Place::Query if !text.is_empty() => format!("{}?{text}", self.path),
            _ => self.path.clone(),
        };
        let mut request = Request::new(method, &target);
        request.body = match (&self.body, self.place) {
            (Some(body), _) => body.clone().into(),
            (None, Place::Form) => text.into(),
            (None, Place::Json) => self.fields.iter().map(|(_, value)| value.as_str()).collect::<String>().into(),
            (None, Place::Query) => request.body,
        };
        let host = BASE.strip_prefix("http://").unwrap_or_default();
        let request = if self.headers.iter().any(|(name, _)| name == "host") {
            request
        } else {
            request.with_header("host", host)
        };
        self.headers.iter().fold(request, |request, (name, value)| request.with_header(name, value))
    }
}

/// The text with its placeholders filled in; those that nobody knows go.
fn filled(text: &str, server: &str, source: &Source<'_>, dice: &mut Dice) -> String {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        match after.split_once('}') {
            Some((name, behind)) if is_name(name) => {
                filled.push_str(source.pool.draw(server, name, dice).unwrap_or("none"));
                rest = behind;
            }
            _ => {
                filled.push('{');
                rest = after;
            }
        }
    }
    filled + rest
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

/// What is an escape already stays one, so that broken ones arrive as well.
fn escaped(text: &str) -> String {
    let keeps = |byte: u8| byte.is_ascii_graphic() && !b"&=#+\"<>".contains(&byte);
    let escape = |byte: u8| if keeps(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(escape).collect()
}
