use hyper::header::CONTENT_TYPE;
use serde_json::{Map, Value};

use super::super::okta_error::invalid;
use super::{OktaError, Refusal};
use crate::issuer::Request;

/// What Okta says of a field that is needed.
const BLANK: &str = "The field cannot be left blank";

/// An object in the body of a request; what is not asked for is passed over, as at Okta.
#[derive(Debug, Clone, Copy)]
pub(super) struct Body<'a>(Option<&'a Map<String, Value>>);

/// The JSON object that a request carries; no body is an empty one.
pub(super) fn object(request: &Request) -> Result<Map<String, Value>, Refusal> {
    if request.body.is_empty() {
        return Ok(Map::new());
    }
    let content_type = request.header(CONTENT_TYPE).unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    // Any other can be sent by a page of another site, which knows no token.
    if !media_type.eq_ignore_ascii_case("application/json") {
        return Err(OktaError::WRONG_CONTENT_TYPE.plain());
    }
    serde_json::from_slice(&request.body).map_err(|_| OktaError::MALFORMED_BODY.plain())
}

impl<'a> Body<'a> {
    pub(super) fn of(members: &'a Map<String, Value>) -> Self {
        Self(Some(members))
    }

    /// The member of that name, unless it is `null`.
    pub(super) fn get(self, name: &str) -> Option<&'a Value> {
        self.0?.get(name).filter(|value| !value.is_null())
    }

    pub(super) fn text(self, name: &str) -> Result<Option<&'a str>, Refusal> {
        self.typed(name, Value::as_str)
    }

    pub(super) fn flag(self, name: &str) -> Result<Option<bool>, Refusal> {
        self.typed(name, Value::as_bool)
    }

    pub(super) fn integer(self, name: &str) -> Result<Option<i64>, Refusal> {
        self.typed(name, Value::as_i64)
    }

    /// A text that is there, and not empty.
    pub(super) fn require(self, name: &str) -> Result<&'a str, Refusal> {
        self.text(name)?.filter(|text| !text.trim().is_empty()).ok_or_else(|| invalid(name, BLANK))
    }

    pub(super) fn texts(self, name: &str) -> Result<Option<Vec<String>>, Refusal> {
        let texts = |value: &Value| {
            value.as_array()?.iter().map(|each| each.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>()
        };
        self.typed(name, texts)
    }

    /// The object of that name; one that is not there has no members.
    pub(super) fn object(self, name: &str) -> Result<Self, Refusal> {
        self.typed(name, Value::as_object).map(Self)
    }

    /// What one of the words means, if the member is there.
    pub(super) fn word<T: Copy>(self, name: &str, words: &[(&str, T)]) -> Result<Option<T>, Refusal> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        let found = words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
        found.map(Some).ok_or_else(|| {
            let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            invalid(name, format_args!("\"{text}\" is not known here: use one of {}", known.join(", ")))
        })
    }

    /// All members, as they were said.
    pub(super) fn members(self) -> impl Iterator<Item = (String, Value)> {
        self.0.into_iter().flatten().map(|(name, value)| (name.clone(), value.clone()))
    }

    /// These members as they were said, for a record.
    pub(super) fn only(self, names: &[&str]) -> Map<String, Value> {
        let said = names.iter().filter_map(|name| Some(((*name).to_owned(), self.get(name)?.clone())));
        said.collect()
    }

    fn typed<T>(self, name: &str, read: impl FnOnce(&'a Value) -> Option<T>) -> Result<Option<T>, Refusal> {
        let Some(value) = self.get(name) else { return Ok(None) };
        read(value).map(Some).ok_or_else(|| OktaError::MALFORMED_BODY.plain())
    }
}
