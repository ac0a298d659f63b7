//! What "accepted" means for this target, learned from the control.
//!
//! Any 2xx is an acceptance, unless it is the envelope in which the target
//! refuses (some answer 200 with an error in the body). Two controls teach what
//! varies by itself, one request without credentials teaches the envelope.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::http::Answer;

/// Tells acceptances from refusals.
#[derive(Debug, Clone)]
pub struct Acceptance {
    control: Body,
    /// The answer to a request without credentials, where it is a 2xx too.
    stranger: Option<Body>,
    open: bool,
}

/// A body in the form in which two of them are compared.
#[derive(Debug, Clone, PartialEq)]
enum Body {
    /// Leaves of a JSON document by their path.
    Json(BTreeMap<String, Value>),
    Text(String),
}

impl Acceptance {
    /// Learns from two answers to the control and one to nobody.
    #[must_use]
    pub fn learn(first: &Answer, second: &Answer, stranger: Option<&Answer>) -> Self {
        let control = Body::of(first).stable_with(&Body::of(second));
        let stranger = stranger.filter(|answer| is_success(answer.status)).map(Body::of);
        let open = stranger.as_ref().is_some_and(|stranger| control.is_served_in(stranger));
        Self { control, stranger, open }
    }

    /// Whether the route serves requests without credentials.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.open
    }

    /// Whether refusals of this target come as 2xx with another body.
    #[must_use]
    pub fn has_envelope(&self) -> bool {
        self.stranger.is_some() && !self.open
    }

    /// Whether the answer serves the resource.
    #[must_use]
    pub fn accepts(&self, answer: &Answer) -> bool {
        if !is_success(answer.status) {
            return false;
        }
        match &self.stranger {
            Some(stranger) if !self.open => {
                let body = Body::of(answer);
                self.control.likeness_apart_from(stranger, &body) > stranger.likeness_apart_from(&self.control, &body)
            }
            _ => true,
        }
    }
}

fn is_success(status: u16) -> bool {
    (200..300).contains(&status)
}

impl Body {
    fn of(answer: &Answer) -> Self {
        match serde_json::from_slice::<Value>(answer.body.kept()) {
            Ok(value @ (Value::Object(_) | Value::Array(_))) => {
                let mut leaves = BTreeMap::new();
                flatten("", &value, &mut leaves);
                Self::Json(leaves)
            }
            _ => Self::Text(answer.body.text().into_owned()),
        }
    }

    /// Only what two answers to the same thing share.
    fn stable_with(self, other: &Self) -> Self {
        match (self, other) {
            (Self::Json(mut leaves), Self::Json(others)) => {
                leaves.retain(|path, value| others.get(path) == Some(value));
                Self::Json(leaves)
            }
            (body, _) => body,
        }
    }

    /// Whether the other body serves the same resource, but for what the absence
    /// of a caller leaves out (`"sub": null`).
    fn is_served_in(&self, other: &Self) -> bool {
        let (Self::Json(leaves), Self::Json(others)) = (self, other) else { return self.likeness(other) >= 0.9 };
        let left_out = |path: &String| others.get(path).is_none_or(Value::is_null);
        let same_or_left_out = leaves.iter().all(|(path, value)| others.get(path) == Some(value) || left_out(path));
        // What is only there for a stranger is an error's text.
        let nothing_else = others.iter().all(|(path, value)| leaves.contains_key(path) || value.is_null());
        same_or_left_out && nothing_else && self.likeness(other) >= 0.5
    }

    /// How much of this body the other one repeats, from 0 to 1.
    fn likeness(&self, other: &Self) -> f64 {
        match (self, other) {
            (Self::Json(leaves), Self::Json(others)) if leaves.is_empty() => f64::from(others.is_empty()),
            (Self::Json(leaves), Self::Json(others)) => {
                share(leaves.iter().filter(|(path, value)| others.get(*path) == Some(value)).count(), leaves.len())
            }
            (Self::Text(text), Self::Text(other)) => text_likeness(text, other),
            _ => 0.0,
        }
    }

