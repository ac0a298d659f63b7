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
    /// Leaves of a JSON document by their path; `None` where the value varies
    /// by itself, which any value matches.
    Json(BTreeMap<String, Option<Value>>),
    Text(String),
}

impl Acceptance {
    /// Learns from two answers to the control and one to nobody.
    #[must_use]
    pub fn learn(first: &Answer, second: &Answer, stranger: Option<&Answer>) -> Self {
        let (first, second) = (Body::of(first), Body::of(second));
        let stranger = stranger.filter(|answer| is_success(answer.status)).map(Body::of);
        let open = stranger.as_ref().is_some_and(|stranger| stranger.is_as_close_as(&first, &second));
        Self { control: first.stable_with(&second), stranger, open }
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

/// Whether a body that everybody gets reads like a refusal: then a 2xx to the
/// control proves nothing.
#[must_use]
pub fn reads_like_refusal(answer: &Answer) -> bool {
    const WORDS: [&str; 8] = [
        "unauthorized",
        "unauthorised",
        "unauthenticated",
        "forbidden",
        "access denied",
        "invalid token",
        "invalid_token",
        "not authorized",
    ];
    match serde_json::from_slice::<Value>(answer.body.kept()) {
        Ok(Value::Object(members)) => {
            let said = |name: &str| members.get(name).is_some_and(|value| !is_empty(value));
            let failed = |name: &str| members.get(name) == Some(&Value::Bool(false));
            let status = members.get("status").or_else(|| members.get("code"));
            let bad = status.is_some_and(|status| match status {
                Value::String(word) => matches!(word.as_str(), "fail" | "failed" | "error" | "unauthorized"),
                number => number.as_u64().is_some_and(|number| (400..600).contains(&number)),
            });
            said("error") || said("errors") || failed("success") || failed("ok") || bad
        }
        _ => {
            let text = answer.body.text().to_lowercase();
            WORDS.iter().any(|word| text.contains(word))
        }
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
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

    /// What two answers to the same thing share; what differs may be anything.
    fn stable_with(self, other: &Self) -> Self {
        match (self, other) {
            (Self::Json(mut leaves), Self::Json(others)) => {
                for (path, value) in &mut leaves {
                    if others.get(path) != Some(value) {
                        *value = None;
                    }
                }
                Self::Json(leaves)
            }
            (body, _) => body,
        }
    }

    /// Whether this answer to nobody is no further from the control than two
    /// controls are from each other, but for what the absence of a caller
    /// leaves out (`"sub": null`).
    fn is_as_close_as(&self, first: &Self, second: &Self) -> bool {
        let control = first.clone().stable_with(second);
        match (&control, self) {
            (Self::Json(leaves), Self::Json(others)) => {
                let left_out = |path: &String| others.get(path).is_none_or(|value| value == &Some(Value::Null));
                let same = |path: &String, value| matches(value, others.get(path));
                let served = leaves.iter().filter(|(path, value)| same(path, value)).count();
                // What is only there for a stranger is an error's text.
                others.keys().all(|path| leaves.contains_key(path))
                    && leaves.iter().all(|(path, value)| same(path, value) || left_out(path))
                    && 2 * served >= leaves.len()
            }
            (Self::Text(_), Self::Text(_)) => self.likeness(first) >= first.likeness(second),
            _ => false,
        }
    }

    /// How much of this body the other one repeats, from 0 to 1.
    fn likeness(&self, other: &Self) -> f64 {
        match (self, other) {
            (Self::Json(leaves), Self::Json(others)) if leaves.is_empty() => f64::from(u8::from(others.is_empty())),
            (Self::Json(leaves), Self::Json(others)) => {
                share(leaves.iter().filter(|(path, value)| matches(value, others.get(*path))).count(), leaves.len())
            }
            (Self::Text(text), Self::Text(other)) => text_likeness(text, other),
            _ => 0.0,
        }
    }

    /// Likeness of `body` to this one, counting only what sets this one apart
    /// from `rival`.
    fn likeness_apart_from(&self, rival: &Self, body: &Self) -> f64 {
        let (Self::Json(leaves), Self::Json(rivals)) = (self, rival) else { return self.likeness(body) };
        let Self::Json(found) = body else { return 0.0 };
        let telling: BTreeMap<String, Option<Value>> = leaves
            .iter()
            .filter(|(path, value)| !matches(value, rivals.get(*path)))
            .map(|(path, value)| (path.clone(), value.clone()))
            .collect();
        // The paths tell as well: an error's text differs, its place does not.
        let paths = telling.keys().filter(|path| found.contains_key(*path)).count();
        let places = share(paths, telling.len());
        Self::Json(telling).likeness(body) + places
    }
}

/// Whether a leaf is there with that value; with any, where it varies.
fn matches(value: &Option<Value>, found: Option<&Option<Value>>) -> bool {
    match (value, found) {
        (None, Some(_)) | (Some(_), Some(None)) => true,
        (Some(value), Some(Some(found))) => value == found,
        (_, None) => false,
    }
}

fn flatten(path: &str, value: &Value, leaves: &mut BTreeMap<String, Option<Value>>) {
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
            leaves.insert(path.to_owned(), Some(leaf.clone()));
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of leaves and bytes")]
fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// Likeness by words of where two texts differ; below 1 unless they are equal.
fn text_likeness(a: &str, b: &str) -> f64 {
    const COMPARED: usize = 8 * 1024;
    if a == b {
        return 1.0;
    }
    let (middle_a, middle_b) = differing(a, b);
    let start = |text: &str| text.chars().take(COMPARED).collect::<String>();
    let ratio = f64::from(similar::TextDiff::from_words(&start(middle_a), &start(middle_b)).ratio());
    let differing = share(middle_a.len() + middle_b.len(), a.len() + b.len());
    (1.0 - differing * (1.0 - ratio)).min(0.999)
}

/// Two texts without the words that they begin and end with alike.
fn differing<'a>(a: &'a str, b: &'a str) -> (&'a str, &'a str) {
    let same = |(x, y): &(char, char)| x == y;
    let prefix: usize = a.chars().zip(b.chars()).take_while(same).map(|(x, _)| x.len_utf8()).sum();
    let (a, b) = (&a[prefix..], &b[prefix..]);
    let suffix: usize = a.chars().rev().zip(b.chars().rev()).take_while(same).map(|(x, _)| x.len_utf8()).sum();
    (&a[..a.len() - suffix], &b[..b.len() - suffix])
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
    fn values_that_vary_by_themselves_tell_nothing() {
        let first = answer(200, r#"{"now":1,"request":"a"}"#);
        let second = answer(200, r#"{"now":2,"request":"b"}"#);
        let acceptance = Acceptance::learn(&first, &second, Some(&answer(200, r#"{"error":"no token"}"#)));
        assert!(acceptance.accepts(&answer(200, r#"{"now":3,"request":"c"}"#)));
        assert!(!acceptance.accepts(&answer(200, r#"{"error":"expired"}"#)));
    }

    #[test]
    fn a_login_page_in_the_layout_of_the_resource_is_not_the_resource() {
        let layout = "<nav>home</nav> ".repeat(2000);
        let page = |middle: &str| answer(200, &format!("<html>{layout}<main>{middle}</main>{layout}</html>"));
        let acceptance = Acceptance::learn(&page("your data"), &page("your data"), Some(&page("Please log in")));
        assert!(!acceptance.is_open());
        assert!(!acceptance.accepts(&page("Please log in again")));
        assert!(acceptance.accepts(&page("your data")));
    }

    #[test]
    fn a_body_that_refuses_is_told_from_one_that_only_mentions_errors() {
        assert!(reads_like_refusal(&answer(200, r#"{"error":"unauthorized"}"#)));
        assert!(reads_like_refusal(&answer(200, "Access denied")));
        assert!(!reads_like_refusal(&answer(200, r#"{"error":null,"data":[1]}"#)));
        assert!(!reads_like_refusal(&answer(200, "Hello, world!")));
    }

    #[test]
    fn a_route_that_answers_nobody_like_the_control_is_open() {
        let control = answer(200, "Hello, world!");
        let acceptance = Acceptance::learn(&control, &control, Some(&control));
        assert!(acceptance.is_open());
        assert!(acceptance.accepts(&control));
    }
}
