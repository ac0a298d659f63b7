//! A token as its header and its claims.

use std::collections::HashSet;

use mock_idp::json::Object;
use serde_json::{Map, Value};

use super::reason::Reason;
use super::segments::{Segments, split};

/// What could be read of a token.
#[derive(Debug)]
pub(super) struct Decoded<'a> {
    pub(super) header: Object,
    pub(super) claims: Object,
    /// What the signature is over.
    pub(super) signed: &'a str,
    pub(super) signature: Vec<u8>,
}

impl<'a> Decoded<'a> {
    /// `None` where header or claims are none; the reasons say what is wrong.
    pub(super) fn read(token: &'a str, reasons: &mut Vec<Reason>) -> Option<Self> {
        let Segments { signed, header, payload, signature } = split(token, reasons)?;
        let header = read_header(&header, reasons);
        let claims = read_claims(&payload, reasons);
        Some(Self { header: header?, claims: claims?, signed, signature })
    }

    /// A member of the header; the last of several counts.
    pub(super) fn header(&self, name: &str) -> Option<Value> {
        value(&self.header, name)
    }

    /// A claim; the last of several counts.
    pub(super) fn claim(&self, name: &str) -> Option<Value> {
        value(&self.claims, name)
    }

    /// The claims as a map, as most libraries read them.
    pub(super) fn claims_map(&self) -> Map<String, Value> {
        let members = self.claims.members().iter();
        members.filter_map(|it| Some((it.plain_name().into_owned(), serde_json::from_str(&it.value).ok()?))).collect()
    }
}

fn value(object: &Object, name: &str) -> Option<Value> {
    let member = object.members().iter().rfind(|member| member.plain_name() == name)?;
    serde_json::from_str(&member.value).ok()
}

fn read_header(bytes: &[u8], reasons: &mut Vec<Reason>) -> Option<Object> {
    if bytes.is_empty() {
        return None;
    }
    let read = std::str::from_utf8(bytes).ok().and_then(|text| Object::from_text(text).ok());
    match &read {
        None => reasons.push(Reason::new("structure/header-not-object", "its header is no JSON object")),
        Some(header) => duplicates(header, "structure/duplicate-header-member", "header", reasons),
    }
    read
}

fn read_claims(bytes: &[u8], reasons: &mut Vec<Reason>) -> Option<Object> {
    const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";
    let mut tell = |scenario, detail: &str| reasons.push(Reason::new(scenario, detail));
    if let Some(behind) = bytes.strip_prefix(BYTE_ORDER_MARK) {
        tell("structure/utf16-or-bom", "its payload begins with a byte order mark");
        return Object::from_text(std::str::from_utf8(behind).ok()?).ok();
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) if !text.contains('\0') => text,
        _ => {
            tell("structure/utf16-or-bom", "its payload is not in UTF-8");
            return None;
        }
    };
    if text.split('.').count() == 3 && text.starts_with("ey") {
        tell("structure/nested-jwt", "its payload is a token itself");
        return None;
    }
    match Object::from_text(text) {
        Ok(claims) if claims.members().is_empty() => {
            tell("structure/payload-not-object", "its payload has no claims");
            Some(claims)
        }
        Ok(claims) => {
            duplicates(&claims, "structure/duplicate-claim", "payload", reasons);
            Some(claims)
        }
        Err(error) if error.to_string().contains("out of range") => {
            tell("time/exp-extreme", "its payload has a number that no computer counts with");
            None
        }
        Err(_) if text.is_empty() || serde_json::from_str::<Value>(text).is_ok() => {
            tell("structure/payload-not-object", "its payload is no JSON object");
            None
        }
        Err(error) => {
            tell("structure/payload-bad-json", &format!("its payload is no JSON: {error}"));
            None
        }
    }
}

fn duplicates(object: &Object, scenario: &'static str, place: &str, reasons: &mut Vec<Reason>) {
    let mut seen = HashSet::new();
    let names = object.members().iter().map(|member| member.plain_name());
    let twice: Vec<_> = names.filter(|name| !seen.insert(name.clone())).collect();
    reasons.extend(twice.iter().map(|name| {
        Reason::new(
            scenario,
            format!("`{name}` stands in its {place} more than once, and readers disagree on which counts"),
        )
    }));
}
