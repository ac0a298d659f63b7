//! Event streams (HTML, section 9.2), as far as their data is read, and when the
//! body of an answer has told enough though it goes on.

use std::time::Duration;

use super::Answer;

/// Bodies that stay open by design: how much of one is read before the
/// connection is closed.
#[derive(Debug, Clone, Copy)]
pub struct Streams {
    /// Whether the body of any success whose length is not told may stay open,
    /// and not only an event stream. Defaults to false.
    pub any_body: bool,
    /// Whether an event with that data tells what was asked for. Defaults to any
    /// event that has data.
    pub tells: fn(&[u8]) -> bool,
    /// How long the first such event, or piece of a body, is waited for; `None`:
    /// until the deadline. Defaults to 200 ms: without it, the head is what tells.
    pub quiet: Option<Duration>,
}

impl Default for Streams {
    fn default() -> Self {
        Self { any_body: false, tells: |data| !data.is_empty(), quiet: Some(Duration::from_millis(200)) }
    }
}

impl Streams {
    /// Whether the answer with this head may have a body without an end.
    pub(super) fn may_stay_open(&self, answer: &Answer, has_length: bool) -> bool {
        (200..300).contains(&answer.status) && !has_length && (self.any_body || is_event_stream(answer))
    }

    /// Whether what has come of it is enough.
    pub(super) fn is_enough(&self, answer: &Answer) -> bool {
        let kept = answer.body.kept();
        match is_event_stream(answer) {
            true => events(kept).iter().any(|data| (self.tells)(data)),
            false => kept.contains(&b'\n'),
        }
    }
}

/// Whether the answer says that its body is an event stream.
#[must_use]
pub fn is_event_stream(answer: &Answer) -> bool {
    let kind = answer.header("Content-Type").unwrap_or_default();
    let kind = kind.split(|byte| *byte == b';').next().unwrap_or_default();
    kind.trim_ascii().eq_ignore_ascii_case(b"text/event-stream")
}

/// The data of each event that has come whole; comments and events without data
/// are none.
#[must_use]
pub fn events(stream: &[u8]) -> Vec<Vec<u8>> {
    let stream = stream.strip_prefix(b"\xef\xbb\xbf").unwrap_or(stream);
    let (mut events, mut data): (Vec<Vec<u8>>, Vec<&[u8]>) = (Vec::new(), Vec::new());
    for line in whole_lines(stream) {
        if line.is_empty() && !data.is_empty() {
            events.push(std::mem::take(&mut data).join(&b'\n'));
        } else if let Some(value) = line.strip_prefix(b"data:") {
            data.push(value.strip_prefix(b" ").unwrap_or(value));
        }
    }
    events
}

/// Lines with their end, which may be CR, LF or both; what comes behind the last
/// end is left out.
fn whole_lines(stream: &[u8]) -> Vec<&[u8]> {
    let (mut lines, mut rest) = (Vec::new(), stream);
    while let Some(end) = rest.iter().position(|byte| matches!(byte, b'\r' | b'\n')) {
        lines.push(&rest[..end]);
        let pair = rest[end..].starts_with(b"\r\n");
        rest = &rest[end + if pair { 2 } else { 1 }..];
    }
    lines
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("data: a\n\n", &["a"])]
    #[case(": ping\n\nevent: message\r\ndata: a\r\ndata:b\r\nid: 1\r\n\r\n", &["a\nb"])]
    #[case("\u{feff}data: a\r\rdata: b\r\r", &["a", "b"])]
    #[case("data: a\n", &[])]
    #[case("data\n\nretry: 3\n\n\n", &[])]
    fn the_data_of_whole_events_is_read(#[case] stream: &str, #[case] expected: &[&str]) {
        let expected: Vec<Vec<u8>> = expected.iter().map(|data| data.as_bytes().to_vec()).collect();
        assert_eq!(events(stream.as_bytes()), expected);
    }

    #[test]
    fn an_event_stream_is_open_by_its_kind_and_other_bodies_where_that_is_said() {
        let events = Answer::new(200).with_header("content-type", "Text/Event-Stream; charset=utf-8");
        let lines = Answer::new(200).with_header("Content-Type", "application/x-ndjson");
        let (own, any) = (Streams::default(), Streams { any_body: true, ..Streams::default() });
        assert!(own.may_stay_open(&events, false) && !own.may_stay_open(&events, true));
        assert!(!own.may_stay_open(&lines, false) && any.may_stay_open(&lines, false));
        assert!(!any.may_stay_open(&Answer::new(401), false));
        assert!(!own.is_enough(&events.clone().with_body("data: a")));
        assert!(own.is_enough(&events.with_body("data: a\n\n")));
        assert!(any.is_enough(&lines.with_body("{}\n")));
    }
}
