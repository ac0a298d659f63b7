use std::collections::BTreeMap;

use serde_json::Value;

use crate::http::Answer;

/// A body in the form in which two of them are compared.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Body {
    /// Leaves of a JSON document by their path; `None` where the value varies
    /// by itself, which any value matches.
    Json(BTreeMap<String, Option<Value>>),
    Text(String),
}

impl Body {
    pub(super) fn of(answer: &Answer) -> Self {
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
    pub(super) fn stable_with(self, other: &Self) -> Self {
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
    pub(super) fn is_as_close_as(&self, first: &Self, second: &Self) -> bool {
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

    /// Whether it has another build than that body: other places in a document,
    /// or a text of which less than half is the same.
    pub(super) fn is_built_otherwise(&self, than: &Self) -> bool {
        match (self, than) {
            (Self::Json(leaves), Self::Json(others)) => !leaves.keys().eq(others.keys()),
            (Self::Text(text), Self::Text(other)) => 2.0 * text_likeness(text, other) < 1.0,
            _ => true,
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
    pub(super) fn likeness_apart_from(&self, rival: &Self, body: &Self) -> f64 {
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