    /// Likeness of `body` to this one, counting only what sets this one apart
    /// from `rival`.
    fn likeness_apart_from(&self, rival: &Self, body: &Self) -> f64 {
        match (self, rival) {
            (Self::Json(leaves), Self::Json(rivals)) => {
                let telling: BTreeMap<String, Value> = leaves
                    .iter()
                    .filter(|(path, value)| rivals.get(*path) != Some(value))
                    .map(|(p, v)| (p.clone(), v.clone()))
                    .collect();
                match body {
                    // The paths tell as well: an error's text differs, its place does not.
                    Self::Json(found) => {
                        let paths = telling.keys().filter(|path| found.contains_key(*path)).count();
                        Self::Json(telling.clone()).likeness(body) + share(paths, telling.len())
                    }
                    Self::Text(_) => 0.0,
                }
            }
            _ => self.likeness(body),
        }
    }
}

fn flatten(path: &str, value: &Value, leaves: &mut BTreeMap<String, Value>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                flatten(&format!("{path}/{name}"), member, leaves);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate().take(64) {
                flatten(&format!("{path}/{index}"), item, leaves);
            }
        }
        leaf => {
            leaves.insert(path.to_owned(), leaf.clone());
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of JSON leaves")]
fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// Likeness by words; long texts by their beginning.
fn text_likeness(a: &str, b: &str) -> f64 {
    const COMPARED: usize = 8 * 1024;
    let start = |text: &str| text.chars().take(COMPARED).collect::<String>();
    if a == b { 1.0 } else { f64::from(similar::TextDiff::from_words(&start(a), &start(b)).ratio()).min(0.999) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str) -> Answer {
        Answer::new(status).with_body(body)
    }

    #[test]
    fn without_an_envelope_any_success_is_an_acceptance() {
        let control = answer(200, "Hello");
        let acceptance = Acceptance::learn(&control, &control, Some(&answer(401, "no")));
        assert!(acceptance.accepts(&answer(204, "")));
        assert!(!acceptance.accepts(&answer(302, "Hello")));
        assert!(!acceptance.is_open());
    }

    #[test]
    fn an_error_in_the_body_of_a_success_is_a_refusal() {
        let first = answer(200, r#"{"message":"hello","id":1}"#);
        let second = answer(200, r#"{"message":"hello","id":2}"#);
        let acceptance = Acceptance::learn(&first, &second, Some(&answer(200, r#"{"error":"no token"}"#)));
        assert!(acceptance.has_envelope());
        assert!(!acceptance.accepts(&answer(200, r#"{"error":"jwt expired"}"#)));
        assert!(acceptance.accepts(&answer(200, r#"{"message":"hello","id":9}"#)));
    }

    #[test]
    fn a_flag_in_the_same_envelope_tells_them_apart() {
        let control = answer(200, r#"{"ok":true,"version":3}"#);
        let acceptance = Acceptance::learn(&control, &control, Some(&answer(200, r#"{"ok":false,"version":3}"#)));
        assert!(acceptance.has_envelope());
        assert!(!acceptance.accepts(&answer(200, r#"{"ok":false,"version":3}"#)));
        assert!(acceptance.accepts(&control));
    }

    #[test]
    fn a_route_that_serves_nobody_by_name_is_open_all_the_same() {
        let control = answer(200, r#"{"message":"hello","sub":"me"}"#);
        let acceptance = Acceptance::learn(&control, &control, Some(&answer(200, r#"{"message":"hello","sub":null}"#)));
        assert!(acceptance.is_open());
    }

    #[test]
    fn plain_text_envelopes_are_told_apart_by_their_words() {
        let control = answer(200, "Hello, world!");
        let acceptance = Acceptance::learn(&control, &control, Some(&answer(200, "Unauthorized: no token was sent")));
        assert!(!acceptance.accepts(&answer(200, "Unauthorized: the token was expired")));
        assert!(acceptance.accepts(&answer(200, "Hello, world!")));
    }

    #[test]
    fn a_route_that_answers_nobody_like_the_control_is_open() {
        let control = answer(200, "Hello, world!");
        let acceptance = Acceptance::learn(&control, &control, Some(&control));
        assert!(acceptance.is_open());
        assert!(acceptance.accepts(&control));
    }
}
