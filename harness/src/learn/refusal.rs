use serde_json::Value;

use crate::http::Answer;

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_that_refuses_is_told_from_one_that_only_mentions_errors() {
        assert!(reads_like_refusal(&answer_with(r#"{"error":"unauthorized"}"#)));
        assert!(reads_like_refusal(&answer_with("Access denied")));
        assert!(!reads_like_refusal(&answer_with(r#"{"error":null,"data":[1]}"#)));
        assert!(!reads_like_refusal(&answer_with("Hello, world!")));
    }

    fn answer_with(body: &str) -> Answer {
        Answer::new(200).with_body(body)
    }
}
