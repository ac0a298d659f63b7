use serde_json::Value;

use crate::http::{Answer, events, is_event_stream};

/// The JSON documents of an answer: its body, the data of each event where it is
/// an event stream, or each line where it holds one document a line.
#[must_use]
pub fn documents(answer: &Answer) -> Vec<Value> {
    let kept = answer.body.kept();
    if is_event_stream(answer) {
        return events(kept).iter().filter_map(|data| serde_json::from_slice(data).ok()).collect();
    }
    if let Ok(whole) = serde_json::from_slice(kept) {
        return vec![whole];
    }
    let lines = kept.split(|byte| *byte == b'\n').map(serde_json::from_slice);
    lines.map_while(Result::ok).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn documents_are_read_out_of_bodies_events_and_lines() {
        let of =
            |kind: &str, body: &str| documents(&Answer::new(200).with_header("Content-Type", kind).with_body(body));
        assert_eq!(of("application/json", "{\"a\":\n1}"), [json!({"a": 1})]);
        assert_eq!(of("text/event-stream", "data: hi\n\ndata: {\"a\":1}\n\ndata: {\"b\""), [json!({"a": 1})]);
        assert_eq!(of("application/x-ndjson", "{\"a\":1}\n{\"b\":2}\n{\"c"), [json!({"a": 1}), json!({"b": 2})]);
        assert!(of("text/plain", "Hello").is_empty());
    }
}
